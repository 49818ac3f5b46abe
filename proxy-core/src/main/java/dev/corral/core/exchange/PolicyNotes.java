package dev.corral.core.exchange;

import dev.corral.core.policy.Ask;
import dev.corral.core.policy.Change;
import dev.corral.core.policy.ModelName;
import dev.corral.core.policy.RolePolicy;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** What policy says about one exchange: looked up and decided once, read to its end. Confined to its event loop. */
final class PolicyNotes {
    private static final int MAX_TOLD = 512;
    private static final String MORE = "; ...";

    /** The policy of the caller's role; null before it is known. */
    @Nullable
    RolePolicy role;

    /** The model that the request names; null where it names none, or none that can be read. */
    @Nullable
    ModelName model;

    private @Nullable ModelName keyed;
    private @Nullable String key;

    /** How much the request asks for. */
    Ask ask = Ask.NOTHING;

    /** What to say where the upstream does not have the model, asked for by another name; null to say what it says. */
    @Nullable
    String absent;

    /** Told when the exchange is over, while its body is read elsewhere; null where it is not. */
    @Nullable
    AtomicBoolean unwanted;

    /** What was changed in the request. */
    List<Change> changes = List.of();

    /** The canonical name of the model; null where there is none. */
    @Nullable
    @SuppressWarnings("ReferenceEquality") // Whether it was set anew, not what it says.
    String modelKey() {
        ModelName named = model;
        if (named != keyed) {
            // One text for all who ask, who all look something up by it: its hash is worked out once, too.
            keyed = named;
            key = named == null ? null : named.key();
        }
        return key;
    }

    /** The exchange is over. */
    void end() {
        if (unwanted != null) {
            unwanted.set(true);
        }
    }

    /** The policy of the caller's role, once the caller is admitted. */
    RolePolicy admitted() {
        RolePolicy policy = role;
        if (policy == null) {
            throw new IllegalStateException("nobody was admitted");
        }
        return policy;
    }

    /** The changes in one bounded line for the caller. */
    String told() {
        StringBuilder line = new StringBuilder();
        for (Change change : changes) {
            if (line.length() + 2 + change.text().length() > MAX_TOLD - MORE.length()) {
                return line.append(MORE).toString();
            }
            line.append(line.length() == 0 ? "" : "; ").append(change.text());
        }
        return line.toString();
    }

    /** The sorts of changes, for the observer. */
    List<String> kinds() {
        return changes.isEmpty()
                ? List.of()
                : changes.stream().map(change -> change.kind().label()).toList();
    }
}
