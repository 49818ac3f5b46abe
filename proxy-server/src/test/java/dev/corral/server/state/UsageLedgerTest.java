package dev.corral.server.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.corral.auth.limit.Spent;
import dev.corral.core.spi.Metering;
import dev.corral.core.spi.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsageLedgerTest {
    private static final LocalDate DAY = LocalDate.parse("2026-11-23");
    private static final Duration RETENTION = Duration.ofDays(400);

    @TempDir
    Path directory;

    private final HandClock clock = new HandClock("2026-11-23T12:00:00Z");

    private UsageLedger start() throws IOException {
        return start(SqliteUsageStore.open(directory));
    }

    private UsageLedger start(UsageStore store) throws IOException {
        return UsageLedger.start(store, ZoneOffset.UTC, RETENTION, clock);
    }

    private List<UsageEntry> all() throws IOException {
        try (SqliteUsageStore store = SqliteUsageStore.openToRead(directory)) {
            return store.read(LocalDate.parse("2026-01-01"), LocalDate.parse("2027-12-31"));
        }
    }

    @Test
    void exchanges_areSavedByThemselvesAndAtTheEnd() throws IOException {
        try (UsageLedger ledger = start()) {
            ledger.finished(Used.by("a", Used.LLAMA));
            ledger.finished(Used.by("a", Used.LLAMA));
            Await.until("saved", () -> ledger.stats().saved() == 2);
            assertThat(ledger.stats()).isEqualTo(new LedgerStats(true, 0, 0, 2));
            assertThat(all()).containsExactly(new UsageEntry(DAY, "a", Used.LLAMA, new UsageSums(2, 0, 6, 4, 0, 14)));
            ledger.finished(Used.by("a", Used.LLAMA));
        }
        assertThat(all()).containsExactly(new UsageEntry(DAY, "a", Used.LLAMA, new UsageSums(3, 0, 9, 6, 0, 21)));
    }

    @Test
    void whatIsCounted() throws IOException {
        try (UsageLedger ledger = start()) {
            Metering reported = Used.metering(Metering.Source.REPORTED, true);
            Metering estimated = Used.metering(Metering.Source.ESTIMATED, false);
            ledger.finished(Used.of("a", "m", 200, Outcome.COMPLETED, reported));
            ledger.finished(Used.of("a", "m", 200, Outcome.CLIENT_GONE, estimated));
            // Asked nothing of a model, or nobody's.
            ledger.finished(Used.of("a", "m", 200, Outcome.COMPLETED, Metering.NONE));
            ledger.finished(Used.of(null, "m", 200, Outcome.COMPLETED, reported));
            // Nobody has shown that there are such models.
            ledger.finished(Used.of("a", "made-up", 499, Outcome.CLIENT_GONE, estimated));
            ledger.finished(Used.of("a", null, 200, Outcome.COMPLETED, reported));
            // This one has been.
            ledger.finished(Used.of("a", "m", 504, Outcome.TIMED_OUT, estimated));
        }
        assertThat(all())
                .containsExactly(
                        new UsageEntry(DAY, "a", "m", new UsageSums(3, 2, 9, 6, 10, 21)),
                        new UsageEntry(DAY, "a", "other", new UsageSums(2, 1, 6, 4, 5, 14)));
    }

    @Test
    void modelsBeyondAHundred_areOther_alsoAfterAStart() throws IOException {
        try (UsageLedger ledger = start()) {
            for (int i = 0; i < 99; i++) {
                ledger.finished(Used.by("a", "model-" + i));
            }
        }
        try (UsageLedger ledger = start()) {
            for (int i = 0; i < 150; i++) {
                ledger.finished(Used.by("a", "model-" + i));
            }
            ledger.finished(Used.by("b", "model-149"));
        }
        assertThat(all())
                .hasSize(102)
                .contains(new UsageEntry(DAY, "a", "other", new UsageSums(50, 0, 150, 100, 0, 350)));
        assertThat(all())
                .anyMatch(entry -> entry.keyId().equals("b") && entry.model().equals("model-149"));
    }

    @Test
    void days_beginInTheConfiguredZone() throws IOException {
        clock.advance(Duration.ofHours(10));
        SqliteUsageStore store = SqliteUsageStore.open(directory);
        try (UsageLedger ledger = UsageLedger.start(store, ZoneId.of("Europe/Berlin"), RETENTION, clock)) {
            ledger.finished(Used.by("a", "m"));
            clock.advance(Duration.ofHours(1));
            ledger.finished(Used.by("a", "m"));
            // The clock was put right.
            clock.advance(Duration.ofHours(-1));
            ledger.finished(Used.by("a", "m"));
        }
        assertThat(all())
                .extracting(entry -> entry.day() + " " + entry.sums().requests())
                .containsExactly("2026-11-23 2", "2026-11-24 1");
    }

    @Test
    void spentAtStart_isWhatTheCalendarsLimitsNeed() throws IOException {
        try (SqliteUsageStore store = SqliteUsageStore.open(directory)) {
            store.add(1, List.of(Used.entry("2026-11-01", "a", "m", 1), Used.entry("2026-11-23", "a", "m", 2)));
        }
        try (UsageLedger ledger = start()) {
            assertThat(ledger.spentAtStart()).containsOnlyKeys("a").containsEntry("a", new Spent(30, 45, 2_000));
        }
    }

    @Test
    void oldDays_areForgottenButNeverThePresentMonth() throws IOException {
        try (SqliteUsageStore store = SqliteUsageStore.open(directory)) {
            store.add(
                    1,
                    List.of(
                            Used.entry("2026-10-31", "a", "m", 1),
                            Used.entry("2026-11-01", "a", "m", 1),
                            Used.entry("2026-11-22", "a", "m", 1)));
        }
        try (UsageLedger ledger =
                UsageLedger.start(SqliteUsageStore.open(directory), ZoneOffset.UTC, Duration.ofDays(1), clock)) {
            Await.until("the sweep", () -> days().equals(List.of("2026-11-01", "2026-11-22")));
            clock.advance(Duration.ofDays(10));
            Await.until("the sweep of the next month", () -> days().isEmpty());
            assertThat(ledger.stats().failures()).isZero();
        }
    }

    private List<String> days() {
        try {
            return all().stream().map(entry -> entry.day().toString()).toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A store whose answers get lost: it fails, before or after it has done its work. */
    private static final class Unreliable implements UsageStore {
        private final UsageStore store;
        final AtomicBoolean away = new AtomicBoolean();
        final AtomicInteger attempts = new AtomicInteger();

        Unreliable(UsageStore store) {
            this.store = store;
        }

        @Override
        public void add(long batch, List<UsageEntry> entries) throws IOException {
            int attempt = attempts.incrementAndGet();
            if (away.get()) {
                if (attempt % 2 == 0) {
                    store.add(batch, entries);
                }
                throw new IOException("away");
            }
            store.add(batch, entries);
        }

        @Override
        public List<UsageEntry> read(LocalDate first, LocalDate last) throws IOException {
            return store.read(first, last);
        }

        @Override
        public void forgetBefore(LocalDate day) throws IOException {
            store.forgetBefore(day);
        }

        @Override
        public void close() throws IOException {
            store.close();
        }
    }

    @Test
    void storeAway_everythingIsSavedOnceInTheEnd() throws IOException {
        Unreliable store = new Unreliable(SqliteUsageStore.open(directory));
        store.away.set(true);
        try (UsageLedger ledger = start(store)) {
            ledger.finished(Used.by("a", "m"));
            Await.until("several failures", () -> ledger.stats().failures() >= 3);
            ledger.finished(Used.by("a", "m"));
            clock.advance(Duration.ofMinutes(5));
            assertThat(ledger.stats().up()).isFalse();
            assertThat(ledger.stats().oldestUnsavedMillis()).isGreaterThanOrEqualTo(300_000);
            assertThat(ledger.stats().saved()).isZero();
            store.away.set(false);
            Await.until("saved", () -> ledger.stats().saved() == 2);
            assertThat(ledger.stats().up()).isTrue();
            assertThat(ledger.stats().oldestUnsavedMillis()).isZero();
        }
        assertThat(all()).containsExactly(new UsageEntry(DAY, "a", "m", new UsageSums(2, 0, 6, 4, 0, 14)));
    }

    @Test
    void manyThreads_loseNothing() throws Exception {
        List<Thread> threads = new ArrayList<>();
        try (UsageLedger ledger = start()) {
            for (int i = 0; i < 4; i++) {
                Thread thread = new Thread(() -> {
                    for (int n = 0; n < 50_000; n++) {
                        ledger.finished(Used.by("key-" + n % 7, "model-" + n % 3));
                    }
                });
                threads.add(thread);
                thread.start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
        assertThat(all()).hasSize(21);
        assertThat(all().stream().mapToLong(entry -> entry.sums().requests()).sum())
                .isEqualTo(200_000);
    }

    @Test
    void storeThatCannotBeRead_isClosedAndTheStartFails() throws IOException {
        AtomicBoolean closed = new AtomicBoolean();
        UsageStore broken = new UsageStore() {
            @Override
            public void add(long batch, List<UsageEntry> entries) {}

            @Override
            public List<UsageEntry> read(LocalDate first, LocalDate last) throws IOException {
                throw new IOException("unreadable");
            }

            @Override
            public void forgetBefore(LocalDate day) {}

            @Override
            public void close() {
                closed.set(true);
            }
        };
        assertThatThrownBy(() -> start(broken)).hasMessage("unreadable");
        assertThat(closed).isTrue();
    }
}
