package dev.corral.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.server.ChildJava;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The program as a process of its own. */
final class CorralProcess implements AutoCloseable {
    /** Starts are slow where many programs share few cores. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final Process process;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final List<Thread> readers = new ArrayList<>();

    /** Starts it with {@code home} for its home, state, configuration and temporary directories. */
    CorralProcess(Path home, String... arguments) throws IOException {
        this(home, List.of(), arguments);
    }

    /** Starts it as systemd does a service: standard output is what {@code JOURNAL_STREAM} names. */
    static CorralProcess inJournal(Path home, String... arguments) throws IOException {
        String script = "export JOURNAL_STREAM=$(stat -L -c %d:%i /proc/$$/fd/1); exec \"$@\"";
        return new CorralProcess(home, List.of("sh", "-c", script, "sh"), arguments);
    }

    /** Starts it with standard output in a file, as {@code > file} does. */
    static CorralProcess into(Path file, Path home, String... arguments) throws IOException {
        return new CorralProcess(
                home, List.of("sh", "-c", "out=$1; shift; exec \"$@\" > \"$out\"", "sh", file.toString()), arguments);
    }

    private CorralProcess(Path home, List<String> before, String... arguments) throws IOException {
        Path temporary = Files.createDirectories(home.resolve("tmp"));
        List<String> command = new ArrayList<>(before);
        // Without the flight recorder, as the launcher does it.
        command.addAll(ChildJava.command("-Dio.netty.jfr.enabled=false", "-Djava.io.tmpdir=" + temporary));
        command.add(Main.class.getName());
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("CORRAL_") || name.equals("STATE_DIRECTORY"));
        builder.environment().put("HOME", home.toString());
        builder.environment().put("XDG_STATE_HOME", home.toString());
        builder.environment().put("XDG_CONFIG_HOME", home.toString());
        process = builder.start();
        process.getOutputStream().close();
        read(process.getInputStream(), out);
        read(process.getErrorStream(), err);
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    /** Waits for a line in either output; returns the first group. */
    String awaitLine(String pattern) {
        Pattern line = Pattern.compile(pattern, Pattern.MULTILINE);
        String[] found = new String[1];
        await(pattern + " of\n" + out() + err(), () -> {
            Matcher matcher = line.matcher(out() + "\n" + err());
            if (matcher.find()) {
                found[0] = matcher.groupCount() == 0 ? matcher.group() : matcher.group(1);
                return true;
            }
            assertThat(process.isAlive())
                    .as("running while waiting for " + pattern + "\n" + out() + err())
                    .isTrue();
            return false;
        });
        return found[0];
    }

    /** SIGTERM, as every supervisor sends it. {@link Process#destroy} would also close the outputs. */
    void terminate() {
        process.toHandle().destroy();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for its end and everything it printed. */
    int exitCode() throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("ends\n" + out() + err())
                .isTrue();
        for (Thread reader : readers) {
            reader.join(PATIENCE.toMillis());
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            // Not a busy wait: it would take the core that the process needs to start.
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private void read(InputStream in, ByteArrayOutputStream into) {
        Thread reader = new Thread(
                () -> {
                    try (in) {
                        in.transferTo(into);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                "process-output");
        reader.setDaemon(true);
        reader.start();
        readers.add(reader);
    }
}
