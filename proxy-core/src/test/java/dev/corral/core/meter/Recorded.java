package dev.corral.core.meter;

import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.Metering;
import dev.corral.core.spi.Metering.Source;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** Answers as Ollama gives them, and what they carry. The texts in them try to look like the end, or like counts. */
enum Recorded {
    GENERATE(Endpoint.GENERATE, "generate.ndjson", true, 26, 7, 6),
    GENERATE_THINKING(Endpoint.GENERATE, "generate-thinking.ndjson", true, 3, 3, 3),
    GENERATE_ERROR(Endpoint.GENERATE, "generate-error.ndjson", false, 0, 3, 3),
    GENERATE_NO_END(Endpoint.GENERATE, "generate-no-end.ndjson", false, 0, 6, 6),
    GENERATE_WHOLE(Endpoint.GENERATE, "generate.json", true, 26, 7, 0),
    GENERATE_LOAD(Endpoint.GENERATE, "generate-load.json", true, 0, 0, 0),
    GENERATE_UNLOAD(Endpoint.GENERATE, "generate-unload.json", true, 0, 0, 0),
    GENERATE_WHOLE_NO_END(Endpoint.GENERATE, "generate-no-end.json", false, 0, 11, 0),
    CHAT(Endpoint.CHAT, "chat.ndjson", true, 26, 7, 6),
    CHAT_TOOLS(Endpoint.CHAT, "chat-tools.ndjson", true, 26, 7, 2),
    CHAT_TOOLS_CUT(Endpoint.CHAT, "chat-tools-cut.ndjson", false, 0, 1, 1),
    CHAT_CACHED(Endpoint.CHAT, "chat-cached.ndjson", true, 0, 1, 1),
    CHAT_WHOLE(Endpoint.CHAT, "chat.json", true, 26, 7, 0),
    EMBED(Endpoint.EMBED, "embed.json", true, 8, 0, 0),
    EMBEDDINGS(Endpoint.EMBEDDINGS, "embeddings.json", true, Source.ESTIMATED, 0, 0, 0),
    CHAT_COMPLETIONS(Endpoint.CHAT_COMPLETIONS, "chat-completions.sse", true, Source.ESTIMATED, 0, 6, 6),
    CHAT_COMPLETIONS_USAGE(Endpoint.CHAT_COMPLETIONS, "chat-completions-usage.sse", true, 26, 7, 6),
    CHAT_COMPLETIONS_CRLF(Endpoint.CHAT_COMPLETIONS, "chat-completions-usage-crlf.sse", true, 26, 7, 6),
    CHAT_COMPLETIONS_ERROR(Endpoint.CHAT_COMPLETIONS, "chat-completions-error.sse", false, 0, 3, 3),
    CHAT_COMPLETIONS_WHOLE(Endpoint.CHAT_COMPLETIONS, "chat-completions.json", true, 26, 7, 0),
    CHAT_COMPLETIONS_NO_END(Endpoint.CHAT_COMPLETIONS, "chat-completions-no-end.json", false, 0, 11, 0),
    COMPLETIONS(Endpoint.COMPLETIONS, "completions.sse", true, Source.ESTIMATED, 0, 5, 5),
    COMPLETIONS_USAGE(Endpoint.COMPLETIONS, "completions-usage.sse", true, 26, 7, 5),
    COMPLETIONS_WHOLE(Endpoint.COMPLETIONS, "completions.json", true, 26, 7, 0),
    V1_EMBEDDINGS(Endpoint.V1_EMBEDDINGS, "v1-embeddings.json", true, 8, 0, 0),
    V1_EMBEDDINGS_BASE64(Endpoint.V1_EMBEDDINGS, "v1-embeddings-base64.json", true, 8, 0, 0),
    RESPONSES(Endpoint.RESPONSES, "responses.sse", true, 26, 7, 5),
    RESPONSES_FAILED(Endpoint.RESPONSES, "responses-failed.sse", true, 26, 7, 5),
    RESPONSES_NO_END(Endpoint.RESPONSES, "responses-no-end.sse", false, 0, 5, 5),
    RESPONSES_WHOLE(Endpoint.RESPONSES, "responses.json", true, 26, 7, 0),
    MESSAGES(Endpoint.MESSAGES, "messages.sse", true, 26, 7, 5),
    MESSAGES_NO_END(Endpoint.MESSAGES, "messages-no-end.sse", false, 31, 5, 5),
    MESSAGES_WHOLE(Endpoint.MESSAGES, "messages.json", true, 26, 7, 0),
    TRANSCRIPTION(Endpoint.TRANSCRIPTIONS, "transcription.json", true, Source.ESTIMATED, 0, 11, 0),
    TRANSCRIPTION_TEXT(Endpoint.TRANSCRIPTIONS, "transcription.txt", true, Source.ESTIMATED, 0, 11, 0);

    /** What the prompt is thought to have, where nobody tells. */
    static final long PROMPT_ESTIMATE = 1_000;

    private final Endpoint endpoint;
    private final String file;
    private final boolean ended;
    private final Source source;
    private final long prompt;
    private final long completion;
    private final long pieces;

    Recorded(Endpoint endpoint, String file, boolean ended, long prompt, long completion, long pieces) {
        this(endpoint, file, ended, ended ? Source.REPORTED : Source.ESTIMATED, prompt, completion, pieces);
    }

    Recorded(Endpoint endpoint, String file, boolean ended, Source source, long prompt, long completion, long pieces) {
        this.endpoint = endpoint;
        this.file = file;
        this.ended = ended;
        this.source = source;
        this.prompt = source == Source.ESTIMATED && prompt == 0 ? PROMPT_ESTIMATE : prompt;
        this.completion = completion;
        this.pieces = pieces;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    boolean stream() {
        return file.endsWith(".ndjson") || file.endsWith(".sse");
    }

    /** As it is in what Ollama answers. */
    String contentType() {
        if (endpoint == Endpoint.TRANSCRIPTIONS || file.endsWith(".ndjson")) {
            return "application/x-ndjson";
        }
        return file.endsWith(".sse") ? "text/event-stream" : "application/json; charset=utf-8";
    }

    ResponseMeter meter(boolean cutUsage) {
        return ResponseMeter.of(endpoint, contentType(), cutUsage);
    }

    byte[] bytes() {
        return bytes(file);
    }

    static byte[] bytes(String file) {
        try (InputStream in = Objects.requireNonNull(Recorded.class.getResourceAsStream(file), file)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What it carries, whatever the times. */
    String expected() {
        return "%s ended=%s prompt=%d completion=%d pieces=%d".formatted(source, ended, prompt, completion, pieces);
    }

    /** The same of what was counted. */
    static String told(Metering metering) {
        return "%s ended=%s prompt=%d completion=%d pieces=%d"
                .formatted(
                        metering.source(),
                        metering.ended(),
                        metering.promptTokens(),
                        metering.completionTokens(),
                        metering.pieces());
    }
}
