package dev.corral.core.policy;

import dev.corral.core.body.BodyField;
import dev.corral.core.body.JsonFields;
import dev.corral.core.spi.Endpoint;
import org.jspecify.annotations.Nullable;

/**
 * Bounds how many tokens a request may generate, under the name each route has for it. Without a number Ollama would go
 * on for ten times the model's context ({@code llm/llama_server.go:boundedNumPredict}).
 */
final class TokenPolicy {
    private static final String WHOLE = "a whole number";
    private static final long NO_END = Long.MAX_VALUE;
    /** Beyond what any model's context holds. */
    private static final long MOST_MEANT = 1 << 24;

    private TokenPolicy() {}

    /** Holds the number to the rule; tells what becomes of it. */
    static TokenBound apply(Endpoint endpoint, JsonFields body, BodyRules rules, Amendments out) throws Refusal {
        BodyField field = field(endpoint);
        if (field == null) {
            return TokenBound.NOTHING;
        }
        long wished = endpoint == Endpoint.CHAT_COMPLETIONS ? wishOpenAiMeans(body) : NO_END;
        TokenRule rule = rules.tokens();
        boolean generates = mayGenerate(endpoint, body);
        if (rule == null && wished == NO_END) {
            return generates ? unheld(body, field) : TokenBound.NOTHING;
        }
        boolean given = body.present(field);
        long asked = given ? read(body, field) : NO_END;
        // A negative number is "no end" too.
        long meant = Math.min(asked < 0 ? NO_END : asked, wished);
        if (!given && wished == NO_END) {
            if (rule == null || !generates || endpoint == Endpoint.MESSAGES) {
                // Where Ollama itself requires the number, it refuses.
                return TokenBound.NOTHING;
            }
            set(field, rule.byDefault(), Change.Kind.DEFAULT, out);
            return new TokenBound(rule.byDefault(), false);
        }
        long held = rule == null ? meant : Math.min(meant, rule.max());
        if (held == 0 && rule != null && generates && endpoint != Endpoint.MESSAGES) {
            // One token or none to llama-server, but no end to the other runner (x/mlxrunner/pipeline.go).
            held = 1;
        }
        if (!given || held != asked) {
            set(field, held, Change.Kind.TOKENS, out);
        }
        return generates ? bound(held, meant) : TokenBound.NOTHING;
    }

    /** Without a rule nothing is refused: what Ollama cannot read it refuses itself. */
    private static TokenBound unheld(JsonFields body, BodyField field) {
        if (body.kind(field) != JsonFields.Kind.NUMBER) {
            return TokenBound.NONE;
        }
        String literal = body.number(field);
        double asked = literal == null ? -1 : Double.parseDouble(literal);
        // What is left of less than one is none.
        long held = asked < 1 ? 0 : (long) Math.ceil(asked);
        return bound(held, held);
    }

    /** What is sent, as a number to reckon with: none may be no end to a runner, and more than can be is none either. */
    private static TokenBound bound(long held, long meant) {
        return held <= 0 || held > MOST_MEANT ? TokenBound.NONE : new TokenBound(held, meant <= MOST_MEANT);
    }

    /** What the route calls it; null where nothing is generated. */
    private static @Nullable BodyField field(Endpoint endpoint) {
        return switch (endpoint) {
            case GENERATE, CHAT, EMBED, EMBEDDINGS -> BodyField.NUM_PREDICT;
            case CHAT_COMPLETIONS, COMPLETIONS, MESSAGES -> BodyField.MAX_TOKENS;
            case RESPONSES -> BodyField.MAX_OUTPUT_TOKENS;
            default -> null;
        };
    }

    /**
     * {@code max_completion_tokens}, which OpenAI has in the place of {@code max_tokens} and Ollama ignores, as if the
     * caller had set no bound ({@code openai/openai.go:ChatCompletionRequest}).
     */
    private static long wishOpenAiMeans(JsonFields body) throws Refusal {
        if (body.zero(BodyField.MAX_COMPLETION_TOKENS)) {
            return NO_END;
        }
        long wished = FieldReader.integer(body, BodyField.MAX_COMPLETION_TOKENS);
        return wished < 0 ? NO_END : wished;
    }

    private static long read(JsonFields body, BodyField field) throws Refusal {
        if (field != BodyField.NUM_PREDICT) {
            return FieldReader.integer(body, field);
        }
        // An option is a float64 that loses its fraction; here one that begins counts whole, so that what arrives is
        // within the bound as written. What is left of less than one is 0.
        double asked = FieldReader.number(body, field, WHOLE);
        return asked < 0 ? -1 : asked < 1 ? 0 : (long) Math.ceil(asked);
    }

    /**
     * Whether a request would be answered with tokens: not embeddings, and not the requests that only load a model. A
     * {@code /v1/responses} without input may carry instructions and generate all the same.
     */
    private static boolean mayGenerate(Endpoint endpoint, JsonFields body) {
        return switch (endpoint) {
            case GENERATE, COMPLETIONS -> !body.zero(BodyField.PROMPT);
            case CHAT, CHAT_COMPLETIONS, MESSAGES -> !body.zero(BodyField.MESSAGES);
            case RESPONSES -> true;
            default -> false;
        };
    }

    private static void set(BodyField field, long value, Change.Kind kind, Amendments out) {
        out.put(field, Long.toString(value));
        out.tell(kind, field.path() + '=' + value);
    }
}
