package dev.corral.server.wiring;

import dev.corral.auth.key.KeyRecord;
import dev.corral.auth.key.KeyState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys that are in force and open nothing, as the configuration does not have their role. Each such role is told of once
 * in the life of a server. Confined to one thread at a time.
 */
public final class MissingRoles {
    private static final Logger LOG = LoggerFactory.getLogger(MissingRoles.class);
    // A file of keys is the operator's, but may be a broken program's.
    private static final int MOST = 100;

    private final Set<String> configured;
    private final Set<String> told = new HashSet<>();

    MissingRoles(Set<String> configured) {
        this.configured = configured;
    }

    /** Warns of roles that it has not warned of. */
    void warn(Collection<KeyRecord> keys, long epochMillis) {
        missing(keys, configured, epochMillis).forEach((role, ids) -> {
            if (told.size() < MOST && told.add(role)) {
                LOG.warn("{}", sentence(role, ids, configured));
            }
        });
    }

    /**
     * A sentence for each role.
     *
     * @param configured the names of the roles that there are
     * @param epochMillis by which a key has expired or not
     */
    public static List<String> sentences(Collection<KeyRecord> keys, Set<String> configured, long epochMillis) {
        List<String> sentences = new ArrayList<>();
        missing(keys, configured, epochMillis).forEach((role, ids) -> sentences.add(sentence(role, ids, configured)));
        return sentences;
    }

    private static Map<String, List<String>> missing(
            Collection<KeyRecord> keys, Set<String> configured, long epochMillis) {
        Map<String, List<String>> byRole = new TreeMap<>();
        for (KeyRecord key : keys) {
            if (!configured.contains(key.role()) && key.state(epochMillis) == KeyState.ACTIVE) {
                byRole.computeIfAbsent(key.role(), role -> new ArrayList<>()).add(key.id());
            }
        }
        return byRole;
    }

    private static String sentence(String role, List<String> ids, Set<String> configured) {
        int others = ids.size() - 1;
        String whose = "key " + ids.get(0) + (others == 0 ? " has" : " and " + others + " more have");
        return whose + " the role \"" + role + "\", which the configuration does not have: every request is refused"
                + " (expected: one of " + String.join(", ", new TreeSet<>(configured)) + ")";
    }
}
