package dev.corral.core.policy;

import java.util.Locale;

/**
 * One thing about a request that policy changed.
 *
 * @param kind for metrics
 * @param text for the caller, such as {@code options.num_ctx dropped} or {@code max_tokens=4096}: ASCII, names and
 *     values of Corral's own making only
 */
public record Change(Kind kind, String text) {
    /** What sort of change. */
    public enum Kind {
        KEEP_ALIVE,
        /** Kept from unloading and loading the model again. */
        LOAD_OPTION,
        TOKENS,
        TOP_LOGPROBS,
        /** A field was taken out. */
        FIELD,
        /** The role's own value was put in, where the request named none. */
        DEFAULT;

        private final String label = name().toLowerCase(Locale.ROOT);

        /** The word in metrics and logs. */
        public String label() {
            return label;
        }
    }
}
