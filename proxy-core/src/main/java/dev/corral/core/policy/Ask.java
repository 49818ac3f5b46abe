package dev.corral.core.policy;

import dev.corral.core.body.BodyField;
import dev.corral.core.body.JsonFields;
import dev.corral.core.body.JsonFields.Kind;
import dev.corral.core.spi.Endpoint;

/**
 * How much a request asks for, as it is sent.
 *
 * @param streamed whether the answer comes piece by piece
 * @param usageAdded whether the upstream is asked for token counts that the caller did not ask for
 * @param promptTokens an estimate: bytes of the body but its attachments, by four, and a flat sum for each attachment
 * @param maxTokens the most it may generate; 0 for what generates nothing; {@code Long.MAX_VALUE} for no end
 * @param named whether the caller named a number, so that it probably means it
 */
public record Ask(boolean streamed, boolean usageAdded, long promptTokens, long maxTokens, boolean named) {
    /** Nothing is asked of a model. */
    public static final Ask NOTHING = new Ask(false, false, 0, 0, true);

    /** What an attachment is taken for, in tokens: its size says little. */
    static final int ATTACHMENT_TOKENS = 256;

    private static final int BYTES_PER_TOKEN = 4;

    /** A form with a recording, of which only the model is known when it is decided about. */
    static final Ask TRANSCRIPTION = new Ask(false, false, ATTACHMENT_TOKENS, Long.MAX_VALUE, false);

    /**
     * What a body asks of a model.
     *
     * @param usageAdded whether the upstream is asked for counts that the caller did not ask for
     * @param bound how much it may generate, as it is sent
     */
    static Ask of(Endpoint endpoint, JsonFields body, boolean usageAdded, TokenBound bound) {
        Kind stream = body.kind(BodyField.STREAM);
        boolean streamed = switch (endpoint) {
            // Ollama server/routes.go: only false says that it is none.
            case GENERATE, CHAT -> stream != Kind.FALSE;
            case CHAT_COMPLETIONS, COMPLETIONS, RESPONSES, MESSAGES -> stream == Kind.TRUE;
            default -> false;
        };
        long text = Math.max(0, body.length() - body.imageCharacters());
        long prompt = text / BYTES_PER_TOKEN + (long) body.images() * ATTACHMENT_TOKENS;
        return new Ask(streamed, usageAdded, prompt, bound.tokens(), bound.named());
    }
}
