package dev.corral.core.body;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.corral.core.spi.Endpoint;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** A scan builds no tree: whatever the body holds, it allocates next to nothing. */
final class ScanAllocationTest {
    private static final int WARM_UP = 5_000;
    private static final int RUNS = 21;
    private static final int PER_RUN = 100;
    // Asking for the figure may cost a little; the shortest string of a body costs more than this for each scan.
    private static final long BUDGET = 16;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void conversationWithToolsAndImages_allocatesNothing() throws BadBody {
        String message =
                "{\"role\":\"user\",\"content\":\"Gr\u00fc\u00dfe\\n\",\"images\":[\"" + "A".repeat(500) + "\"]}";
        String tool = "{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"type\":\"object\"}}}";
        byte[] body = Scans.bytes(
                "{\"model\":\"llama3\",\"messages\":[" + (message + ",").repeat(9) + message + "],\"tools\":[" + tool
                        + "],\"stream\":true,\"options\":{\"num_ctx\":4096,\"stop\":[\"a\"]},\"keep_alive\":5}");
        ByteBuffer direct = ByteBuffer.allocateDirect(body.length).put(body).flip();
        JsonFieldScanner scanner = new JsonFieldScanner();
        int images = 0;
        for (int i = 0; i < WARM_UP; i++) {
            images = scanner.scan(Endpoint.CHAT, direct).images();
        }

        long[] runs = new long[RUNS];
        for (int run = 0; run < RUNS; run++) {
            long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
            for (int i = 0; i < PER_RUN; i++) {
                images = scanner.scan(Endpoint.CHAT, direct).images();
            }
            runs[run] = (THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before) / PER_RUN;
        }
        Arrays.sort(runs);

        assertThat(images).isEqualTo(10);
        System.out.printf("allocation: scan of %d bytes %d bytes (budget %d)%n", body.length, runs[RUNS / 2], BUDGET);
        assertThat(runs[RUNS / 2]).as("bytes allocated for one scan").isLessThanOrEqualTo(BUDGET);
    }
}
