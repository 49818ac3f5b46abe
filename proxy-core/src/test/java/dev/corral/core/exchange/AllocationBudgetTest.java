package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.AuthDecision;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/**
 * Heap bytes that the two commonest events allocate, channel and leak detector of the test included: a change that
 * costs much more has put something on the hot path that does not belong there.
 */
final class AllocationBudgetTest {
    private static final int WARM_UP = 20_000;
    private static final int RUNS = 41;
    private static final int PER_RUN = 200;

    // About a third over what was measured.
    private static final long REFUSAL_BUDGET = 4_400;
    private static final long TOKEN_BUDGET = 520;

    private static final String REQUEST = """
            GET /api/tags HTTP/1.1
            Host: localhost:11435
            User-Agent: test/1.0
            Accept: */*
            Authorization: Bearer crl_0123456789abcdef

            """;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void refusedRequest_staysWithinItsBudget() {
        int[] status = new int[1];
        try (Bench bench = Bench.telling(
                summary -> status[0] = summary.status(), request -> new AuthDecision.Denied(ProxyError.UNKNOWN_KEY))) {
            byte[] request = bytes(REQUEST.replace("\n", "\r\n"));
            ByteBuf wire = Unpooled.wrappedBuffer(request);
            long measured = median(() -> {
                bench.client.writeInbound(wire.setIndex(0, request.length).retain());
                discard(bench.client);
            });

            assertThat(status[0]).isEqualTo(401);
            assertWithin("refused request", measured, REFUSAL_BUDGET);
        }
    }

    @Test
    void streamedToken_staysWithinItsBudget() {
        try (Bench bench = new Bench()) {
            bench.send("POST /api/chat HTTP/1.1\r\nHost: a\r\nContent-Length: 13\r\n\r\n{\"model\":\"m\"}");
            bench.answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            String token =
                    "{\"model\":\"chat\",\"created_at\":\"2026-01-01T00:00:00Z\",\"response\":\"Hello\",\"done\":false}\n";
            byte[] chunk = bytes(Integer.toHexString(token.length()) + "\r\n" + token + "\r\n");
            ByteBuf wire = Unpooled.wrappedBuffer(chunk);
            long measured = median(() -> {
                bench.upstream.writeInbound(wire.setIndex(0, chunk.length).retain());
                discard(bench.client);
            });

            assertThat(bench.observed.summaries()).as("still streaming").isEmpty();
            assertWithin("streamed token", measured, TOKEN_BUDGET);
        }
    }

    private static void assertWithin(String what, long measured, long budget) {
        System.out.printf("allocation: %s %d bytes (budget %d)%n", what, measured, budget);
        assertThat(measured).as("bytes allocated for one %s", what).isPositive().isLessThanOrEqualTo(budget);
    }

    private static long median(Runnable once) {
        for (int i = 0; i < WARM_UP; i++) {
            once.run();
        }
        long[] runs = new long[RUNS];
        for (int run = 0; run < RUNS; run++) {
            long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
            for (int i = 0; i < PER_RUN; i++) {
                once.run();
            }
            runs[run] = (THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before) / PER_RUN;
        }
        Arrays.sort(runs);
        return runs[RUNS / 2];
    }

    private static void discard(EmbeddedChannel channel) {
        Object message;
        while ((message = channel.readOutbound()) != null) {
            ReferenceCountUtil.release(message);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
