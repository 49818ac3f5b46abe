package dev.corral.server.state;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What was used and is not handed over yet, by day, key and model. Any thread may add; adding waits for nothing but
 * another adding to the same few entries.
 */
final class UsageDeltas {
    /** What models are called that have no place of their own. */
    static final String OTHER = "other";

    /** Names of models that a key may bring up on one day. */
    static final int NAMES = 100;

    private record Cell(LocalDate day, String keyId, String model) {}

    private record Owner(LocalDate day, String keyId) {}

    private final ConcurrentHashMap<Cell, UsageSums> cells = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Owner, Set<String>> names = new ConcurrentHashMap<>();

    /**
     * Adds.
     *
     * @param proven whether the upstream has shown that there is such a model; otherwise the name counts only where it is
     *     known already
     */
    void add(LocalDate day, String keyId, String model, boolean proven, UsageSums sums) {
        cells.merge(new Cell(day, keyId, name(day, keyId, model, proven)), sums, UsageSums::plus);
    }

    /** Tells of a model that the store has. */
    void known(UsageEntry entry) {
        name(entry.day(), entry.keyId(), entry.model(), true);
    }

    /** Takes out all there is. */
    List<UsageEntry> take() {
        List<UsageEntry> taken = new ArrayList<>();
        for (Cell cell : cells.keySet()) {
            UsageSums sums = cells.remove(cell);
            if (sums != null) {
                taken.add(new UsageEntry(cell.day(), cell.keyId(), cell.model(), sums));
            }
        }
        return taken;
    }

    boolean isEmpty() {
        return cells.isEmpty();
    }

    /** Forgets which names earlier days had. */
    void forgetNamesBefore(LocalDate day) {
        names.keySet().removeIf(owner -> owner.day().isBefore(day));
    }

    private String name(LocalDate day, String keyId, String model, boolean proven) {
        Set<String> known = names.computeIfAbsent(new Owner(day, keyId), owner -> ConcurrentHashMap.newKeySet());
        if (known.contains(model)) {
            return model;
        }
        if (!proven || model.equals(OTHER)) {
            return OTHER;
        }
        synchronized (known) {
            if (known.size() >= NAMES) {
                return OTHER;
            }
            known.add(model);
            return model;
        }
    }
}
