package dev.corral.core.meter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.corral.core.spi.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A token that passes costs no memory. */
final class MeterAllocationTest {
    private static final int WARM_UP = 20_000;
    private static final int RUNS = 21;
    private static final int PER_RUN = 500;

    // Where something is cut out of every event, what is left goes into a new buffer, whose memory comes out of a pool.
    private static final long NEW_BUFFER = 64;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static long perPiece(Endpoint endpoint, String type, boolean cut, String text) {
        PooledByteBufAllocator alloc = PooledByteBufAllocator.DEFAULT;
        ByteBuf piece = alloc.directBuffer();
        piece.writeBytes(text.getBytes(UTF_8));
        int end = piece.writerIndex();
        ResponseMeter meter = ResponseMeter.of(endpoint, type, cut);
        long[] runs = new long[RUNS];
        for (int run = -1; run < RUNS; run++) {
            int count = run < 0 ? WARM_UP : PER_RUN;
            long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
            for (int i = 0; i < count; i++) {
                piece.setIndex(0, end).retain();
                meter.pass(piece, i, alloc).release();
            }
            long bytes = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
            if (run >= 0) {
                runs[run] = bytes / PER_RUN;
            }
        }
        assertThat(piece.refCnt()).isEqualTo(1);
        piece.release();
        assertThat(meter.result(0, 0, 0, 0).pieces()).isEqualTo(WARM_UP + RUNS * PER_RUN);
        Arrays.sort(runs);
        System.out.printf("allocation: a piece of %s %d bytes%n", endpoint, runs[RUNS / 2]);
        return runs[RUNS / 2];
    }

    /** On a thread like an event loop's, whose buffers come out of its own cache. */
    @Test
    void pieces_allocateNothing() throws Exception {
        FutureTask<Void> task = new FutureTask<>(MeterAllocationTest::everyDialect, null);
        new FastThreadLocalThread(task).start();
        task.get(1, TimeUnit.MINUTES);
    }

    private static void everyDialect() {
        assertThat(perPiece(
                        Endpoint.CHAT,
                        "application/x-ndjson",
                        false,
                        "{\"model\":\"m\",\"message\":{\"content\":\"x\"},\"done\":false}\n"))
                .isZero();
        String event =
                "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hello\"},\"finish_reason\":null}]%s}\n\n";
        assertThat(perPiece(Endpoint.CHAT_COMPLETIONS, "text/event-stream", true, event.formatted("")))
                .isZero();
        assertThat(perPiece(
                        Endpoint.COMPLETIONS,
                        "text/event-stream",
                        true,
                        event.formatted(",\"usage\":{\"prompt_tokens\":0}")))
                .isLessThanOrEqualTo(NEW_BUFFER);
        assertThat(perPiece(
                        Endpoint.RESPONSES,
                        "text/event-stream",
                        false,
                        "event: x\ndata: {\"delta\":\"x\",\"type\":\"response.output_text.delta\"}\n\n"))
                .isZero();
        assertThat(perPiece(
                        Endpoint.MESSAGES,
                        "text/event-stream",
                        false,
                        "event: x\ndata: {\"type\":\"content_block_delta\",\"delta\":{\"text\":\"x\"}}\n\n"))
                .isZero();
    }
}
