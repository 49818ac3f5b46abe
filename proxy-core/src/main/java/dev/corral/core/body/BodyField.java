package dev.corral.core.body;

import org.jspecify.annotations.Nullable;

/**
 * The members of request bodies that policy reads, or that stand in the way to one. What else Ollama knows on a route
 * stands in {@link BodySchema}.
 */
public enum BodyField {
    MODEL("model"),
    NAME("name"),
    SOURCE("source"),
    DESTINATION("destination"),
    FROM("from"),
    REMOTE_HOST("remote_host"),
    INSECURE("insecure"),

    PROMPT("prompt"),
    MESSAGES("messages"),
    INPUT("input"),
    IMAGES("images"),
    TOOLS("tools"),
    STREAM("stream"),
    KEEP_ALIVE("keep_alive"),
    TEMPLATE("template"),
    RAW("raw"),
    SYSTEM("system"),
    CONTEXT("context"),
    SHIFT("shift"),
    DEBUG_RENDER_ONLY("_debug_render_only"),
    LOGPROBS("logprobs"),
    TOP_LOGPROBS("top_logprobs"),
    MAX_TOKENS("max_tokens"),
    MAX_COMPLETION_TOKENS("max_completion_tokens"),
    MAX_OUTPUT_TOKENS("max_output_tokens"),

    STREAM_OPTIONS("stream_options"),
    INCLUDE_USAGE("include_usage", STREAM_OPTIONS),

    OPTIONS("options"),
    NUM_PREDICT("num_predict", OPTIONS),
    NUM_CTX("num_ctx", OPTIONS),
    NUM_BATCH("num_batch", OPTIONS),
    NUM_GPU("num_gpu", OPTIONS),
    MAIN_GPU("main_gpu", OPTIONS),
    USE_MMAP("use_mmap", OPTIONS),
    NUM_THREAD("num_thread", OPTIONS),
    DRAFT_NUM_PREDICT("draft_num_predict", OPTIONS);

    private final String json;
    private final @Nullable BodyField parent;

    BodyField(String json) {
        this.json = json;
        this.parent = null;
    }

    BodyField(String json, BodyField parent) {
        this.json = json;
        this.parent = parent;
    }

    /** The member's name, exactly as Ollama's documentation spells it. */
    public String json() {
        return json;
    }

    /** The object it is a member of; null for the body itself. */
    public @Nullable BodyField parent() {
        return parent;
    }

    /** Its name with its parent's, such as {@code options.num_ctx}. */
    public String path() {
        return parent == null ? json : parent.json + '.' + json;
    }
}
