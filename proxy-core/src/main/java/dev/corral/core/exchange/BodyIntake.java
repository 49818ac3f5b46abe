package dev.corral.core.exchange;

import dev.corral.core.body.BodyCollector;
import dev.corral.core.body.BodyCollector.Verdict;
import dev.corral.core.body.ZstdInflater;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.exchange.Deadlines.Deadline;
import dev.corral.core.http.ContentCoding;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpContent;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Collects the body of a request that is forwarded whole, decoded; the head chain goes on when it is, and for a form
 * also when its model is known. Owns the body, and what policy made of it, until {@link #release}. Confined to one loop.
 */
final class BodyIntake {
    private static final ProxyError UNREADABLE =
            new ProxyError(ErrorCode.INVALID_BODY, "the request body is not valid zstd with a window of at most 8 MiB");

    private final Exchange exchange;
    private @Nullable BodyCollector collector;
    private @Nullable ZstdInflater inflater;
    private @Nullable FormIntake form;
    private @Nullable ByteBuf changed;
    private boolean lent;
    private boolean unwanted;

    BodyIntake(Exchange exchange) {
        this.exchange = exchange;
    }

    /** The same as {@link #begin(ContentCoding)} for a form, read by this as it comes. */
    boolean begin(FormIntake reader) {
        form = reader;
        return begin(ContentCoding.IDENTITY);
    }

    /** What reads the body as it comes; null where nobody does. */
    @Nullable
    FormIntake form() {
        return form;
    }

    /** Asks for the body and waits for it; false if there is no room for it now. */
    boolean begin(ContentCoding coding) {
        BodyCollector into = new BodyCollector(
                exchange.shared.budget,
                Objects.requireNonNull(exchange.principal).keyId(),
                exchange.bodyLimit,
                exchange.shared.largeBodies.buffers(),
                coding == ContentCoding.IDENTITY ? exchange.declaredLength() : -1);
        // From here on whatever is taken of the budget is given back at the end.
        collector = into;
        if (coding == ContentCoding.ZSTD) {
            inflater = ZstdInflater.open(into);
            if (inflater == null) {
                return false;
            }
        }
        ResponseHeads.sendContinueIfExpected(exchange);
        awaitMore();
        return true;
    }

    /** Whether pieces of the body come here. */
    boolean active() {
        return collector != null && exchange.uncommitted();
    }

    /** Takes ownership. */
    void onContent(HttpContent content, boolean last) {
        FormIntake reader = form;
        Verdict verdict;
        try {
            ProxyError problem = reader == null ? null : reader.read(content.content(), last);
            if (problem != null) {
                exchange.refuse(problem);
                return;
            }
            verdict = collector == null ? Verdict.OVER_BUDGET : take(collector, content.content(), last);
        } finally {
            content.release();
        }
        switch (verdict) {
            case TOO_LARGE -> exchange.refuse(BodyStage.tooLarge(exchange.bodyLimit));
            case OVER_BUDGET -> exchange.refuse(BodyStage.OVER_BUDGET);
            case UNREADABLE -> exchange.refuse(UNREADABLE);
            case TAKEN -> {
                if (last) {
                    exchange.deadline().clear();
                } else {
                    awaitMore();
                }
                if (reader == null ? last : reader.goesOn()) {
                    exchange.shared.chain.run(exchange);
                }
            }
        }
    }

    private Verdict take(BodyCollector into, ByteBuf piece, boolean last) {
        ZstdInflater decoder = inflater;
        if (decoder == null) {
            return into.add(piece, exchange.ctx().alloc());
        }
        if (exchange.requestBytes > exchange.bodyLimit) {
            // Frames may decode to nothing, any number of them.
            return Verdict.TOO_LARGE;
        }
        Verdict verdict = decoder.add(piece, exchange.ctx().alloc());
        if (verdict != Verdict.TAKEN || !last) {
            return verdict;
        }
        boolean whole = decoder.complete();
        closeInflater();
        return whole ? Verdict.TAKEN : Verdict.UNREADABLE;
    }

    /** The body so far, with what policy changed in it; borrowed. Empty where there is none. */
    ByteBuf body() {
        if (changed != null) {
            return changed;
        }
        return collector == null ? Unpooled.EMPTY_BUFFER : collector.body();
    }

    /**
     * Puts another body in the place of the one that came.
     *
     * @param other may share the memory of the present one, whose share of the budget stays taken. Takes ownership
     */
    void replace(ByteBuf other) {
        if (changed != null) {
            changed.release();
        }
        changed = other;
    }

    /** The body, for another thread to read: until {@link #takeBack} it stays, and is counted, even without an exchange. */
    ByteBuf lend() {
        lent = true;
        return body();
    }

    /** It was read. */
    void takeBack() {
        lent = false;
        if (unwanted) {
            release();
        }
    }

    /** Gives the body and its share of the budget back, as soon as nobody reads it. Idempotent. */
    void release() {
        if (lent) {
            unwanted = true;
            return;
        }
        closeInflater();
        if (changed != null) {
            changed.release();
            changed = null;
        }
        if (collector != null) {
            collector.release();
            collector = null;
        }
    }

    private void closeInflater() {
        if (inflater != null) {
            inflater.close();
            inflater = null;
        }
    }

    private void awaitMore() {
        exchange.deadline()
                .await(
                        Deadline.Name.BODY_PROGRESS,
                        exchange.shared.settings.timeouts().bodyProgress().toNanos());
    }
}
