package dev.corral.core.spi;

import org.jspecify.annotations.Nullable;

/**
 * What makes requests good where the upstream is another Corral. Called on event loops for each attempt; must not block.
 * A throw refuses the request.
 */
@FunctionalInterface
public interface UpstreamCredential {
    /** None: the other Corral lets this one in for something else, such as a path. */
    UpstreamCredential NONE = (method, path) -> Presented.NOTHING;

    /**
     * For one request.
     *
     * @param path as the other Corral decides on it, without a prefix
     */
    Presented present(String method, String path);

    /**
     * What goes with the request.
     *
     * @param authorization the value of the field of that name; null for none
     * @param query of its target; empty for none
     */
    record Presented(@Nullable String authorization, String query) {
        /** Nothing at all. */
        public static final Presented NOTHING = new Presented(null, "");

        /** Never the value. */
        @Override
        public String toString() {
            return "Presented[query=" + query + "]";
        }
    }
}
