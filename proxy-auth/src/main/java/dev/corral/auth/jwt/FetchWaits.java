package dev.corral.auth.jwt;

import dev.corral.auth.scheme.WorkBeside;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * How many tokens wait for their issuer's keys, in all and by address (IPv6 by /64). Everybody can write tokens with keys
 * that nobody knows, and each holds its request meanwhile. Thread-safe.
 */
final class FetchWaits {
    private static final int ROOM = 2_048;
    private static final int PER_ADDRESS = 64;

    private final Map<ByteBuffer, Integer> waiting = new HashMap<>();
    private int all;

    /** Lets one more wait, {@link #leave} must follow; false where too many do already. */
    synchronized boolean enter(InetAddress from) {
        ByteBuffer place = WorkBeside.of(from);
        int there = waiting.getOrDefault(place, 0);
        if (all >= ROOM || there >= PER_ADDRESS) {
            return false;
        }
        waiting.put(place, there + 1);
        all++;
        return true;
    }

    synchronized void leave(InetAddress from) {
        waiting.computeIfPresent(WorkBeside.of(from), (place, there) -> there == 1 ? null : there - 1);
        all--;
    }
}
