package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.AuthDecision;
import dev.corral.core.testkit.Authenticators;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/**
 * Heap bytes that the commonest events allocate, what the test brings included (channels without a socket, their queues,
 * the leak detector, a limiter and a rule that count): a change that costs much more has put something on the hot path
 * that does not belong there. What pays for itself may raise a budget, in the commit that says why.
 */
final class AllocationBudgetTest {
    private static final int WARM_UP = 20_000;
    private static final int RUNS = 41;
    private static final int PER_RUN = 200;

    // About a quarter over what was measured.
    private static final long REFUSAL_BUDGET = 4_400;
    private static final long TOKEN_BUDGET = 490;
    private static final long GET_FORWARD_BUDGET = 3_200;
    private static final long GET_BUDGET = 6_100;
    private static final long CHAT_FORWARD_BUDGET = 5_800;
    private static final long CHAT_BUDGET = 10_200;

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

    @Test
    void get_staysWithinItsBudget() {
        // A listing would be held and read; this is passed on as it comes.
        String request = REQUEST.replace("/api/tags", "/api/version").replace("\n", "\r\n");
        assertExchange("GET", request, "{\"version\":\"0.13.0\"}", GET_FORWARD_BUDGET, GET_BUDGET);
    }

    @Test
    void chatOf1KiB_staysWithinItsBudget() {
        String body = "{\"model\":\"llama3\",\"stream\":false,\"messages\":[{\"role\":\"user\",\"content\":\"";
        body += "x".repeat(1024 - body.length() - 4) + "\"}]}";
        String request = REQUEST.replace("GET /api/tags", "POST /api/chat")
                        .replace("Accept: */*", "Content-Type: application/json\nContent-Length: " + body.length())
                        .replace("\n", "\r\n")
                + body;
        String answer =
                "{\"model\":\"llama3\",\"created_at\":\"2026-01-01T00:00:00Z\",\"message\":{\"role\":\"assistant\","
                        + "\"content\":\"Hello\"},\"done_reason\":\"stop\",\"done\":true,\"total_duration\":5000000,"
                        + "\"prompt_eval_count\":26,\"prompt_eval_duration\":1000000,\"eval_count\":16,\"eval_duration\":2000000}";
        assertThat(body).hasSize(1024);
        assertExchange("chat", request, answer, CHAT_FORWARD_BUDGET, CHAT_BUDGET);
    }

    /** Exchanges one after the other on the same two connections. */
    private static void assertExchange(
            String what, String request, String answer, long forwardBudget, long wholeBudget) {
        int[] status = new int[1];
        int[] asked = new int[1];
        long[] forward = new long[1];
        long[] back = new long[1];
        try (Bench bench = Bench.telling(summary -> status[0] = summary.status(), Authenticators.allowAll())) {
            byte[] question = bytes(request);
            byte[] reply = bytes("HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\n"
                    + "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: " + answer.length() + "\r\n\r\n"
                    + answer);
            ByteBuf wire = Unpooled.wrappedBuffer(question);
            ByteBuf replyWire = Unpooled.wrappedBuffer(reply);
            Runnable exchange = () -> {
                long begun = allocated();
                bench.client.writeInbound(wire.setIndex(0, question.length).retain());
                forward[0] += allocated() - begun;
                asked[0] += discard(bench.upstream) > 0 ? 1 : 0;
                long answering = allocated();
                bench.upstream.writeInbound(replyWire.setIndex(0, reply.length).retain());
                bench.client.runPendingTasks();
                back[0] += allocated() - answering;
                discard(bench.client);
            };
            long forwarded = median(exchange, () -> taken(forward));
            long answered = median(exchange, () -> taken(back));

            assertThat(status[0]).isEqualTo(200);
            assertThat(asked[0]).as("requests that were passed on").isEqualTo(2 * (WARM_UP + RUNS * PER_RUN));
            assertWithin(what + " up to the upstream", forwarded, forwardBudget);
            assertWithin("whole " + what, forwarded + answered, wholeBudget);
        }
    }

    private static long taken(long[] counter) {
        long sum = counter[0];
        counter[0] = 0;
        return sum;
    }

    private static void assertWithin(String what, long measured, long budget) {
        System.out.printf("allocation: %s %d bytes (budget %d)%n", what, measured, budget);
        assertThat(measured).as("bytes allocated for one %s", what).isPositive().isLessThanOrEqualTo(budget);
    }

    private static long median(Runnable once) {
        long[] last = {allocated()};
        return median(once, () -> {
            long before = last[0];
            last[0] = allocated();
            return last[0] - before;
        });
    }

    /** Of one of many; {@code since} tells what counts since it was asked last. */
    private static long median(Runnable once, LongSupplier since) {
        for (int i = 0; i < WARM_UP; i++) {
            once.run();
        }
        long[] runs = new long[RUNS];
        for (int run = 0; run < RUNS; run++) {
            var unused = since.getAsLong();
            for (int i = 0; i < PER_RUN; i++) {
                once.run();
            }
            runs[run] = since.getAsLong() / PER_RUN;
        }
        Arrays.sort(runs);
        return runs[RUNS / 2];
    }

    private static long allocated() {
        return THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
    }

    /** How many messages there were. */
    private static int discard(EmbeddedChannel channel) {
        int count = 0;
        Object message;
        while ((message = channel.readOutbound()) != null) {
            ReferenceCountUtil.release(message);
            count++;
        }
        return count;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
