package dev.corral.core.policy;

import dev.corral.core.body.BodyField;
import dev.corral.core.body.JsonFields;
import dev.corral.core.spi.Endpoint;
import org.jspecify.annotations.Nullable;

/** Bounds with how many alternatives each token may be told. */
final class TopLogprobsPolicy {
    private TopLogprobsPolicy() {}

    static void apply(Endpoint endpoint, JsonFields body, BodyRules rules, Amendments out) throws Refusal {
        BodyField field = field(endpoint);
        if (field == null || !body.present(field)) {
            return;
        }
        if (FieldReader.integer(body, field) > rules.topLogprobs()) {
            String most = Integer.toString(rules.topLogprobs());
            out.put(field, most);
            out.tell(Change.Kind.TOP_LOGPROBS, field.path() + '=' + most);
        }
    }

    /** In {@code /v1/completions} the number is {@code logprobs} (Ollama {@code openai/openai.go:FromCompleteRequest}). */
    private static @Nullable BodyField field(Endpoint endpoint) {
        return switch (endpoint) {
            case GENERATE, CHAT, CHAT_COMPLETIONS -> BodyField.TOP_LOGPROBS;
            case COMPLETIONS -> BodyField.LOGPROBS;
            default -> null;
        };
    }
}
