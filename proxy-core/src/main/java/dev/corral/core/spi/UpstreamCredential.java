package dev.corral.core.spi;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What makes requests good where the upstream is another Corral. Called on event loops for each attempt; must not block,
 * so that an answer that takes time comes later, from any thread. A throw, a failure and no answer within ten seconds
 * refuse the request.
 */
@FunctionalInterface
public interface UpstreamCredential {
    /** None: the other Corral lets this one in for something else, such as a path. */
    UpstreamCredential NONE = (method, path) -> Presented.NOTHING.now();

    /**
     * For one request.
     *
     * @param path as the other Corral decides on it, without a prefix
     */
    CompletionStage<Presented> present(String method, String path);

    /**
     * What goes with the request.
     *
     * @param authorization the value of the field of that name; null for none
     * @param query of its target; empty for none
     */
    record Presented(@Nullable String authorization, String query) {
        /** Nothing at all. */
        public static final Presented NOTHING = new Presented(null, "");

        /** The same as an answer that is there already. */
        public CompletionStage<Presented> now() {
            return CompletableFuture.completedFuture(this);
        }

        /** Never the value. */
        @Override
        public String toString() {
            return "Presented[query=" + query + "]";
        }
    }
}
