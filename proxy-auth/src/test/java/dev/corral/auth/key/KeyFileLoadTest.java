package dev.corral.auth.key;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.auth.TestClock;
import dev.corral.core.spi.NanoClock;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFileLoadTest {
    private static final int KEYS = 100_000;

    @TempDir
    private Path directory;

    private static String id(int number) {
        return Base62.encode(number, PresentedKey.ID_LENGTH);
    }

    @Test
    void hundredThousandKeys_loadFastAndAreFoundInConstantTime() throws Exception {
        List<KeyRecord> keys = new ArrayList<>();
        for (int i = 0; i < KEYS; i++) {
            byte[] digest = new byte[KeyDigest.LENGTH];
            ByteBuffer.wrap(digest).putInt(i);
            keys.add(new KeyRecord(
                    id(i),
                    "student " + i,
                    "user",
                    TestClock.START,
                    TestClock.START.plusSeconds(i + 1L),
                    null,
                    List.of(new KeySecret(digest, null))));
        }
        Path file = directory.resolve("keys.json");
        try (OutputStream out = Files.newOutputStream(file)) {
            KeyFileWriter.write(keys, out);
        }
        KeyStore store = new KeyStore(file, NanoClock.SYSTEM);
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long started = System.nanoTime();
        long cpuBefore = threads.getCurrentThreadCpuTime();
        KeyRing ring = store.load();
        // Whoever else uses the machine must not fail the test.
        long cpuMillis = (threads.getCurrentThreadCpuTime() - cpuBefore) / 1_000_000;
        long loadMillis = (System.nanoTime() - started) / 1_000_000;

        assertThat(ring.size()).isEqualTo(KEYS);
        long lookUps = nanosPerLookUp(ring, KEYS);
        long fewLookUps = nanosPerLookUp(new KeyRing(keys.subList(0, 10)), 10);
        System.out.printf(
                "%d keys, %d bytes: loaded in %d ms (%d ms of CPU); a look-up takes %d ns, among 10 keys %d ns%n",
                KEYS, Files.size(file), loadMillis, cpuMillis, lookUps, fewLookUps);
        assertThat(cpuMillis).isLessThan(2000);
        // Linear search would take a hundred thousand times as long; caches account for the rest.
        assertThat(lookUps).isLessThan(20_000);
    }

    private static long nanosPerLookUp(KeyRing ring, int keys) {
        int rounds = 200_000;
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long started = threads.getCurrentThreadCpuTime();
        for (int i = 0; i < rounds; i++) {
            Objects.requireNonNull(ring.byId(id(i % keys)));
        }
        return (threads.getCurrentThreadCpuTime() - started) / rounds;
    }
}
