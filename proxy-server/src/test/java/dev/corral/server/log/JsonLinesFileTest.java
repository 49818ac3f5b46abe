package dev.corral.server.log;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonLinesFileTest {
    private static final Duration CLOSE = Duration.ofSeconds(10);
    private static final long BIG = 1 << 30;
    // {"n":1000,"x":"..."} with the line feed
    private static final int LINE_BYTES = 1024;

    @TempDir
    Path directory;

    private @Nullable JsonLinesFile<Integer> open;

    @AfterEach
    void close() {
        if (open != null) {
            open.close(CLOSE);
        }
    }

    @Test
    void lines_areInOrderAndThereSoon() {
        JsonLinesFile<Integer> log = log(file(), BIG, 3, 1000);
        Await.until("the file is open", () -> Files.exists(file()));
        long start = System.nanoTime();
        for (int i = 0; i < 100; i++) {
            log.offer(i);
        }
        Await.until("100 lines", () -> log.counts().lines() == 100);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
        assertThat(LogFiles.numbers(file())).isEqualTo(range(0, 100));
        assertThat(log.counts().dropped()).isZero();
    }

    @Test
    void closing_writesWhatIsQueued() {
        JsonLinesFile<Integer> log = log(file(), BIG, 3, 20_000);
        for (int i = 0; i < 10_000; i++) {
            log.offer(i);
        }
        log.close(CLOSE);

        assertThat(LogFiles.numbers(file())).isEqualTo(range(0, 10_000));
        log.offer(10_000);
        assertThat(log.counts()).isEqualTo(new LogCounts(10_000, 1));
    }

    @Test
    void missingDirectory_isMadeAndBothAreForTheOwnerOnly() throws IOException {
        Path nested = directory.resolve("a/b/access.log");
        JsonLinesFile<Integer> log = log(nested, BIG, 3, 10);
        log.offer(1);
        Await.until("a line", () -> log.counts().lines() == 1);

        assertThat(permissions(nested)).isEqualTo("rw-------");
        assertThat(permissions(directory.resolve("a"))).isEqualTo("rwx------");
        assertThat(permissions(directory.resolve("a/b"))).isEqualTo("rwx------");
    }

    @Test
    void fullFile_isRotatedAndTheOldestGoes() throws IOException {
        JsonLinesFile<Integer> log = log(file(), 64 << 10, 2, 1000);
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < 60; i++) {
                log.offer(round * 60 + i);
            }
            int lines = (round + 1) * 60;
            Await.until(lines + " lines", () -> log.counts().lines() == lines);
        }

        assertThat(LogFiles.numbers(file())).isEqualTo(range(240, 300));
        assertThat(LogFiles.numbers(file(1))).isEqualTo(range(180, 240));
        assertThat(LogFiles.numbers(file(2))).isEqualTo(range(120, 180));
        assertThat(names()).containsExactlyInAnyOrder("access.log", "access.log.1", "access.log.2");
        assertThat(permissions(file())).isEqualTo("rw-------");
        assertThat(Files.size(file(1))).isLessThanOrEqualTo(64 << 10);
        assertThat(log.counts().dropped()).isZero();
    }

    @Test
    void keepNone_beginsAnew() throws IOException {
        JsonLinesFile<Integer> log = log(file(), 64 << 10, 0, 1000);
        for (int i = 0; i < 60; i++) {
            log.offer(i);
        }
        Await.until("60 lines", () -> log.counts().lines() == 60);
        for (int i = 60; i < 120; i++) {
            log.offer(i);
        }
        Await.until("120 lines", () -> log.counts().lines() == 120);

        assertThat(LogFiles.numbers(file())).isEqualTo(range(60, 120));
        assertThat(names()).containsExactly("access.log");
    }

    @Test
    void renameFails_nothingOldIsLostAndTheFileStaysBounded() throws IOException {
        // A directory with something in it cannot be replaced.
        Files.createDirectories(file(3).resolve("x"));
        Files.writeString(file(2), "{\"n\":-2}\n");
        Files.writeString(file(1), "{\"n\":-1}\n");
        JsonLinesFile<Integer> log = log(file(), 8 << 10, 3, 1000);
        for (int i = 0; i < 20; i++) {
            log.offer(i);
            int lines = i + 1;
            Await.until("line " + i, () -> log.counts().lines() + log.counts().dropped() == lines);
        }

        assertThat(LogFiles.numbers(file(1))).containsExactly(-1);
        assertThat(LogFiles.numbers(file(2))).containsExactly(-2);
        assertThat(LogFiles.numbers(file())).isEqualTo(range(0, 16));
        assertThat(log.counts()).isEqualTo(new LogCounts(16, 4));

        Files.delete(file(3).resolve("x"));
        Files.delete(file(3));
        log.offer(20);
        Await.until("recovery", () -> log.counts().lines() == 17);
        assertThat(LogFiles.numbers(file())).containsExactly(20);
        assertThat(LogFiles.numbers(file(1))).isEqualTo(range(0, 16));
        assertThat(LogFiles.numbers(file(2))).containsExactly(-1);
        assertThat(LogFiles.numbers(file(3))).containsExactly(-2);
    }

    @Test
    void movedByLogrotate_newLinesGoToANewFile() throws IOException {
        JsonLinesFile<Integer> log = log(file(), BIG, 3, 10);
        log.offer(1);
        Await.until("a line", () -> log.counts().lines() == 1);
        Files.move(file(), directory.resolve("moved"));
        log.offer(2);
        Await.until("two lines", () -> log.counts().lines() == 2);

        assertThat(LogFiles.numbers(directory.resolve("moved"))).containsExactly(1);
        assertThat(LogFiles.numbers(file())).containsExactly(2);
    }

    @Test
    void deletedWithItsDirectory_bothComeBack() throws IOException {
        Path nested = directory.resolve("logs/access.log");
        JsonLinesFile<Integer> log = log(nested, BIG, 3, 10);
        log.offer(1);
        Await.until("a line", () -> log.counts().lines() == 1);
        Files.delete(nested);
        Files.delete(nested.getParent());
        log.offer(2);
        Await.until("two lines", () -> log.counts().lines() == 2);

        assertThat(LogFiles.numbers(nested)).containsExactly(2);
    }

    @Test
    void truncatedUnderUs_goesOnFromTheStart() throws IOException {
        JsonLinesFile<Integer> log = log(file(), BIG, 3, 10);
        log.offer(1);
        Await.until("a line", () -> log.counts().lines() == 1);
        try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.WRITE)) {
            channel.truncate(0);
        }
        log.offer(2);
        Await.until("two lines", () -> log.counts().lines() == 2);

        assertThat(LogFiles.numbers(file())).containsExactly(2);
    }

    @Test
    void halfALineOfACrash_isEndedFirst() throws IOException {
        Files.writeString(file(), "{\"n\":0}\n{\"n\":1,\"x");
        JsonLinesFile<Integer> log = log(file(), BIG, 3, 10);
        log.offer(2);
        Await.until("a line", () -> log.counts().lines() == 1);

        assertThat(Files.readAllLines(file(), US_ASCII)).hasSize(3).contains("{\"n\":1,\"x");
        assertThat(Files.readAllLines(file(), US_ASCII).get(2)).startsWith("{\"n\":2,");
    }

    @Test
    void directoryInTheWay_isCountedAndRecoveredFrom() throws IOException {
        Files.createDirectory(file());
        JsonLinesFile<Integer> log = log(file(), BIG, 3, 10);
        log.offer(1);
        Await.until("a loss", () -> log.counts().dropped() == 1);
        Files.delete(file());
        log.offer(2);
        Await.until("a line", () -> log.counts().lines() == 1);

        assertThat(LogFiles.numbers(file())).containsExactly(2);
    }

    @Test
    void encoderThatThrows_costsOneLine() {
        JsonLinesFile<Integer> log = new JsonLinesFile<>(
                "test", new LogTarget(file(), BIG, 3), 10, (n, line) -> line.number("n", 10 / (n - 1)));
        open = log;
        log.offer(0);
        log.offer(1);
        log.offer(2);
        Await.until("all seen", () -> log.counts().lines() + log.counts().dropped() == 3);

        assertThat(LogFiles.numbers(file())).containsExactly(-10, 10);
        assertThat(log.counts().dropped()).isEqualTo(1);
    }

    @Test
    void target_isCheckedAtOnce() {
        assertThat(LogTarget.of("-", BIG, 0).file()).isNull();
        assertThatThrownBy(() -> LogTarget.of("x", 100, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("100")
                .hasMessageContaining("4096");
    }

    private JsonLinesFile<Integer> log(Path file, long maxBytes, int keep, int capacity) {
        JsonLinesFile<Integer> log = TestLines.open(file, maxBytes, keep, capacity, LINE_BYTES);
        open = log;
        return log;
    }

    private Path file() {
        return directory.resolve("access.log");
    }

    private Path file(int number) {
        return directory.resolve("access.log." + number);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(path -> path.getFileName().toString()).toList();
        }
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static List<Integer> range(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }
}
