package dev.corral.core.policy;

import dev.corral.core.body.BodyField;

/**
 * What a model is loaded with: a request that differs in one of these makes Ollama unload the model and load it again,
 * for everybody (Ollama {@code server/sched.go:needsReload}).
 */
public enum LoadOption {
    NUM_CTX(BodyField.NUM_CTX, false),
    NUM_BATCH(BodyField.NUM_BATCH, false),
    NUM_GPU(BodyField.NUM_GPU, false),
    MAIN_GPU(BodyField.MAIN_GPU, false),
    NUM_THREAD(BodyField.NUM_THREAD, false),
    DRAFT_NUM_PREDICT(BodyField.DRAFT_NUM_PREDICT, false),
    USE_MMAP(BodyField.USE_MMAP, true),
    /** Not one of {@code options}, but a field of the request itself. */
    SHIFT(BodyField.SHIFT, true);

    private final BodyField field;
    private final boolean bool;

    LoadOption(BodyField field, boolean bool) {
        this.field = field;
        this.bool = bool;
    }

    public BodyField field() {
        return field;
    }

    /** Its name in requests. */
    public String json() {
        return field.json();
    }

    /** Whether its value is true or false; otherwise it is a whole number. */
    public boolean bool() {
        return bool;
    }
}
