package dev.corral.core.body;

import dev.corral.core.spi.Endpoint;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which members Ollama knows at the top of the body of a route, from its request structs. What it does not know passes
 * as it is. Immutable, any thread.
 */
final class BodySchema {
    /** Ollama {@code api/types.go:Options} with its Runner: keys of a map, so that letter case counts. */
    static final BodySchema OPTIONS = new Builder()
            .read(BodyField.NUM_PREDICT, BodyField.NUM_CTX, BodyField.NUM_BATCH, BodyField.NUM_GPU, BodyField.MAIN_GPU)
            .read(BodyField.USE_MMAP, BodyField.NUM_THREAD, BodyField.DRAFT_NUM_PREDICT)
            .known("num_keep", "seed", "top_k", "top_p", "min_p", "typical_p", "repeat_last_n", "temperature")
            .known("repeat_penalty", "presence_penalty", "frequency_penalty", "stop")
            .exactly("options.");

    /** Ollama {@code openai/openai.go:StreamOptions}. */
    static final BodySchema STREAM_OPTIONS =
            new Builder().read(BodyField.INCLUDE_USAGE).inside("stream_options.");

    private static final Map<Endpoint, BodySchema> ALL = all();

    private final String prefix;
    private final JsonNames names;
    private final @Nullable BodyField[] fields;

    private BodySchema(String prefix, JsonNames names, List<@Nullable BodyField> rows) {
        this.prefix = prefix;
        this.names = names;
        this.fields = rows.toArray(BodyField[]::new);
        if (names.size() > Long.SIZE) {
            throw new IllegalArgumentException(names.size() + " members (expected: at most 64)");
        }
    }

    /** The schema; null where policy does not look into the body. */
    static @Nullable BodySchema of(Endpoint endpoint) {
        return ALL.get(endpoint);
    }

    JsonNames names() {
        return names;
    }

    /** What a name is to policy; null where it only has to be spelled plainly. */
    @Nullable
    BodyField field(int index) {
        return fields[index];
    }

    /** A name as messages show it, such as {@code options.seed}. */
    String path(int index) {
        return prefix + names.name(index);
    }

    private static Map<Endpoint, BodySchema> all() {
        Map<Endpoint, BodySchema> all = new EnumMap<>(Endpoint.class);
        inference(all);
        compatible(all);
        management(all);
        return all;
    }

    private static void inference(Map<Endpoint, BodySchema> all) {
        // api/types.go:GenerateRequest
        all.put(
                Endpoint.GENERATE,
                new Builder()
                        .read(BodyField.MODEL, BodyField.PROMPT, BodyField.SYSTEM, BodyField.TEMPLATE)
                        .read(BodyField.CONTEXT, BodyField.STREAM, BodyField.RAW, BodyField.KEEP_ALIVE)
                        .read(BodyField.IMAGES, BodyField.OPTIONS, BodyField.SHIFT, BodyField.DEBUG_RENDER_ONLY)
                        .read(BodyField.LOGPROBS, BodyField.TOP_LOGPROBS)
                        .known("suffix", "format", "think", "truncate")
                        .build());
        // api/types.go:ChatRequest
        all.put(
                Endpoint.CHAT,
                new Builder()
                        .read(BodyField.MODEL, BodyField.MESSAGES, BodyField.STREAM, BodyField.KEEP_ALIVE)
                        .read(BodyField.TOOLS, BodyField.OPTIONS, BodyField.SHIFT, BodyField.DEBUG_RENDER_ONLY)
                        .read(BodyField.LOGPROBS, BodyField.TOP_LOGPROBS)
                        .known("format", "think", "truncate")
                        .build());
        // api/types.go:EmbedRequest
        all.put(
                Endpoint.EMBED,
                new Builder()
                        .read(BodyField.MODEL, BodyField.INPUT, BodyField.KEEP_ALIVE, BodyField.OPTIONS)
                        .known("truncate", "dimensions")
                        .build());
        // api/types.go:EmbeddingRequest
        all.put(
                Endpoint.EMBEDDINGS,
                new Builder()
                        .read(BodyField.MODEL, BodyField.PROMPT, BodyField.KEEP_ALIVE, BodyField.OPTIONS)
                        .build());
    }

    private static void compatible(Map<Endpoint, BodySchema> all) {
        // openai/openai.go:ChatCompletionRequest; max_completion_tokens Ollama ignores, Corral reads.
        all.put(
                Endpoint.CHAT_COMPLETIONS,
                compatible()
                        .read(BodyField.MODEL, BodyField.MESSAGES, BodyField.STREAM, BodyField.STREAM_OPTIONS)
                        .read(BodyField.MAX_TOKENS, BodyField.MAX_COMPLETION_TOKENS, BodyField.TOOLS)
                        .read(BodyField.LOGPROBS, BodyField.TOP_LOGPROBS, BodyField.DEBUG_RENDER_ONLY)
                        .known("seed", "stop", "temperature", "frequency_penalty", "presence_penalty", "top_p")
                        .known("response_format", "reasoning", "reasoning_effort")
                        .build());
        // openai/openai.go:CompletionRequest
        all.put(
                Endpoint.COMPLETIONS,
                compatible()
                        .read(BodyField.MODEL, BodyField.PROMPT, BodyField.MAX_TOKENS, BodyField.STREAM)
                        .read(BodyField.STREAM_OPTIONS, BodyField.LOGPROBS, BodyField.DEBUG_RENDER_ONLY)
                        .known("frequency_penalty", "presence_penalty", "seed", "stop", "temperature", "top_p")
                        .known("suffix")
                        .build());
        // openai/openai.go:EmbedRequest
        all.put(
                Endpoint.V1_EMBEDDINGS,
                compatible()
                        .read(BodyField.MODEL, BodyField.INPUT)
                        .known("dimensions", "encoding_format")
                        .build());
        // openai/responses.go:ResponsesRequest
        all.put(
                Endpoint.RESPONSES,
                compatible()
                        .read(BodyField.MODEL, BodyField.INPUT, BodyField.MAX_OUTPUT_TOKENS, BodyField.TOOLS)
                        .read(BodyField.STREAM)
                        .known("background", "conversation", "include", "instructions", "reasoning")
                        .known("temperature", "text", "top_p", "truncation")
                        .build());
        // anthropic/anthropic.go:MessagesRequest; its system prompt is part of the conversation.
        all.put(
                Endpoint.MESSAGES,
                compatible()
                        .read(BodyField.MODEL, BodyField.MAX_TOKENS, BodyField.MESSAGES, BodyField.STREAM)
                        .read(BodyField.TOOLS)
                        .known("system", "temperature", "top_p", "top_k", "stop_sequences", "tool_choice")
                        .known("thinking", "metadata", "output_config")
                        .build());
    }

    private static Builder compatible() {
        return new Builder().read(BodyField.KEEP_ALIVE, BodyField.OPTIONS);
    }

    private static void management(Map<Endpoint, BodySchema> all) {
        // api/types.go:ShowRequest; the rest of it changes nothing but what is shown.
        all.put(
                Endpoint.SHOW,
                new Builder()
                        .read(BodyField.MODEL, BodyField.NAME)
                        .known("system", "template", "verbose", "options")
                        .build());
        // api/types.go:PullRequest, PushRequest
        Builder transfer = new Builder()
                .read(BodyField.MODEL, BodyField.NAME, BodyField.INSECURE, BodyField.STREAM)
                .known("username", "password");
        all.put(Endpoint.PULL_MODEL, transfer.build());
        all.put(Endpoint.PUSH_MODEL, transfer.build());
        // api/types.go:DeleteRequest
        all.put(
                Endpoint.DELETE_MODEL,
                new Builder().read(BodyField.MODEL, BodyField.NAME).build());
        // api/types.go:CreateRequest
        all.put(
                Endpoint.CREATE_MODEL,
                new Builder()
                        .read(BodyField.MODEL, BodyField.NAME, BodyField.FROM, BodyField.REMOTE_HOST)
                        .read(BodyField.STREAM)
                        .known("quantize", "quantization", "draft_quantize", "files", "draft_files", "adapters")
                        .known("template", "license", "system", "parameters", "messages", "renderer", "parser")
                        .known("requires", "info")
                        .build());
        // api/types.go:CopyRequest
        all.put(
                Endpoint.COPY_MODEL,
                new Builder().read(BodyField.SOURCE, BodyField.DESTINATION).build());
    }

    private static final class Builder {
        private final List<String> names = new ArrayList<>();
        private final List<@Nullable BodyField> fields = new ArrayList<>();

        Builder read(BodyField... more) {
            for (BodyField field : more) {
                names.add(field.json());
                fields.add(field);
            }
            return this;
        }

        Builder known(String... more) {
            for (String name : more) {
                names.add(name);
                fields.add(null);
            }
            return this;
        }

        BodySchema build() {
            return inside("");
        }

        BodySchema inside(String prefix) {
            return new BodySchema(prefix, JsonNames.folding(names), fields);
        }

        BodySchema exactly(String prefix) {
            return new BodySchema(prefix, JsonNames.exact(names), fields);
        }
    }
}
