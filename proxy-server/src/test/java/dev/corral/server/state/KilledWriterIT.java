package dev.corral.server.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.auth.key.KeyRecord;
import dev.corral.auth.key.KeyStore;
import dev.corral.core.spi.NanoClock;
import dev.corral.server.ChildJava;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kills a writer with SIGKILL at random moments, over and over, and looks at what it leaves. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class KilledWriterIT {
    private static final long SEED = 42;
    private static final int LANES = 6;
    private static final int ROUNDS = 9;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @TempDir
    Path directory;

    /** When a line said that this many had been charged. */
    private record Charged(long at, long count) {}

    @Test
    void killedAtAnyMoment_losesNoMoreThanTheLastSecond() throws Exception {
        ExecutorService lanes = Executors.newFixedThreadPool(LANES);
        try {
            List<Future<Integer>> results = new ArrayList<>();
            for (int lane = 0; lane < LANES; lane++) {
                Path own = Files.createDirectory(directory.resolve("lane-" + lane));
                Random random = new Random(SEED + lane);
                results.add(lanes.submit(() -> lane(own, random)));
            }
            int charged = 0;
            for (Future<Integer> result : results) {
                charged += result.get();
            }
            // Rounds that are killed before they have begun would show nothing.
            assertThat(charged).isGreaterThan(LANES * ROUNDS / 2);
        } finally {
            lanes.shutdownNow();
        }
    }

    /** Returns in how many rounds something had to be there. */
    private static int lane(Path directory, Random random) throws Exception {
        int rounds = 0;
        Set<String> keys = new HashSet<>();
        for (int round = 0; round < ROUNDS; round++) {
            if (round(directory, "round-" + round, TimeUnit.MILLISECONDS.toNanos(random.nextInt(2_500)), keys)) {
                rounds++;
            }
            assertThat(new KeyStore(directory.resolve("keys.json"), NanoClock.SYSTEM).list())
                    .extracting(KeyRecord::name)
                    .containsAll(keys);
            assertWhole(directory);
        }
        return rounds;
    }

    /** One life of a writer. */
    private static boolean round(Path directory, String name, long life, Set<String> keys) throws Exception {
        List<String> command = ChildJava.command("-Xmx64m");
        command.addAll(List.of(UsageWriterMain.class.getName(), directory.toString(), name));
        Process writer = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        List<Charged> charged = new ArrayList<>();
        long saved = 0;
        long begun = -1;
        long killed = Long.MAX_VALUE;
        long longestSilence = 0;
        long last = 0;
        try (BufferedReader output = writer.inputReader()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                long now = System.nanoTime();
                begun = begun < 0 ? now : begun;
                longestSilence =
                        last == 0 || killed != Long.MAX_VALUE ? longestSilence : Math.max(longestSilence, now - last);
                last = now;
                String[] words = line.split(" ", 2);
                switch (words[0]) {
                    case "USE" -> charged.add(new Charged(now, Long.parseLong(words[1])));
                    case "SAVED" -> saved = Long.parseLong(words[1]);
                    case "KEY" -> keys.add(words[1]);
                    default -> throw new AssertionError(line);
                }
                if (now - begun >= life && killed == Long.MAX_VALUE) {
                    killed = System.nanoTime();
                    // The handle, unlike the process, leaves the output open.
                    writer.toHandle().destroyForcibly();
                }
            }
        } finally {
            writer.destroyForcibly();
        }
        assertThat(begun).as("the writer of %s began", name).isPositive();
        // A machine that stood still may have kept the saving thread from its work as long as it kept the other.
        long due = killed - SECOND - longestSilence;
        long expected = saved;
        for (Charged one : charged) {
            if (one.at() < due) {
                expected = Math.max(expected, one.count() - UsageWriterMain.STEP);
            }
        }
        assertThat(requests(directory, name))
                .as("exchanges of %s in %s, killed after %,d ns", name, directory, killed - begun)
                .isBetween(expected, charged.get(charged.size() - 1).count());
        return expected > 0;
    }

    private static long requests(Path directory, String key) throws Exception {
        try (SqliteUsageStore store = SqliteUsageStore.openToRead(directory)) {
            LocalDate today = LocalDate.now(ZoneOffset.UTC);
            return store.read(today.minusDays(1), today).stream()
                    .filter(entry -> entry.keyId().equals(key))
                    .mapToLong(entry -> entry.sums().requests())
                    .sum();
        }
    }

    private static void assertWhole(Path directory) throws Exception {
        Connection connection = SqliteFile.open(directory.resolve("usage.db"));
        try (connection;
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("PRAGMA integrity_check")) {
            assertThat(result.getString(1)).isEqualTo("ok");
        }
        assertThat(directory.toFile().list()).noneMatch(name -> name.contains("corrupt"));
    }
}
