package dev.corral.server.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * The program's own log, to standard error, written by a daemon thread: a pager or a pipe that stopped reading cannot
 * stop an event loop. A full queue costs messages, and a line says how many.
 *
 * <p>What is logged before the program exits is written first; what is logged while it exits needs
 * {@link ConsoleLog#flush}.
 */
public final class ConsoleAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
    private static final int CAPACITY = 1024;
    private static final Duration AT_EXIT = Duration.ofSeconds(1);

    private final BlockingQueue<Runnable> queue = new ArrayBlockingQueue<>(CAPACITY);
    private final AtomicLong dropped = new AtomicLong();
    // Asked for each line: tests and embedders replace System.err.
    private final Supplier<PrintStream> out;
    private final ConsoleFormat format;

    /** Made by logback from its configuration file. */
    public ConsoleAppender() {
        this(() -> System.err, new ConsoleFormat(ZoneId.systemDefault(), terminal()));
    }

    ConsoleAppender(Supplier<PrintStream> out, ConsoleFormat format) {
        this.out = out;
        this.format = format;
    }

    @Override
    public void start() {
        Thread writer = new Thread(this::run, "corral-log-console");
        writer.setDaemon(true);
        writer.start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> flush(AT_EXIT), "corral-log-console-flush"));
        super.start();
    }

    @Override
    protected void append(ILoggingEvent event) {
        // Made now and kept by the event: the arguments may change before the writer comes to it.
        String unused = event.getFormattedMessage();
        if (!queue.offer(() -> print(format.format(event)))) {
            dropped.incrementAndGet();
        }
    }

    /** Waits until everything logged so far is written. Returns false when that took longer than the limit. */
    boolean flush(Duration limit) {
        CountDownLatch reached = new CountDownLatch(1);
        long end = System.nanoTime() + limit.toNanos();
        try {
            return queue.offer(reached::countDown, limit.toNanos(), TimeUnit.NANOSECONDS)
                    && reached.await(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void run() {
        while (true) {
            try {
                queue.take().run();
                long lost = dropped.getAndSet(0);
                if (lost > 0) {
                    print("(" + lost + " messages were lost here because nobody read them in time)\n");
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                addError("a message cannot be printed", e);
            }
        }
    }

    private void print(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        PrintStream stream = out.get();
        stream.write(bytes, 0, bytes.length);
        stream.flush();
    }

    /** Whether standard error is a terminal that wants colour (no-color.org). */
    private static boolean terminal() {
        String noColour = System.getenv("NO_COLOR");
        if ((noColour != null && !noColour.isEmpty()) || "dumb".equals(System.getenv("TERM"))) {
            return false;
        }
        try {
            // Java knows only whether standard input and output together are a terminal.
            Path device = Files.readSymbolicLink(Path.of("/proc/self/fd/2"));
            return device.startsWith("/dev/pts") || device.toString().startsWith("/dev/tty");
        } catch (IOException | UnsupportedOperationException e) {
            return false; // where Linux's /proc is missing: plain text is never wrong
        }
    }
}
