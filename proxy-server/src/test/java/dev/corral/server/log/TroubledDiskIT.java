package dev.corral.server.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Disks that are full or stand still. */
class TroubledDiskIT {
    private static final Duration CLOSE = Duration.ofSeconds(5);
    private static final long BIG = 1 << 30;
    // No multiple of a page: the disk fills up in the middle of a line.
    private static final int LINE_BYTES = 1000;

    @TempDir
    Path directory;

    @Test
    void diskFull_linesAreCountedAndTheFileStaysWhole() throws IOException, InterruptedException {
        Path disk = Files.createDirectory(directory.resolve("disk"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=64k", "corral-test", disk.toString()) == 0,
                "not run: a tiny file system cannot be mounted here (expected: root with CAP_SYS_ADMIN)");
        Path file = disk.resolve("access.log");
        JsonLinesFile<Integer> log = TestLines.open(file, BIG, 0, 1000, LINE_BYTES);
        try {
            Files.write(disk.resolve("ballast"), new byte[32 << 10]);
            for (int i = 0; i < 200; i++) {
                log.offer(i);
            }
            Await.until(
                    "all are seen", () -> log.counts().lines() + log.counts().dropped() == 200);
            long lines = log.counts().lines();
            assertThat(lines).isBetween(20L, 40L);
            assertThat(LogFiles.numbers(file)).hasSize((int) lines);

            Files.delete(disk.resolve("ballast"));
            log.offer(1000);
            Await.until("recovery", () -> log.counts().lines() == lines + 1);
            assertThat(LogFiles.numbers(file)).hasSize((int) lines + 1).contains(0, 1, 1000);
        } finally {
            log.close(CLOSE);
            run("umount", disk.toString());
        }
    }

    @Test
    void deviceAlwaysFull_everyLineIsCounted() {
        Path device = Path.of("/dev/full");
        assumeTrue(Files.isWritable(device), "not run: there is no /dev/full here (expected: Linux)");
        JsonLinesFile<Integer> log = TestLines.open(device, BIG, 3, 1000, LINE_BYTES);
        for (int i = 0; i < 500; i++) {
            log.offer(i);
        }
        Await.until("all are lost", () -> log.counts().dropped() == 500);
        log.close(CLOSE);

        assertThat(log.counts()).isEqualTo(new LogCounts(0, 500));
    }

    @Test
    void pipeThatNobodyOpens_neverBlocksTheCaller() throws IOException, InterruptedException {
        Path pipe = pipe();
        JsonLinesFile<Integer> log = TestLines.open(pipe, BIG, 3, 100, LINE_BYTES);

        long slowest = offer(log, 100_000);
        assertThat(Duration.ofNanos(slowest)).isLessThan(Duration.ofSeconds(1));
        assertThat(log.counts()).isEqualTo(new LogCounts(0, 100_000 - 100));

        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(Files.newInputStream(pipe), StandardCharsets.US_ASCII))) {
            for (int i = 0; i < 100; i++) {
                assertThat(reader.readLine()).startsWith("{\"n\":" + i + ",").endsWith("}");
            }
            Await.until("recovery", () -> log.counts().lines() == 100);
            log.close(CLOSE);
        }
    }

    @Test
    void pipeThatIsNotRead_dropsAndCloseGivesUp() throws IOException, InterruptedException {
        Path pipe = pipe();
        JsonLinesFile<Integer> log = TestLines.open(pipe, BIG, 3, 100, LINE_BYTES);
        try (InputStream reader = Files.newInputStream(pipe)) {
            assertThat(reader).isNotNull();
            offer(log, 300);
            long slowest = offer(log, 100_000);
            assertThat(Duration.ofNanos(slowest)).isLessThan(Duration.ofSeconds(1));
            assertThat(log.counts().dropped()).isGreaterThan(90_000);

            long start = System.nanoTime();
            log.close(Duration.ofMillis(100));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
        }
    }

    @Test
    void flood_leavesRoomForReservedLines() throws IOException, InterruptedException {
        JsonLinesFile<Integer> log = TestLines.open(pipe(), BIG, 3, 100, LINE_BYTES);
        offer(log, 1000);
        long before = log.counts().dropped();
        log.offerReserved(-1);

        assertThat(log.counts().dropped()).isEqualTo(before);
        log.close(Duration.ofMillis(1));
    }

    /** Offers this many lines and returns the longest time one took, in nanoseconds. */
    private static long offer(JsonLinesFile<Integer> log, int count) {
        long slowest = 0;
        for (int i = 0; i < count; i++) {
            long start = System.nanoTime();
            log.offer(i);
            slowest = Math.max(slowest, System.nanoTime() - start);
        }
        return slowest;
    }

    private Path pipe() throws IOException, InterruptedException {
        Path pipe = directory.resolve("pipe");
        assumeTrue(run("mkfifo", pipe.toString()) == 0, "not run: there are no named pipes here (expected: mkfifo)");
        return pipe;
    }

    private static int run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(command))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor(10, TimeUnit.SECONDS) ? process.exitValue() : -1;
    }
}
