package dev.corral.auth.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.corral.auth.TestRequest;
import dev.corral.core.spi.AuthDecision;
import dev.corral.core.spi.NanoClock;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several real processes, killed ones among them, and real failing disks. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class KeyStoreProcessIT {
    private static final long SEED = 42;

    @TempDir
    private Path directory;

    private Path file = Path.of("keys.json");

    @BeforeEach
    void name() {
        file = directory.resolve("keys.json");
    }

    private static List<String> java(Path file, String prefix, int threads, int keys) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                // Its file in /tmp would count against a file size limit.
                "-XX:-UsePerfData",
                "-cp",
                System.getProperty("java.class.path"),
                KeyWriterMain.class.getName(),
                file.toString(),
                prefix,
                Integer.toString(threads),
                Integer.toString(keys));
    }

    private static Process start(List<String> command) throws IOException {
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Runs a shell line in which {@code "$@"} stands for the writer. */
    private static List<String> runIn(String shell, List<String> writer) throws Exception {
        List<String> command = new ArrayList<>(List.of("bash", "-c", shell, "bash"));
        command.addAll(writer);
        Process process = start(command);
        List<String> lines = lines(process);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return lines;
    }

    /** Every line that was printed whole. */
    private static List<String> lines(Process process) throws IOException {
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return printed.substring(0, printed.lastIndexOf('\n') + 1).lines().toList();
    }

    private static List<String> keys(List<String> lines) {
        return lines.stream()
                .filter(line -> line.startsWith("KEY "))
                .map(line -> line.substring(4))
                .toList();
    }

    private KeyStore store() {
        return new KeyStore(file, NanoClock.SYSTEM);
    }

    private void assertAllGranted(List<String> secrets) throws KeyStoreException {
        ApiKeyAuthenticator authenticator = new ApiKeyAuthenticator(new LiveKeyRing(store().load()), NanoClock.SYSTEM);
        assertThat(secrets)
                .isNotEmpty()
                .allSatisfy(
                        secret -> assertThat(authenticator.authenticate(new TestRequest().with("X-API-Key", secret)))
                                .isInstanceOf(AuthDecision.Granted.class));
    }

    private static boolean succeeds(String shell) throws Exception {
        Process process = new ProcessBuilder("bash", "-c", shell)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    }

    @Test
    void severalProcessesAndThreadsCreating_loseNothing() throws Exception {
        List<Process> writers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            writers.add(start(java(file, "process-" + i, 2, 10)));
        }
        List<String> secrets = new ArrayList<>();
        for (Process writer : writers) {
            secrets.addAll(keys(lines(writer)));
            assertThat(writer.waitFor()).isZero();
        }
        assertThat(secrets).hasSize(60).doesNotHaveDuplicates();
        assertThat(store().list()).hasSize(60);
        assertAllGranted(secrets);
    }

    @Test
    void writerKilledAtAnyMoment_leavesALoadableFileWithEveryConfirmedKey() throws Exception {
        Random random = new Random(SEED);
        List<String> confirmed = new ArrayList<>();
        for (int round = 0; round < 5; round++) {
            Process writer = start(java(file, "round-" + round, 2, 100_000));
            BufferedReader output = writer.inputReader();
            int before = 1 + random.nextInt(40);
            for (int i = 0; i < before; i++) {
                confirmed.add(output.readLine());
            }
            // SIGKILL while the next keys are being written. The handle, unlike the process, leaves the output open.
            writer.toHandle().destroyForcibly();
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                // The last line may have been cut short.
                if (line.length() == "KEY ".length() + PresentedKey.LENGTH) {
                    confirmed.add(line);
                }
            }
            writer.waitFor();
            assertThat(confirmed).allSatisfy(line -> assertThat(line).startsWith("KEY crl_"));
            assertThat(store().list()).hasSizeGreaterThanOrEqualTo(confirmed.size());
            assertAllGranted(keys(confirmed));
        }
        store().create(new NewKey("afterwards", "user", null));
        assertThat(directory.resolve("keys.json.tmp")).doesNotExist();
    }

    @Test
    void fileThatMayNotGrow_failsClearlyAndLeavesTheOldOne() throws Exception {
        List<String> before = keys(lines(start(java(file, "before", 1, 8))));
        String content = Files.readString(file);
        assertThat(content.length()).isGreaterThan(1024);
        List<String> lines = runIn("ulimit -f 1; exec \"$@\"", java(file, "after", 1, 1));
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0))
                .isEqualTo("FAILED IO cannot write " + file.toRealPath() + ": File too large (it is unchanged)");
        assertThat(lines.get(1)).isEqualTo("LEFT 8");
        assertThat(Files.readString(file)).isEqualTo(content);
        assertThat(directory.resolve("keys.json.tmp")).doesNotExist();
        assertAllGranted(before);
    }

    @Test
    void fullDisk_failsClearlyAndLeavesTheOldFile() throws Exception {
        List<String> lines = runOnSmallDisk("exec \"$@\"", java(file, "full", 1, 1000));
        int confirmed = keys(lines).size();
        assertThat(confirmed).isBetween(10, 80);
        assertThat(lines.get(confirmed))
                .startsWith("FAILED IO cannot write ")
                .endsWith("keys.json: No space left on device (it is unchanged)");
        assertThat(lines.get(confirmed + 1)).isEqualTo("LEFT " + confirmed);
    }

    @Test
    void readOnlyDisk_failsClearlyAndLeavesTheOldFile() throws Exception {
        List<String> lines =
                runOnSmallDisk("\"$@\" && mount -o remount,ro \"$0\" && exec \"$@\"", java(file, "key", 1, 2));
        assertThat(keys(lines)).hasSize(2);
        assertThat(lines.subList(2, lines.size()))
                .containsExactly(
                        "FAILED CANNOT_CREATE cannot lock "
                                + directory.toRealPath().resolve("keys.json.lock") + ": Read-only file system",
                        "LEFT 2");
    }

    /** Runs a shell line with a disk of 16 KiB in place of the directory, which is {@code $0}. */
    private List<String> runOnSmallDisk(String shell, List<String> writer) throws Exception {
        assumeTrue(succeeds("unshare -rm mount -t tmpfs -o size=16k tmpfs /mnt"), "may not mount a small file system");
        String mounted = "mount -t tmpfs -o size=16k tmpfs \"$0\" && " + shell;
        return runIn("exec unshare -rm bash -c '" + mounted + "' '" + directory + "' \"$@\"", writer);
    }

    @Test
    void fileOfAnotherUser_isNotTakenAwayFromThem() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "only the superuser can give files away");
        assumeTrue(succeeds("setpriv --bounding-set=-chown true"), "cannot drop a capability");
        List<String> before = keys(lines(start(java(file, "before", 1, 2))));
        Files.setAttribute(file, "unix:uid", 65534);
        List<String> lines = runIn("exec setpriv --bounding-set=-chown \"$@\"", java(file, "after", 1, 1));
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0))
                .contains("FAILED IO ")
                .contains("it belongs to ")
                .contains("(expected: to be run as that user)");
        assertThat(lines.get(1)).isEqualTo("LEFT 2");
        assertAllGranted(before);
    }
}
