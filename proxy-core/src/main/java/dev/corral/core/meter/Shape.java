package dev.corral.core.meter;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.corral.core.spi.Endpoint;

/** The shapes that objects in answers have: where what matters stands, and what it means (ollama-api section 3). */
enum Shape {
    /** Ollama {@code api/types.go:GenerateResponse, ChatResponse}. */
    NATIVE(PathTree.empty()
            .at("done", Slot.DONE)
            .at("response", Slot.CONTENT)
            .at("thinking", Slot.CONTENT)
            .at("tool_calls", Slot.CONTENT)
            .at("message.content", Slot.CONTENT)
            .at("message.thinking", Slot.CONTENT)
            .at("message.tool_calls", Slot.CONTENT)
            .at("prompt_eval_count", Slot.PROMPT_TOKENS)
            .at("eval_count", Slot.COMPLETION_TOKENS)
            .at("total_duration", Slot.TOTAL_NANOS)
            .at("load_duration", Slot.LOAD_NANOS)
            .at("prompt_eval_duration", Slot.PROMPT_NANOS)
            .at("eval_duration", Slot.EVAL_NANOS)) {
        @Override
        void judge(JsonReader object, Tally tally, boolean stream, long nanos) {
            if (object.values().filled(Slot.DONE)) {
                tally.end();
                // What is 0 is left out (api/types.go:Metrics).
                tally.count(
                        object.values().number(Slot.PROMPT_TOKENS),
                        object.values().number(Slot.COMPLETION_TOKENS));
                // But of what only loads a model, no durations are told at all, however long it took.
                tally.spend(
                        object.values().told(Slot.TOTAL_NANOS),
                        object.values().told(Slot.LOAD_NANOS),
                        object.values().told(Slot.PROMPT_NANOS),
                        object.values().told(Slot.EVAL_NANOS));
            } else if (stream && object.values().filled(Slot.CONTENT)) {
                tally.piece(nanos);
            }
        }
    },
    /** Ollama {@code api/types.go:EmbedResponse}. */
    EMBED(PathTree.empty()
            .at("embeddings", Slot.CONTENT)
            .at("prompt_eval_count", Slot.PROMPT_TOKENS)
            .at("load_duration", Slot.LOAD_NANOS)
            .at("total_duration", Slot.TOTAL_NANOS)) {
        @Override
        void judge(JsonReader object, Tally tally, boolean stream, long nanos) {
            tally.end();
            if (object.values().present(Slot.CONTENT)) {
                tally.count(object.values().number(Slot.PROMPT_TOKENS), 0);
                if (object.values().present(Slot.TOTAL_NANOS)) {
                    tally.spend(
                            object.values().number(Slot.TOTAL_NANOS),
                            object.values().number(Slot.LOAD_NANOS),
                            -1,
                            -1);
                }
            }
        }
    },
    /** Ollama {@code api/types.go:EmbeddingResponse}, which tells no counts; and transcriptions, which do not either. */
    UNCOUNTED(PathTree.empty().at("text", Slot.CONTENT)) {
        @Override
        void judge(JsonReader object, Tally tally, boolean stream, long nanos) {
            tally.end();
        }
    },
    /** Ollama {@code openai/openai.go:ChatCompletionChunk, CompletionChunk}. */
    OPENAI_CHUNK(openAi("delta")) {
        @Override
        void judge(JsonReader object, Tally tally, boolean stream, long nanos) {
            if (usage(object)) {
                tally.count(
                        object.values().number(Slot.PROMPT_TOKENS),
                        object.values().number(Slot.COMPLETION_TOKENS));
            } else if (object.values().filled(Slot.CONTENT)) {
                tally.piece(nanos);
            }
        }
    },
    /** Ollama {@code openai/openai.go:ChatCompletion, Completion}. */
    OPENAI_WHOLE(openAi("message")) {
        @Override
        void judge(JsonReader object, Tally tally, boolean stream, long nanos) {
            whole(object, tally, object.values().filled(Slot.FINISH));
        }
    },
    /** Ollama {@code openai/openai.go:EmbeddingList}. */
    OPENAI_EMBEDDINGS(PathTree.empty().at("usage", Slot.USAGE).at("usage.prompt_tokens", Slot.PROMPT_TOKENS)) {
        @Override
        void judge(JsonReader object, Tally tally, boolean stream, long nanos) {
            tally.end();
            if (object.values().present(Slot.USAGE)) {
                tally.count(object.values().number(Slot.PROMPT_TOKENS), 0);
            }
        }
    },
    /** Ollama {@code openai/responses.go:ResponsesStreamConverter}. */
    RESPONSES_EVENT(PathTree.empty()
            .at("type", Slot.TYPE)
            .at("delta", Slot.CONTENT)
            .at("response.usage", Slot.USAGE)
            .at("response.usage.input_tokens", Slot.PROMPT_TOKENS)
            .at("response.usage.output_tokens", Slot.COMPLETION_TOKENS)) {
        @Override
        void judge(JsonReader object, Tally tally, boolean stream, long nanos) {
            if (object.values().typeEndsWith(DELTA)) {
                if (object.values().filled(Slot.CONTENT)) {
                    tally.piece(nanos);
                }
            } else if (object.values().typeIs(COMPLETED)
                    || object.values().typeIs(INCOMPLETE)
                    || object.values().typeIs(FAILED)) {
                tally.end();
                if (object.values().present(Slot.USAGE)) {
                    tally.count(
                            object.values().number(Slot.PROMPT_TOKENS),
                            object.values().number(Slot.COMPLETION_TOKENS));
                }
            }
        }
    },
    /** Ollama {@code openai/responses.go:ResponsesResponse}. */
    RESPONSES_WHOLE(PathTree.empty()
            .at("output[].content[].text", Slot.CONTENT)
            .at("output[].summary[].text", Slot.CONTENT)
            .at("output[].arguments", Slot.CONTENT)
            .at("usage", Slot.USAGE)
            .at("usage.input_tokens", Slot.PROMPT_TOKENS)
            .at("usage.output_tokens", Slot.COMPLETION_TOKENS)) {
        @Override
        void judge(JsonReader object, Tally tally, boolean stream, long nanos) {
            whole(object, tally, true);
        }
    },
    /** Ollama {@code anthropic/anthropic.go:MessageStartEvent} and the other events. */
    ANTHROPIC_EVENT(PathTree.empty()
            .at("type", Slot.TYPE)
            .at("delta.text", Slot.CONTENT)
            .at("delta.thinking", Slot.CONTENT)
            .at("delta.partial_json", Slot.CONTENT)
            .at("message.usage.input_tokens", Slot.EARLY_PROMPT_TOKENS)
            .at("usage", Slot.USAGE)
            .at("usage.input_tokens", Slot.PROMPT_TOKENS)
            .at("usage.output_tokens", Slot.COMPLETION_TOKENS)) {
        @Override
        void judge(JsonReader object, Tally tally, boolean stream, long nanos) {
            if (object.values().typeIs(BLOCK_DELTA)) {
                if (object.values().filled(Slot.CONTENT)) {
                    tally.piece(nanos);
                }
            } else if (object.values().typeIs(MESSAGE_STOP)) {
                tally.end();
            } else if (object.values().typeIs(MESSAGE_START)) {
                if (object.values().present(Slot.EARLY_PROMPT_TOKENS)) {
                    tally.expectPrompt(object.values().number(Slot.EARLY_PROMPT_TOKENS));
                }
            } else if (object.values().typeIs(MESSAGE_DELTA) && object.values().present(Slot.USAGE)) {
                long prompt = object.values().present(Slot.PROMPT_TOKENS)
                        ? object.values().number(Slot.PROMPT_TOKENS)
                        : tally.prompt();
                tally.count(prompt, object.values().number(Slot.COMPLETION_TOKENS));
            }
        }
    },
    /** Ollama {@code anthropic/anthropic.go:MessagesResponse}. */
    ANTHROPIC_WHOLE(PathTree.empty()
            .at("content[].text", Slot.CONTENT)
            .at("content[].thinking", Slot.CONTENT)
            .at("stop_reason", Slot.FINISH)
            .at("usage", Slot.USAGE)
            .at("usage.input_tokens", Slot.PROMPT_TOKENS)
            .at("usage.output_tokens", Slot.COMPLETION_TOKENS)) {
        @Override
        void judge(JsonReader object, Tally tally, boolean stream, long nanos) {
            whole(object, tally, object.values().filled(Slot.FINISH));
        }
    };

    private static final byte[] DELTA = ".delta".getBytes(US_ASCII);
    private static final byte[] COMPLETED = "response.completed".getBytes(US_ASCII);
    private static final byte[] INCOMPLETE = "response.incomplete".getBytes(US_ASCII);
    private static final byte[] FAILED = "response.failed".getBytes(US_ASCII);
    private static final byte[] MESSAGE_START = "message_start".getBytes(US_ASCII);
    private static final byte[] BLOCK_DELTA = "content_block_delta".getBytes(US_ASCII);
    private static final byte[] MESSAGE_DELTA = "message_delta".getBytes(US_ASCII);
    private static final byte[] MESSAGE_STOP = "message_stop".getBytes(US_ASCII);

    @SuppressWarnings("ImmutableEnumChecker") // not changed once it is built
    private final PathTree paths;

    Shape(PathTree paths) {
        this.paths = paths;
    }

    /**
     * The shape of an endpoint's answers.
     *
     * @throws IllegalArgumentException for an endpoint that asks nothing of a model
     */
    static Shape of(Endpoint endpoint, boolean stream) {
        return switch (endpoint) {
            case GENERATE, CHAT -> NATIVE;
            case EMBED -> EMBED;
            case EMBEDDINGS, TRANSCRIPTIONS -> UNCOUNTED;
            case CHAT_COMPLETIONS, COMPLETIONS -> stream ? OPENAI_CHUNK : OPENAI_WHOLE;
            case V1_EMBEDDINGS -> OPENAI_EMBEDDINGS;
            case RESPONSES -> stream ? RESPONSES_EVENT : RESPONSES_WHOLE;
            case MESSAGES -> stream ? ANTHROPIC_EVENT : ANTHROPIC_WHOLE;
            default -> throw new IllegalArgumentException(endpoint + " (expected: an endpoint for inference)");
        };
    }

    /** Where what matters stands. */
    PathTree paths() {
        return paths;
    }

    /**
     * Adds what an object says that was read to its end.
     *
     * @param stream whether it is one of many
     * @param nanos when it came
     */
    abstract void judge(JsonReader object, Tally tally, boolean stream, long nanos);

    /**
     * Whether an event carries the usage of all of the answer: in completions every other one has a usage of zeros
     * (Ollama {@code middleware/openai.go:CompleteWriter}).
     */
    static boolean usage(JsonReader event) {
        return event.values().present(Slot.CHOICES)
                && !event.values().filled(Slot.CHOICES)
                && event.values().present(Slot.USAGE);
    }

    /** Of a generation that broke off, all counts are 0, whatever text there is. */
    private static void whole(JsonReader object, Tally tally, boolean ended) {
        if (ended) {
            tally.end();
        }
        long prompt = object.values().number(Slot.PROMPT_TOKENS);
        long completion = object.values().number(Slot.COMPLETION_TOKENS);
        boolean zerosAreTrue = ended && object.contentBytes() == 0;
        if (object.values().present(Slot.USAGE) && (prompt + completion > 0 || zerosAreTrue)) {
            tally.count(prompt, completion);
        }
    }

    private static PathTree openAi(String message) {
        return PathTree.empty()
                .at("choices", Slot.CHOICES)
                .at("choices[].text", Slot.CONTENT)
                .at("choices[]." + message + ".content", Slot.CONTENT)
                .at("choices[]." + message + ".reasoning", Slot.CONTENT)
                .at("choices[]." + message + ".tool_calls", Slot.CONTENT)
                .at("choices[].finish_reason", Slot.FINISH)
                .at("usage", Slot.USAGE)
                .at("usage.prompt_tokens", Slot.PROMPT_TOKENS)
                .at("usage.completion_tokens", Slot.COMPLETION_TOKENS);
    }
}
