package dev.corral.core.body;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.spi.Endpoint;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Bodies to scan, and what came of them. */
final class Scans {
    private Scans() {}

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static JsonFields scan(Endpoint endpoint, String body) {
        try {
            return new JsonFieldScanner().scan(endpoint, ByteBuffer.wrap(bytes(body)));
        } catch (BadBody bad) {
            throw new AssertionError(bad.getMessage() + " in " + body, bad);
        }
    }

    /** The refusal; null if the body was accepted. */
    static @Nullable BadBody refusal(Endpoint endpoint, byte[] body) {
        try {
            new JsonFieldScanner().scan(endpoint, ByteBuffer.wrap(body));
            return null;
        } catch (BadBody bad) {
            return bad;
        }
    }

    static BadBody refused(Endpoint endpoint, ErrorCode code, byte[] body) {
        BadBody bad = refusal(endpoint, body);
        if (bad == null) {
            throw new AssertionError("accepted: " + new String(body, StandardCharsets.UTF_8));
        }
        assertThat(bad.error().code())
                .as(new String(body, StandardCharsets.UTF_8))
                .isEqualTo(code);
        return bad;
    }

    static BadBody invalid(String body) {
        return refused(Endpoint.CHAT, ErrorCode.INVALID_BODY, bytes(body));
    }

    static BadBody ambiguous(Endpoint endpoint, String body) {
        return refused(endpoint, ErrorCode.AMBIGUOUS_BODY, bytes(body));
    }
}
