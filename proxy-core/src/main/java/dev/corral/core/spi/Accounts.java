package dev.corral.core.spi;

import java.util.concurrent.CompletionStage;

/** Tells callers about their own key: {@code GET /-/me}. */
@FunctionalInterface
public interface Accounts {
    /**
     * One JSON object in ASCII with a line end. Called on an event loop; must not block. A failure becomes a refusal.
     */
    CompletionStage<String> describe(Principal principal, QueueStanding queue);
}
