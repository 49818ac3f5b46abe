package dev.corral.core.policy;

import dev.corral.core.body.BodyField;
import dev.corral.core.body.JsonFields;
import dev.corral.core.body.JsonFields.Kind;
import dev.corral.core.spi.Endpoint;

/**
 * Asks for the token counts of OpenAI streams, which Ollama tells only those who ask ({@code middleware/openai.go:ChatWriter,
 * CompleteWriter}). The caller is not told: what the counts come in is taken out of the answer. Of an answer that is no
 * stream they are always part.
 */
final class UsageRequest {
    private UsageRequest() {}

    /** Whether the counts are asked for that the caller did not ask for. */
    static boolean add(Endpoint endpoint, JsonFields body, Amendments out) {
        boolean streams = endpoint == Endpoint.CHAT_COMPLETIONS || endpoint == Endpoint.COMPLETIONS;
        if (!streams || body.kind(BodyField.STREAM) != Kind.TRUE) {
            return false;
        }
        return switch (body.kind(BodyField.INCLUDE_USAGE)) {
            case ABSENT, NULL, FALSE -> {
                out.put(BodyField.INCLUDE_USAGE, "true");
                yield true;
            }
            // What is neither true nor false Ollama refuses.
            default -> false;
        };
    }
}
