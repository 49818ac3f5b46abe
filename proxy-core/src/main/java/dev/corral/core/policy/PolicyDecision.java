package dev.corral.core.policy;

import dev.corral.core.body.BodyEdits;
import dev.corral.core.error.ProxyError;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What policy says about a request. */
public sealed interface PolicyDecision {
    /**
     * It may go on.
     *
     * @param model the model it names, canonical; null where the endpoint names none
     * @param edits what to change in the body; empty for nothing
     * @param changes the same in words, for the caller and for metrics
     * @param absent what Ollama would say if it did not have the model that the caller named, where it is asked for by
     *     another name; null where its own answer may pass
     * @param ask how much it asks for
     */
    record Forward(
            @Nullable ModelName model,
            BodyEdits edits,
            List<Change> changes,
            @Nullable String absent,
            Ask ask) implements PolicyDecision {
        public Forward {
            changes = List.copyOf(changes);
        }

        Forward(@Nullable ModelName model, BodyEdits edits, List<Change> changes) {
            this(model, edits, changes, null, Ask.NOTHING);
        }
    }

    /**
     * It may not.
     *
     * @param error why
     * @param model the model it named, where the name was readable
     */
    record Refuse(ProxyError error, @Nullable ModelName model) implements PolicyDecision {}
}
