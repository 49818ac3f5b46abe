package dev.corral.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ConsoleLogTest {
    private static final ConsoleFormat PLAIN = new ConsoleFormat(ZoneOffset.UTC, false);

    @Test
    void event_isOneLine() {
        assertThat(PLAIN.format(event(Level.WARN, "listening on {}", null, "127.0.0.1:11435")))
                .isEqualTo("2026-11-22 19:32:03.007 WARN  listening on 127.0.0.1:11435\n");
    }

    @Test
    void terminal_getsColourOnTheLevelOnly() {
        assertThat(new ConsoleFormat(ZoneOffset.UTC, true).format(event(Level.ERROR, "no", null)))
                .isEqualTo("2026-11-22 19:32:03.007 \u001b[1;31mERROR\u001b[0m no\n");
    }

    @Test
    void controlsInMessages_cannotForgeLinesOrSteerTerminals() {
        assertThat(PLAIN.format(
                        event(Level.INFO, "path {}", null, "/a\r\nb\t\u001b[31m\u009b\u007f\u0000\u202e\u2028é")))
                .isEqualTo("2026-11-22 19:32:03.007 INFO  path "
                        + "/a\\r\\nb\\t\\u001b[31m\\u009b\\u007f\\u0000\\u202e\\u2028é\n");
    }

    @Test
    void exceptionMessages_areEscapedAndCausesNamed() {
        Exception thrown = new IllegalStateException("bad\n\u001b[2J", new RuntimeException("root"));
        String text = PLAIN.format(event(Level.ERROR, "failed", thrown));

        assertThat(text)
                .startsWith("2026-11-22 19:32:03.007 ERROR failed\n"
                        + "    java.lang.IllegalStateException: bad\\n\\u001b[2J\n        at ")
                .contains("\n    caused by java.lang.RuntimeException: root\n");
        assertThat(text.chars().allMatch(c -> c == '\n' || c >= 0x20)).isTrue();
    }

    @Test
    void longMessage_isCut() {
        assertThat(PLAIN.format(event(Level.INFO, "x".repeat(100_000), null)))
                .hasSizeLessThan(9000)
                .endsWith("x...\n");
    }

    @Test
    void flush_waitsForWhatWasLogged() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        ConsoleAppender appender = new ConsoleAppender(() -> stream, PLAIN);
        appender.start();
        for (int i = 0; i < 500; i++) {
            appender.doAppend(event(Level.INFO, "line " + i, null));
        }

        assertThat(appender.flush(Duration.ofSeconds(20))).isTrue();
        assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
                .hasSize(500)
                .last()
                .asString()
                .endsWith("line 499");
    }

    @Test
    void streamThatIsNotRead_neverBlocksTheCallerAndSaysWhatWasLost() {
        CountDownLatch opened = new CountDownLatch(1);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(new GatedStream(opened, bytes), true, StandardCharsets.UTF_8);
        ConsoleAppender appender = new ConsoleAppender(() -> stream, PLAIN);
        appender.start();
        long start = System.nanoTime();
        for (int i = 0; i < 5000; i++) {
            appender.doAppend(event(Level.INFO, "line " + i, null));
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        assertThat(appender.flush(Duration.ofMillis(1))).isFalse();

        opened.countDown();
        Await.until("room in the queue", () -> appender.flush(Duration.ofSeconds(1)));
        assertThat(bytes.toString(StandardCharsets.UTF_8)).containsPattern("\\(\\d{4} messages were lost here");
    }

    @Test
    void level_isSetByItsWord() {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        Level before = root.getLevel();
        try {
            ConsoleLog.level("error");
            assertThat(root.getLevel()).isEqualTo(Level.ERROR);
        } finally {
            root.setLevel(before);
        }
        ConsoleLog.flush(Duration.ofSeconds(1));
    }

    private static ILoggingEvent event(Level level, String message, @Nullable Throwable thrown, Object... arguments) {
        Logger logger = new LoggerContext().getLogger("test");
        LoggingEvent event = new LoggingEvent("x", logger, level, message, thrown, arguments);
        event.setInstant(Instant.ofEpochMilli(1_795_375_923_007L));
        return event;
    }

    private static final class GatedStream extends OutputStream {
        private final CountDownLatch opened;
        private final OutputStream out;

        private GatedStream(CountDownLatch opened, OutputStream out) {
            this.opened = opened;
            this.out = out;
        }

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            try {
                opened.await();
                out.write(bytes, offset, length);
            } catch (InterruptedException | java.io.IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
