package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.testkit.Authenticators;
import dev.corral.core.testkit.CoreFixture;
import dev.corral.core.testkit.CoreSetup;
import dev.corral.core.testkit.Deadline;
import dev.corral.core.testkit.EachTransport;
import dev.corral.core.testkit.FakeConnection;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.RawClient;
import dev.corral.core.testkit.Requests;
import dev.corral.core.testkit.Response;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Some seconds of everything at once. Every request carries a word of its own, and no response may carry another's.
 * The seed is printed; {@code -Dcorral.test.seed=N} repeats a run, as far as threads allow.
 */
@ExtendWith(NothingLeft.class)
final class SoakIT {
    private static final Duration LENGTH = Duration.ofSeconds(3);
    private static final int THREADS = 8;
    private static final String KEY = "Authorization: Bearer good";

    private static void answer(FakeConnection connection, Random random) throws IOException, InterruptedException {
        String word = connection.readBody().text();
        switch (random.nextInt(10)) {
            case 0 -> connection.rst();
            case 1 -> connection.sendHead(200, "Content-Length: 100").send(word).close();
            case 2 ->
                connection
                        .sendHead(200, "Transfer-Encoding: chunked")
                        .sendChunk(word)
                        .rst();
            case 3 -> connection.awaitEnd();
            case 4 ->
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + word.length() + "\r\n\r\n" + word
                        + (random.nextBoolean() ? "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nstray" : "H"));
            case 5 -> connection.sendHead(200).send(word).close();
            default -> {
                connection.sendHead(200, "Transfer-Encoding: chunked");
                for (int i = 0; i < word.length(); i++) {
                    connection.sendChunk(word.substring(i, i + 1));
                    if (random.nextInt(8) == 0) {
                        connection.pause(Duration.ofMillis(1));
                    }
                }
                connection.sendLastChunk();
            }
        }
    }

    private static void act(CoreFixture fixture, Random random, String word, AtomicInteger whole) throws IOException {
        String request = switch (random.nextInt(8)) {
            case 0 -> Requests.post(Requests.UNREAD, word);
            case 1 -> Requests.post("/api/nowhere", word, KEY);
            case 2 -> Requests.chunked(Requests.UNREAD, KEY) + Requests.chunk(word) + "0\r\n\r\n";
            case 3 -> Requests.chunked(Requests.BLOB, KEY) + Requests.chunk(word) + "zz\r\n";
            case 4 -> Requests.post(Requests.BLOB, word, KEY);
            case 5 -> Requests.http10(Requests.post(Requests.UNREAD, word, KEY));
            default -> Requests.post(Requests.UNREAD, word, KEY);
        };
        try (RawClient client = fixture.client()) {
            client.send(request);
            switch (random.nextInt(6)) {
                case 0 -> client.rst();
                case 1 -> client.silentFor(Duration.ofMillis(1 + random.nextInt(5)));
                case 2 -> client.readBytes(1 + random.nextInt(40));
                default -> {
                    Response response = client.read();
                    if (response.status() == 200) {
                        assertThat(word).startsWith(response.text());
                        if (response.complete()) {
                            assertThat(response.text()).isEqualTo(word);
                            whole.incrementAndGet();
                        }
                    } else {
                        assertThat(response.status()).isIn(400, 401, 404, 502, 504);
                        assertThat(response.text()).contains("error");
                    }
                }
            }
        } catch (IOException broken) {
            assertThat(broken).isNotNull();
        }
    }

    @EachTransport
    void everythingAtOnce_nothingIsMixedUpOrLeft(Transport transport) throws Exception {
        long seed = Long.getLong("corral.test.seed", System.nanoTime());
        System.out.println("SoakIT: corral.test.seed=" + seed);
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        AtomicInteger whole = new AtomicInteger();
        try (CoreFixture fixture = CoreSetup.on(transport)
                .loops(2)
                .deadline(Deadline.FIRST_BYTE, Duration.ofMillis(300))
                .deadline(Deadline.LINGER, Duration.ofMillis(300))
                .authenticator(Authenticators.byAuthorization(Map.of("Bearer good", Authenticators.USER)))
                .start()) {
            fixture.ollama()
                    .onRequest((connection, request) -> answer(connection, new Random(seed * 31 + request.number())));
            long end = System.nanoTime() + LENGTH.toNanos();
            Thread[] threads = new Thread[THREADS];
            for (int t = 0; t < THREADS; t++) {
                int thread = t;
                threads[t] = new Thread(() -> {
                    Random random = new Random(seed + thread);
                    for (int i = 0; System.nanoTime() - end < 0 && failures.isEmpty(); i++) {
                        try {
                            act(fixture, random, "<" + thread + "-" + i + "-word>", whole);
                        } catch (IOException | AssertionError e) {
                            failures.add(e);
                        }
                    }
                });
                threads[t].start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
            fixture.assertNothingLeft(0);
            assertThat(failures).isEmpty();
            assertThat(whole.get()).isGreaterThan(THREADS);
        }
    }
}
