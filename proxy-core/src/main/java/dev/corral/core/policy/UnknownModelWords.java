package dev.corral.core.policy;

import dev.corral.core.spi.Endpoint;

/**
 * What Ollama says of a model that does not exist, per route: what Corral says of one that the caller may not use, so that
 * the two cannot be told apart. Ollama echoes the name as it was sent; only names that were parsed come here, so there is
 * nothing in them to escape.
 */
final class UnknownModelWords {
    private static final String LOCAL = ":local";
    private static final String LATEST = ":latest";

    private UnknownModelWords() {}

    /**
     * The sentence.
     *
     * @param sent the name as the caller wrote it
     * @param name the same, parsed
     */
    static String of(Endpoint endpoint, String sent, ModelName name) {
        return switch (endpoint) {
            // server/routes.go:handleScheduleError, by EmbedHandler and EmbeddingsHandler; for /v1/embeddings
            // middleware/openai.go:EmbeddingsMiddleware leaves name and words as they are.
            case EMBED, EMBEDDINGS, V1_EMBEDDINGS -> "model \"" + sent + "\" not found, try pulling it first";
            // server/routes.go:CopyHandler
            case COPY_MODEL -> "model \"" + sent + "\" not found";
            // server/routes.go:ShowHandler, which puts the display name in the place of the one it was asked for; also
            // behind GET /v1/models/:model (middleware/openai.go:RetrieveMiddleware).
            case SHOW, MODEL -> "model '" + displayed(sent, name) + "' not found";
            // server/routes.go:GenerateHandler (also behind /v1/completions), ChatHandler (also behind
            // /v1/chat/completions, /v1/responses, /v1/messages and /v1/audio/transcriptions) and DeleteHandler. A push
            // would fail with a path on the server's disk (server/images.go:PushModel): these words stand in.
            default -> "model '" + sent + "' not found";
        };
    }

    /** Ollama {@code types/model/name.go:DisplayShortest}, which keeps upper and lower case. */
    private static String displayed(String sent, ModelName name) {
        String shortest = name.shortest();
        int end = endsWith(sent, sent.length(), LOCAL) ? sent.length() - LOCAL.length() : sent.length();
        if (endsWith(sent, end, shortest)) {
            return sent.substring(end - shortest.length(), end);
        }
        String untagged =
                shortest.endsWith(LATEST) ? shortest.substring(0, shortest.length() - LATEST.length()) : shortest;
        return endsWith(sent, end, untagged) ? sent.substring(end - untagged.length(), end) + LATEST : shortest;
    }

    private static boolean endsWith(String text, int end, String suffix) {
        return end >= suffix.length() && text.regionMatches(true, end - suffix.length(), suffix, 0, suffix.length());
    }
}
