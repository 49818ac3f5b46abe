package dev.corral.core.exchange;

import dev.corral.core.body.BadBody;
import dev.corral.core.body.FormBoundary;
import dev.corral.core.body.MultipartScanner;
import dev.corral.core.error.ProxyError;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads a form while {@link BodyIntake} collects it. The model is decided about as soon as the form names it, so that
 * a refusal need not wait for the file; a place at the upstream is asked for when all of the form is here, because one
 * that arrives slowly would hold it. Of a form that is refused the upstream has nothing. Confined to the exchange's
 * event loop.
 */
final class FormIntake {
    private final MultipartScanner scanner;
    private boolean told;
    private boolean whole;

    /**
     * Begins before the first byte.
     *
     * @throws BadBody if the head does not say that it is a form
     */
    FormIntake(HttpHeaders headers) throws BadBody {
        scanner = new MultipartScanner(FormBoundary.of(headers.getAll(HttpHeaderNames.CONTENT_TYPE)));
    }

    /**
     * Reads the next piece.
     *
     * @param piece borrowed
     * @return what is wrong with the form; null if nothing is so far
     */
    @Nullable
    ProxyError read(ByteBuf piece, boolean last) {
        try {
            scanner.scan(piece);
            if (last) {
                scanner.end();
                whole = true;
            }
            return null;
        } catch (BadBody e) {
            return e.error();
        }
    }

    /** Whether the head chain can go on: once when the model is known, and when all of the form is here. */
    boolean goesOn() {
        boolean first = !told && scanner.model() != null;
        told |= first;
        return first || whole;
    }

    /** The model that the form names; known when the head chain goes on. */
    String model() {
        return Objects.requireNonNull(scanner.model());
    }

    /** Whether all of it was read. */
    boolean whole() {
        return whole;
    }
}
