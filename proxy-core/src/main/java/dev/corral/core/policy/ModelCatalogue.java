package dev.corral.core.policy;

/**
 * Which models the upstream has, and which of them are only stubs that run on another host, as its last listing said.
 * Thread-safe; reads are lock-free.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class ModelCatalogue {
    /** Where a model runs. */
    public enum Place {
        /** On the upstream itself. */
        LOCAL,
        /** On another host: a stub, whose name need not say so (ollama-api section 5.4). */
        REMOTE,
        /** Not in the last listing, or there was none yet. */
        UNKNOWN
    }

    /** Where this model runs, going by the last listing. */
    public Place place(ModelName name) {
        throw new UnsupportedOperationException(name.key());
    }
}
