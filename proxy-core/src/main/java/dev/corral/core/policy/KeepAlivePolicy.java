package dev.corral.core.policy;

import dev.corral.core.body.BodyField;
import dev.corral.core.body.JsonFields;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.spi.Endpoint;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * Holds {@code keep_alive} within bounds, so that nobody pins a model for everybody or unloads it under them. Reads the
 * value as Ollama does ({@code api/types.go:Duration.UnmarshalJSON}).
 */
final class KeepAlivePolicy {
    private static final String EXPECTED = "a number of seconds or a duration such as 5m";
    private static final long FOR_EVER = Long.MAX_VALUE;
    private static final double NANOS = 1e9;

    private KeepAlivePolicy() {}

    static void apply(Endpoint endpoint, JsonFields body, BodyRules rules, String role, Amendments out) throws Refusal {
        KeepAliveRule rule = rules.keepAlive();
        if (rule == null || !body.present(BodyField.KEEP_ALIVE)) {
            return;
        }
        long asked = nanos(body);
        if (asked > saturated(rule.max())) {
            bring(rule.max(), out);
        } else if (asked < saturated(rule.min())) {
            if (asked == 0 && unload(endpoint, body)) {
                throw new Refusal(
                        ErrorCode.FORBIDDEN_UNLOAD,
                        "the role \"" + role + "\" may not unload a model: \"keep_alive\" is 0 (expected: at least "
                                + seconds(rule.min()) + " seconds)");
            }
            bring(rule.min(), out);
        }
    }

    private static void bring(Duration bound, Amendments out) {
        String seconds = seconds(bound);
        out.put(BodyField.KEEP_ALIVE, seconds);
        out.tell(Change.Kind.KEEP_ALIVE, "keep_alive=" + seconds);
    }

    /** Whether Ollama takes 0 for the wish to unload now (Ollama {@code server/routes.go:GenerateHandler, ChatHandler}). */
    private static boolean unload(Endpoint endpoint, JsonFields body) {
        return switch (endpoint) {
            case GENERATE -> body.zero(BodyField.PROMPT);
            case CHAT -> body.zero(BodyField.MESSAGES);
            default -> false;
        };
    }

    private static long nanos(JsonFields body) throws Refusal {
        return switch (body.kind(BodyField.KEEP_ALIVE)) {
            case NUMBER -> nanos(FieldReader.number(body, BodyField.KEEP_ALIVE, EXPECTED));
            case STRING -> nanos(FieldReader.text(body, BodyField.KEEP_ALIVE));
            default -> throw FieldReader.wrong(body, BodyField.KEEP_ALIVE, EXPECTED);
        };
    }

    private static long nanos(double seconds) {
        // What does not fit saturates here and is undefined in Go: for ever is the worst that can come of it.
        return seconds < 0 ? FOR_EVER : (long) (seconds * NANOS);
    }

    private static long nanos(String text) throws Refusal {
        OptionalLong nanos = GoDuration.parse(text);
        if (nanos.isEmpty()) {
            throw new Refusal(
                    ErrorCode.INVALID_BODY, "\"keep_alive\" is a string of another kind (expected: " + EXPECTED + ")");
        }
        return nanos.getAsLong() < 0 ? FOR_EVER : nanos.getAsLong();
    }

    private static long saturated(Duration duration) {
        return duration.toSeconds() > FOR_EVER / 1_000_000_000 - 1 ? FOR_EVER - 1 : duration.toNanos();
    }

    /** Seconds as a JSON number. */
    private static String seconds(Duration duration) {
        return BigDecimal.valueOf(saturated(duration), 9).stripTrailingZeros().toPlainString();
    }
}
