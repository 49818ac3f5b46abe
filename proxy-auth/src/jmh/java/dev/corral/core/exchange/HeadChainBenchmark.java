package dev.corral.core.exchange;

import dev.corral.auth.key.ApiKeyAuthenticator;
import dev.corral.auth.key.KeyStore;
import dev.corral.auth.key.KeyStoreException;
import dev.corral.auth.key.LiveKeyRing;
import dev.corral.auth.key.NewKey;
import dev.corral.auth.limit.LimitEvents;
import dev.corral.auth.limit.LimitKind;
import dev.corral.auth.limit.LimitSet;
import dev.corral.auth.limit.LocalLimiter;
import dev.corral.auth.limit.RoleLimits;
import dev.corral.auth.limit.RolePlan;
import dev.corral.auth.rule.RoleRule;
import dev.corral.auth.scheme.AuthenticatorChain;
import dev.corral.core.spi.EndpointGroup;
import dev.corral.core.spi.NanoClock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a request costs without its sockets: decoded, authenticated with a key of Corral's own, routed, admitted by role
 * and limits, and answered: {@code bench/jmh HeadChainBenchmark} runs it. The channels are the test's, and cost as well.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 8, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class HeadChainBenchmark {
    /**
     * Refused for want of a key, for a wrong one, for an endpoint that the role does not open (all of the chain up to
     * there passed), or passed on to the upstream and answered by it.
     */
    @Param({"no-key", "wrong-key", "forbidden", "get", "chat-1k"})
    public String request = "";

    private Bench bench = new Bench();
    private ByteBuf wire = Unpooled.EMPTY_BUFFER;
    private ByteBuf reply = Unpooled.EMPTY_BUFFER;
    private int status;
    private int expected;

    /** Makes a key, a connection of each side and the bytes. */
    @Setup
    public void make() throws IOException, KeyStoreException {
        Path directory = Files.createTempDirectory("corral-jmh");
        Path file = directory.resolve("keys.json");
        KeyStore store = new KeyStore(file, NanoClock.SYSTEM);
        String key = store.create(new NewKey("bench", "user", null)).secret();
        LiveKeyRing keys = new LiveKeyRing(store.load());
        for (Path each : List.of(file, directory.resolve("keys.json.lock"), directory)) {
            Files.deleteIfExists(each);
        }
        LimitSet limits = new LimitSet(Map.of(
                LimitKind.REQUESTS_PER_MINUTE, 1_000_000_000L,
                LimitKind.TOKENS_PER_MINUTE, 1_000_000_000L,
                LimitKind.TOKENS_PER_DAY, 1_000_000_000_000L,
                LimitKind.CONCURRENCY, 1_000L));
        RolePlan plan = new RolePlan(Map.of("user", new RoleLimits(limits, LimitSet.NONE, 1)), keys::limits);
        bench = Bench.admitting(
                new AuthenticatorChain(List.of(new ApiKeyAuthenticator(keys, NanoClock.SYSTEM))),
                List.of(new RoleRule(Map.of("user", Set.of(EndpointGroup.READ, EndpointGroup.INFERENCE)))),
                new LocalLimiter(plan, ZoneId.of("UTC"), NanoClock.SYSTEM, LimitEvents.NONE),
                summary -> status = summary.status());
        String wrong = key.substring(0, key.length() - 6) + "000000";
        wire = bytes(
                switch (request) {
                    case "no-key" -> head("GET", "/api/version", "", 0);
                    case "wrong-key" -> head("GET", "/api/version", wrong, 0);
                    case "forbidden" -> head("DELETE", "/api/delete", key, 0);
                    case "get" -> head("GET", "/api/version", key, 0);
                    case "chat-1k" -> head("POST", "/api/chat", key, 1024) + chat();
                    default -> throw new IllegalArgumentException(request);
                });
        expected = switch (request) {
            case "no-key", "wrong-key" -> 401;
            case "forbidden" -> 403;
            default -> 200;
        };
        String answer =
                "{\"model\":\"llama3\",\"created_at\":\"2026-01-01T00:00:00Z\",\"message\":{\"role\":\"assistant\","
                        + "\"content\":\"Hello\"},\"done\":true,\"prompt_eval_count\":26,\"eval_count\":16}";
        reply = bytes("HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: "
                + answer.length() + "\r\n\r\n" + answer);
    }

    private static String chat() {
        String start = "{\"model\":\"llama3\",\"stream\":false,\"messages\":[{\"role\":\"user\",\"content\":\"";
        return start + "x".repeat(1024 - start.length() - 4) + "\"}]}";
    }

    private static String head(String method, String path, String key, int length) {
        return method + " " + path
                + " HTTP/1.1\r\nHost: localhost:11435\r\nUser-Agent: ollama-python/0.4\r\nAccept: */*\r\n"
                + (key.isEmpty() ? "" : "Authorization: Bearer " + key + "\r\n")
                + (length == 0 ? "" : "Content-Type: application/json\r\nContent-Length: " + length + "\r\n")
                + "\r\n";
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.directBuffer().writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Ends both connections. */
    @TearDown
    public void close() {
        bench.close();
        wire.release();
        reply.release();
    }

    /** One request, to its end. */
    @Benchmark
    public int exchange() {
        status = 0;
        bench.client.writeInbound(wire.readerIndex(0).retain());
        if (discard(bench.upstream)) {
            bench.upstream.writeInbound(reply.readerIndex(0).retain());
            bench.client.runPendingTasks();
        }
        discard(bench.client);
        if (status != expected) {
            throw new IllegalStateException(request + ": " + status + " (expected: " + expected + ")");
        }
        return status;
    }

    private static boolean discard(EmbeddedChannel channel) {
        boolean some = false;
        for (Object message = channel.readOutbound(); message != null; message = channel.readOutbound()) {
            ReferenceCountUtil.release(message);
            some = true;
        }
        return some;
    }
}
