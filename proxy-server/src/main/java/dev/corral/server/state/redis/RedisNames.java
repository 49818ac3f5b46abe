package dev.corral.server.state.redis;

import java.time.LocalDate;

/**
 * The names of everything in Redis. All begin with the same hash tag, so that in a cluster all lie on one server and one
 * script may touch them together.
 */
final class RedisNames {
    private final String tag;

    RedisNames(String prefix) {
        tag = "{" + prefix + "}:";
    }

    /** Of an account: its sums, its leases, what they hold, and those that ended by themselves. */
    String[] account(String id) {
        return new String[] {tag + "limit:" + id, tag + "leases:" + id, tag + "held:" + id, tag + "ended:" + id};
    }

    String probe() {
        return tag + "probe";
    }

    String zone() {
        return tag + "zone";
    }

    String keys() {
        return tag + "keys";
    }

    String days() {
        return tag + "usage:days";
    }

    String day(LocalDate day) {
        return tag + "usage:" + day;
    }

    String batch(String process, long batch) {
        return tag + "usage:batch:" + process + ":" + batch;
    }
}
