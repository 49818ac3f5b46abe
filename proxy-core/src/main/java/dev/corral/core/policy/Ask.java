package dev.corral.core.policy;

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
}
