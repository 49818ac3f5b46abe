package dev.corral.server.wiring;

import dev.corral.core.spi.NanoClock;
import dev.corral.server.config.CorralConfig;
import dev.corral.server.state.UsageEntry;
import dev.corral.server.state.UsageLedger;
import dev.corral.server.state.UsageStore;
import dev.corral.server.state.UsageStoreException;
import dev.corral.server.state.redis.SharedState;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Opens the store of usage on a thread of its own, beside the rest of the start: loading its library takes longer than
 * anything else there. What it finds is needed before the first request.
 */
final class StateOpening implements AutoCloseable {
    /**
     * What was found.
     *
     * @param ledger open
     * @param month what was used in the present month; nothing where the store is shared
     * @param day the day that this took for the present one
     */
    record Opened(UsageLedger ledger, List<UsageEntry> month, LocalDate day) {}

    private final FutureTask<Opened> task;
    private boolean taken;

    /** Begins. The state directory must exist. */
    StateOpening(CorralConfig config, Stores stores, NanoClock clock) {
        task = new FutureTask<>(() -> open(config, stores, clock));
        Thread thread = new Thread(task, "corral-state-open");
        thread.setDaemon(true);
        thread.start();
    }

    private static Opened open(CorralConfig config, Stores stores, NanoClock clock) throws IOException {
        LocalDate day = Instant.ofEpochMilli(clock.epochMillis())
                .atZone(config.usage().zone())
                .toLocalDate();
        SharedState shared = stores.shared();
        if (shared != null) {
            shared.agree(config.usage().zone());
        }
        UsageStore store = stores.usage();
        List<UsageEntry> month;
        try {
            // Of what others use too, nobody asks for more than the sums.
            month = config.state().url().shared() ? List.of() : store.read(day.withDayOfMonth(1), day);
        } catch (IOException | RuntimeException e) {
            store.close();
            throw e;
        }
        UsageLedger ledger =
                UsageLedger.start(store, config.usage().zone(), config.usage().retention(), clock);
        return new Opened(ledger, month, day);
    }

    /**
     * Waits for the end. The ledger is the caller's from then on.
     *
     * @throws StartException if the store cannot be opened: without it quotas would begin anew with every start
     */
    Opened await() throws StartException {
        try {
            Opened opened = task.get();
            taken = true;
            return opened;
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            throw new StartException(reason(cause), String.valueOf(cause.getMessage()), cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartException(StartException.Reason.IO, "interrupted while usage was read", e);
        }
    }

    private static StartException.Reason reason(Throwable cause) {
        if (!(cause instanceof UsageStoreException known)) {
            return StartException.Reason.IO;
        }
        return switch (known.kind()) {
            case LIBRARY -> StartException.Reason.CONFIG;
            case NEWER, DAMAGED -> StartException.Reason.BAD_STORE;
            case CANNOT_CREATE -> StartException.Reason.CANNOT_CREATE;
            case MISSING, IO -> StartException.Reason.IO;
        };
    }

    /** Closes what nobody has taken. */
    @Override
    public void close() {
        if (taken) {
            return;
        }
        try {
            await().ledger().close();
        } catch (StartException e) {
            // There is nothing to close, and why the start failed is known already.
            taken = true;
        }
    }
}
