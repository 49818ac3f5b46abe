package dev.corral.server.state;

import dev.corral.auth.limit.Spent;
import dev.corral.core.spi.ExchangeObserver;
import dev.corral.core.spi.ExchangeSummary;
import dev.corral.core.spi.NanoClock;
import dev.corral.core.spi.Principal;
import java.io.IOException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes in memory what finished exchanges used, and the thread {@code corral-state} that carries it to the store, all of
 * half a second in one transaction. While the store fails, what was used adds up in memory, bounded by the number of
 * days, keys and models, and is saved when the store works again.
 *
 * <p>{@link #finished} is for event loops and never blocks; the rest for the thread that starts and ends Corral.
 */
public final class UsageLedger implements ExchangeObserver, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UsageLedger.class);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long COMPLAINT_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final Duration CLOSE = Duration.ofSeconds(5);

    private final UsageStore store;
    private final Days days;
    private final NanoClock clock;
    private final Duration retention;
    private final UsageDeltas deltas = new UsageDeltas();
    private final Map<String, Spent> spentAtStart;
    private final AtomicLong failures = new AtomicLong();
    private final AtomicLong saved = new AtomicLong();
    private final Thread writer;
    private volatile boolean up = true;
    private volatile boolean closing;
    private volatile long takenAt;
    private volatile @Nullable Batch pending;

    // The writer's own.
    private long batches;
    private LocalDate swept = LocalDate.MIN;
    private @Nullable String trouble;
    private boolean complained;
    private long complainedAt;

    /** What is being saved; tried as it is until it is known to be in. */
    private record Batch(long number, List<UsageEntry> entries, long since) {
        long exchanges() {
            return entries.stream().mapToLong(entry -> entry.sums().requests()).sum();
        }
    }

    private UsageLedger(UsageStore store, ZoneId zone, Duration retention, NanoClock clock) throws IOException {
        this.store = store;
        this.clock = clock;
        this.retention = retention;
        days = new Days(zone, clock);
        takenAt = clock.nanos();
        LocalDate today = days.today();
        spentAtStart = Map.copyOf(store.spent(today));
        store.each(today, today, deltas::known);
        writer = new Thread(this::run, "corral-state");
        writer.setDaemon(true);
    }

    /**
     * Reads what was used so far, and starts. Blocks.
     *
     * @param store the ledger's own from now on, its end included
     * @param zone where days and months begin
     * @param retention how long usage is kept, in whole days; what the present month's quotas need is never forgotten
     * @throws IOException if the store cannot be read; it is closed then
     */
    public static UsageLedger start(UsageStore store, ZoneId zone, Duration retention, NanoClock clock)
            throws IOException {
        UsageLedger ledger = null;
        try {
            ledger = new UsageLedger(store, zone, retention, clock);
            ledger.writer.start();
            return ledger;
        } finally {
            if (ledger == null) {
                store.close();
            }
        }
    }

    /** What every key had used of the calendar's limits when the ledger was started, by key id. */
    public Map<String, Spent> spentAtStart() {
        return spentAtStart;
    }

    @Override
    public void finished(ExchangeSummary summary) {
        UsageSums sums = UsageSums.of(summary);
        Principal principal = summary.principal();
        if (sums == null || principal == null) {
            return;
        }
        String model = summary.model();
        deltas.add(
                days.today(),
                principal.keyId(),
                model == null ? UsageDeltas.OTHER : model,
                summary.status() >= 200 && summary.status() < 300,
                sums);
    }

    /** How it goes. Any thread. */
    public LedgerStats stats() {
        Batch batch = pending;
        long since = batch != null ? batch.since() : takenAt;
        long age = batch == null && deltas.isEmpty() ? 0 : Math.max(1, (clock.nanos() - since) / 1_000_000);
        return new LedgerStats(up, failures.get(), age, saved.get());
    }

    /** Saves what there is, for at most a few seconds, and closes the store. Idempotent. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(writer);
        try {
            writer.join(CLOSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (writer.isAlive()) {
            LOG.error("usage: saving did not end within {} s; what is unsaved is lost", CLOSE.toSeconds());
        }
    }

    private void run() {
        while (true) {
            boolean last = closing;
            if (!last) {
                pause();
            }
            boolean well = save();
            if (well && !last) {
                sweep();
            }
            if (last) {
                end();
                return;
            }
        }
    }

    private void pause() {
        long end = System.nanoTime() + PAUSE_NANOS;
        for (long left = PAUSE_NANOS; left > 0 && !closing; left = end - System.nanoTime()) {
            LockSupport.parkNanos(this, left);
        }
    }

    /** Saves what failed before, then what came since. Returns whether all went well. */
    private boolean save() {
        boolean again = pending != null;
        if (!again) {
            take();
        }
        boolean well = savePending();
        if (again && well) {
            take();
            well = savePending();
        }
        return well;
    }

    private void take() {
        long since = takenAt;
        takenAt = clock.nanos();
        List<UsageEntry> entries = deltas.take();
        if (!entries.isEmpty()) {
            pending = new Batch(++batches, entries, since);
        }
    }

    private boolean savePending() {
        Batch batch = pending;
        if (batch == null) {
            return true;
        }
        try {
            store.add(batch.number(), batch.entries());
        } catch (IOException | RuntimeException e) {
            failed(e);
            return false;
        }
        saved.addAndGet(batch.exchanges());
        pending = null;
        if (!up) {
            LOG.info("usage: it is saved again");
            up = true;
            complained = false;
        }
        return true;
    }

    private void failed(Exception e) {
        up = false;
        trouble = reason(e);
        failures.incrementAndGet();
        long now = clock.nanos();
        if (complained && now - complainedAt < COMPLAINT_NANOS) {
            return;
        }
        complained = true;
        complainedAt = now;
        LedgerStats stats = stats();
        LOG.warn(
                "usage: {}; the last {} s are in memory only, {} attempts failed since the start. Limits hold, and it is"
                        + " saved as soon as that is possible",
                trouble,
                TimeUnit.MILLISECONDS.toSeconds(stats.oldestUnsavedMillis()),
                stats.failures());
    }

    /** Once a day. */
    private void sweep() {
        LocalDate today = days.today();
        if (today.equals(swept)) {
            return;
        }
        swept = today;
        deltas.forgetNamesBefore(today.minusDays(1));
        LocalDate month = today.withDayOfMonth(1);
        LocalDate oldest = today.minusDays(Math.max(0, retention.toDays()));
        try {
            store.forgetBefore(oldest.isBefore(month) ? oldest : month);
        } catch (IOException | RuntimeException e) {
            failures.incrementAndGet();
            LOG.warn("usage: what is older than {} days stays for another day: {}", retention.toDays(), reason(e));
        }
    }

    private void end() {
        Batch batch = pending;
        if (batch != null) {
            long lost = batch.exchanges()
                    + deltas.take().stream()
                            .mapToLong(entry -> entry.sums().requests())
                            .sum();
            LOG.error("usage: {}; what {} exchanges used is lost", trouble, lost);
        }
        try {
            store.close();
        } catch (IOException | RuntimeException e) {
            LOG.warn("usage: {}", reason(e));
        }
    }

    private static String reason(Exception e) {
        String message = e.getMessage();
        return e instanceof UsageStoreException && message != null
                ? message
                : e.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    }
}
