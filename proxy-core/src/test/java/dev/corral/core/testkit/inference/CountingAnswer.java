package dev.corral.core.testkit.inference;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.corral.core.testkit.Answer;
import dev.corral.core.testkit.Bytes;
import dev.corral.core.testkit.FakeConnection;
import dev.corral.core.testkit.Json;
import dev.corral.core.testkit.SeenRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Fills orders as Ollama would and keeps the books. Streams are written in parts that are cut at any byte, chosen by
 * the order's number. Thread-safe.
 */
public final class CountingAnswer implements Answer {
    private final Map<Integer, Order> orders = new ConcurrentHashMap<>();
    private final Map<Integer, Produced> books = new ConcurrentHashMap<>();
    private final Duration pace;

    /**
     * Nothing is ordered yet.
     *
     * @param pace the longest pause between two parts of a stream, and before an answer
     */
    public CountingAnswer(Duration pace) {
        this.pace = pace;
    }

    /** Takes an order, before the request for it is sent. */
    public CountingAnswer take(Order order) {
        if (orders.put(order.number(), order) != null) {
            throw new IllegalArgumentException("order " + order.number() + " twice");
        }
        return this;
    }

    /** What was produced for an order; null where its request has not arrived. */
    public @Nullable Produced of(Order order) {
        return books.get(order.number());
    }

    /** Everything that was produced. */
    public Collection<Produced> books() {
        return List.copyOf(books.values());
    }

    @Override
    public void answer(FakeConnection connection, SeenRequest request) throws IOException, InterruptedException {
        String body = connection.readBody().text();
        Order order = orders.get(Order.numberIn(body));
        if (order == null || !request.target().equals(order.endpoint().pattern())) {
            connection.respond(404, "application/json", "{\"error\":\"nobody ordered this\"}");
            return;
        }
        Produced produced = new Produced(order, request.header("X-Request-Id"));
        if (books.put(order.number(), produced) != null) {
            throw new IllegalStateException("asked for twice: " + order);
        }
        Random random = new Random(order.number());
        connection.pause(upTo(pace, random));
        if (order.fault() == Fault.STATUS) {
            connection.respond(500, "application/json", Answers.error(order));
            produced.written();
        } else if (Answers.chunked(order)) {
            stream(connection, order, produced, usageAsked(order, body), random);
        } else {
            whole(connection, order, produced, random);
        }
    }

    private void stream(FakeConnection connection, Order order, Produced produced, boolean usage, Random random)
            throws IOException, InterruptedException {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        List<Integer> begins = new ArrayList<>();
        for (Frame frame : Answers.stream(order, usage)) {
            if (frame.token()) {
                begins.add(joined.size());
            }
            joined.writeBytes(frame.text().getBytes(UTF_8));
        }
        byte[] bytes = joined.toByteArray();
        int end = order.fault() == Fault.RESET ? random.nextInt(bytes.length) : bytes.length;
        connection.sendHead(200, "Content-Type: " + Answers.contentType(order), "Transfer-Encoding: chunked");
        int longest = 1 + random.nextInt(800);
        int tokens = 0;
        for (int at = 0; at < end; ) {
            int next = Math.min(end, at + 1 + random.nextInt(longest));
            while (tokens < begins.size() && begins.get(tokens) < next) {
                tokens++;
            }
            produced.begun(order.streamed() ? tokens : order.completionTokens());
            connection.sendChunk(Bytes.of(bytes, at, next - at));
            at = next;
            if (random.nextInt(4) == 0) {
                connection.pause(upTo(pace, random));
            }
        }
        if (order.fault() == Fault.RESET) {
            connection.rst();
            return;
        }
        produced.begun(order.completionTokens());
        connection.sendLastChunk();
        produced.written();
    }

    private static void whole(FakeConnection connection, Order order, Produced produced, Random random)
            throws IOException {
        byte[] bytes = Answers.whole(order).getBytes(UTF_8);
        produced.begun(order.completionTokens());
        connection.sendHead(200, "Content-Type: " + Answers.contentType(order), "Content-Length: " + bytes.length);
        int cut = random.nextInt(bytes.length);
        connection.send(Bytes.of(bytes, 0, cut));
        if (order.fault() == Fault.RESET) {
            connection.rst();
            return;
        }
        connection.send(Bytes.of(bytes, cut, bytes.length - cut));
        produced.written();
    }

    /** Whether the request, as it arrived, wants to be told at the end of a stream. */
    private static boolean usageAsked(Order order, String body) {
        return order.streamed()
                && Json.parse(body) instanceof Map<?, ?> request
                && request.get("stream_options") instanceof Map<?, ?> options
                && Boolean.TRUE.equals(options.get("include_usage"));
    }

    private static Duration upTo(Duration longest, Random random) {
        return Duration.ofNanos((long) (longest.toNanos() * random.nextDouble()));
    }
}
