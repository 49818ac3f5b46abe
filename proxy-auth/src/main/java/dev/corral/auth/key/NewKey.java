package dev.corral.auth.key;

import dev.corral.auth.limit.LimitSet;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What to create.
 *
 * @param name 1 to 64 printable characters; no other key that is not revoked may have it
 * @param role the name of a role; whether it is configured is not checked here
 * @param validFor how long the key is good for, from its creation; null for ever
 * @param limits what it may use, where that is not what its role says
 * @param access what opens it beside a secret, and from where it may be used
 */
public record NewKey(String name, String role, @Nullable Duration validFor, LimitSet limits, KeyAccess access) {
    /** A key that only a secret opens, from anywhere. */
    public NewKey(String name, String role, @Nullable Duration validFor, LimitSet limits) {
        this(name, role, validFor, limits, KeyAccess.NONE);
    }

    /** The same, to which the limits of its role apply. */
    public NewKey(String name, String role, @Nullable Duration validFor) {
        this(name, role, validFor, LimitSet.NONE);
    }
}
