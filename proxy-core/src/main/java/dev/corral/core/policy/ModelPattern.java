package dev.corral.core.policy;

import org.jspecify.annotations.Nullable;

/**
 * A pattern over canonical model names, compiled once: written like a name, with {@code *} for any run of characters
 * within a part. Without a tag it means {@code latest}, as for Ollama, unless the model part has a {@code *}: then any
 * tag. A lone {@code *} is every model of every registry.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class ModelPattern {
    private ModelPattern() {}

    /** Compiles a pattern; null if no name could ever match it. */
    public static @Nullable ModelPattern compile(String text) {
        throw new UnsupportedOperationException(text);
    }

    public boolean matches(ModelName name) {
        throw new UnsupportedOperationException(name.key());
    }

    /** As the operator wrote it. */
    @Override
    public String toString() {
        throw new UnsupportedOperationException();
    }
}
