package dev.corral.auth.ssh;

import dev.corral.auth.key.KeyRecord;
import dev.corral.auth.key.LiveKeyRing;
import dev.corral.auth.key.SshPublicKey;
import dev.corral.core.spi.AddressText;
import dev.corral.core.spi.NanoClock;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The keys that wait to be let in: those that somebody has proved to own. At most {@value #MOST}, of which {@value
 * #PER_ADDRESS} last came from one address or one IPv6 network of 64 bits; where there are more, whoever was not seen for
 * the longest goes, of that address first. After a week without a request a key is forgotten.
 *
 * <p>Any thread; one short lock.
 */
public final class PendingKeys {
    static final int MOST = 256;
    static final int PER_ADDRESS = 16;

    private static final Duration KEPT = Duration.ofDays(7);
    private static final Duration WORTH_SAVING = Duration.ofMinutes(1);

    private final LiveKeyRing keys;
    private final NanoClock clock;
    // Whoever was not seen for the longest is first.
    private final Map<SshPublicKey, Seen> pending = new LinkedHashMap<>();

    private record Seen(PendingKey key, String place, Instant saved) {}

    /**
     * Nobody waits.
     *
     * @param keys whoever is in there does not wait any more
     */
    public PendingKeys(LiveKeyRing keys, NanoClock clock) {
        this.keys = keys;
        this.clock = clock;
    }

    /** Whether a key is let in, and so does not wait. */
    static boolean registered(LiveKeyRing keys, SshPublicKey key) {
        KeyRecord record = keys.current().bySshKey(key);
        return record != null && record.revoked() == null;
    }

    /**
     * Remembers that the owner of a key was here.
     *
     * @return whether there is something to save: a new key, or an old one that was not seen for a while
     */
    public synchronized boolean saw(SshPublicKey key, InetAddress from) {
        Instant now = Instant.ofEpochMilli(clock.epochMillis());
        String place = AddressPlace.of(from);
        Seen before = pending.remove(key);
        boolean save = before == null || before.saved().plus(WORTH_SAVING).isBefore(now);
        PendingKey seen = new PendingKey(
                key,
                AddressText.format(from),
                before == null ? now : before.key().first(),
                now,
                before == null ? 1 : before.key().requests() + 1);
        makeRoom(place);
        pending.put(key, new Seen(seen, place, save || before == null ? now : before.saved()));
        return save;
    }

    private void makeRoom(String place) {
        long there = pending.values().stream()
                .filter(seen -> seen.place().equals(place))
                .count();
        if (there >= PER_ADDRESS) {
            removeFirst(place);
        } else if (pending.size() >= MOST) {
            pending.remove(pending.keySet().iterator().next());
        }
    }

    private void removeFirst(String place) {
        for (Map.Entry<SshPublicKey, Seen> entry : pending.entrySet()) {
            if (entry.getValue().place().equals(place)) {
                pending.remove(entry.getKey());
                return;
            }
        }
    }

    /** Takes over what an earlier run saved; call before anything else. */
    public synchronized void restore(List<PendingKey> saved) {
        saved.stream()
                .sorted(Comparator.comparing(PendingKey::last))
                .skip(Math.max(0, saved.size() - MOST))
                .forEach(key -> pending.put(key.key(), new Seen(key, place(key), key.last())));
    }

    private static String place(PendingKey key) {
        InetAddress address = AddressText.address(key.address());
        return address == null ? key.address() : AddressPlace.of(address);
    }

    /** All that wait, whoever came last first. */
    public synchronized List<PendingKey> list() {
        Instant oldest = Instant.ofEpochMilli(clock.epochMillis()).minus(KEPT);
        pending.values()
                .removeIf(seen -> seen.key().last().isBefore(oldest)
                        || registered(keys, seen.key().key()));
        return pending.values().stream()
                .map(Seen::key)
                .sorted(Comparator.comparing(PendingKey::last).reversed())
                .toList();
    }
}
