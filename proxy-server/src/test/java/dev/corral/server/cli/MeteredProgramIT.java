package dev.corral.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.testkit.Await;
import dev.corral.core.testkit.FakeOllama;
import dev.corral.core.testkit.RawClient;
import dev.corral.core.testkit.Response;
import dev.corral.core.testkit.inference.Costs;
import dev.corral.core.testkit.inference.CountingAnswer;
import dev.corral.core.testkit.inference.Fault;
import dev.corral.core.testkit.inference.Order;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Limits, metering and the queue as the users of the program have them. */
class MeteredProgramIT {
    private static final String SETTINGS = """
            upstream: {url: UPSTREAM, parallel: 1}
            usage: {time-zone: UTC}
            roles:
              student:
                groups: [liveness, read, inference]
                limits: {requests-per-minute: 6, burst: 2}
              reader:
                groups: [liveness, read, inference]
                limits: {tokens-per-day: 500k}
              plain:
                groups: [liveness, read, inference]
            """;

    /** What fifty requests of ten thousand tokens fit into, and a prompt of 150 for each, but not one more. */
    private static final String FIFTY = SETTINGS.replace("500k", "507500");

    @TempDir
    Path home;

    private final CountingAnswer upstream = new CountingAnswer(Duration.ofMillis(1));
    private FakeOllama ollama;
    private int numbers;

    @BeforeEach
    void start() throws IOException {
        ollama = FakeOllama.start().onRequest(upstream);
        MeteredProgram.configure(home, ollama, SETTINGS);
    }

    @AfterEach
    void stop() throws IOException {
        ollama.close();
    }

    @ParameterizedTest
    @CsvSource({
        "CHAT,             /error,         request_rate",
        "CHAT_COMPLETIONS, /error/message, request_rate",
        "MESSAGES,         /error/message, request_rate",
    })
    void moreThanTheBurst_is429InTheDialectWithTheTimeToComeBack(Endpoint endpoint, String message, String code)
            throws Exception {
        String key = MeteredProgram.createKey(home, "ada", "student");
        try (MeteredProgram corral = new MeteredProgram(home)) {
            assertThat(ask(corral, key, order(endpoint, 5)).status()).isEqualTo(200);
            assertThat(ask(corral, key, order(endpoint, 5)).status()).isEqualTo(200);
            Response refused = ask(corral, key, order(endpoint, 5));
            assertThat(refused.status()).as(refused.text()).isEqualTo(429);
            assertThat(MeteredProgram.json(refused.text()).at(message).asText()).contains("6");
            assertThat(refused.header("X-Corral-Code")).isEqualTo(code);
            // One request every ten seconds.
            assertThat(Integer.parseInt(Objects.requireNonNull(refused.header("Retry-After"))))
                    .isBetween(1, 10);
            assertThat(refused.header("RateLimit"))
                    .contains("requests-per-minute")
                    .contains("r=0");
            assertThat(refused.header("RateLimit-Policy"))
                    .contains("requests-per-minute")
                    .contains("w=60");
            assertThat(refused.header("x-ratelimit-limit-requests")).isEqualTo("6");
            assertThat(refused.header("x-ratelimit-remaining-requests")).isEqualTo("0");
            assertThat(refused.header("x-ratelimit-reset-requests")).matches("[0-9hms.]+");
        }
    }

    @Test
    void limitOfAKey_standsForThatOfItsRole() throws Exception {
        String key = MeteredProgram.createKey(home, "ada", "student", "--rpm", "600", "--burst", "20");
        String free = MeteredProgram.createKey(home, "ben", "student", "--rpm", "none");
        try (MeteredProgram corral = new MeteredProgram(home)) {
            for (int i = 0; i < 8; i++) {
                assertThat(ask(corral, key, order(Endpoint.CHAT, 5)).status()).isEqualTo(200);
                assertThat(ask(corral, free, order(Endpoint.CHAT, 5)).status()).isEqualTo(200);
            }
        }
    }

    @Test
    void whatWasUsed_isToldToTheKeyAndToTheOperator_andSurvivesARestart() throws Exception {
        String key = MeteredProgram.createKey(home, "ada", "reader");
        List<Order> orders = Stream.of(
                        Endpoint.GENERATE, Endpoint.CHAT_COMPLETIONS, Endpoint.MESSAGES, Endpoint.RESPONSES)
                .map(endpoint -> order(endpoint, 25))
                .toList();
        long tokens = orders.stream()
                .mapToLong(order -> order.costs().promptTokens() + order.completionTokens())
                .sum();
        JsonNode before;
        try (MeteredProgram corral = new MeteredProgram(home)) {
            for (Order order : orders) {
                assertThat(ask(corral, key, order).status()).isEqualTo(200);
            }
            CorralProcess.await("all of it used", () -> used(corral, key) == tokens);
            before = day(corral.me(key));
            assertThat(before.path("left").asLong()).isEqualTo(500_000 - tokens);
            assertThat(before.path("reserved").asLong()).isZero();
            CorralProcess.await("corral usage tells " + tokens, () -> usage(corral) == tokens);
            assertThat(corral.metrics()).contains("corral_tokens_total");
            corral.stop();
        }
        try (MeteredProgram corral = new MeteredProgram(home)) {
            assertThat(used(corral, key)).isEqualTo(tokens);
            assertThat(usage(corral)).isEqualTo(tokens);
        }
    }

    @ParameterizedTest
    @CsvSource({"CHAT_COMPLETIONS", "COMPLETIONS", "CHAT", "MESSAGES", "RESPONSES"})
    void stream_isByteForByteTheUpstreams_alsoWithoutTheUsageThatCorralAsksFor(Endpoint endpoint) throws Exception {
        String key = MeteredProgram.createKey(home, "ada", "plain");
        try (MeteredProgram corral = new MeteredProgram(home)) {
            Order direct = order(endpoint, 40);
            String theirs;
            try (RawClient client = RawClient.connect(ollama.address())) {
                theirs = client.send(direct.request()).read().text();
            }
            // The same order again, in another's books.
            CountingAnswer again = new CountingAnswer(Duration.ofMillis(1)).take(direct);
            ollama.onRequest(again);
            Response ours = ask(corral, key, direct);
            assertThat(ours.text()).isEqualTo(theirs).doesNotContain("\"choices\":[],");
            CorralProcess.await("what it used", () -> usage(corral) == 10 + 40);
        }
    }

    @Test
    void quotaForFifty_letsFiftyOfTwoHundredAtOncePass() throws Exception {
        MeteredProgram.configure(home, ollama, FIFTY);
        String key = MeteredProgram.createKey(home, "ada", "reader");
        CountDownLatch decided = new CountDownLatch(1);
        ollama.onRequest((connection, request) -> {
            if (!decided.await(Await.LONG.toMillis() * 3, TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("never decided");
            }
            upstream.answer(connection, request);
        });
        try (MeteredProgram corral = new MeteredProgram(home)) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                Order order = order(Endpoint.CHAT, 9_900, false);
                RawClient client = corral.client();
                clients.add(client);
                client.send(order.request("Authorization: Bearer " + key));
            }
            JsonNode[] me = new JsonNode[1];
            CorralProcess.await("fifty reserved: " + me[0], () -> {
                me[0] = me(corral, key);
                JsonNode queue = me[0].path("queue");
                return queue.path("running").asInt() + queue.path("waiting").size() == 50;
            });
            // Whoever was refused has been told by now, or will be; nobody else can come in.
            decided.countDown();
            int admitted = 0;
            int refused = 0;
            for (RawClient client : clients) {
                int status = client.read().status();
                admitted += status == 200 ? 1 : 0;
                refused += status == 429 ? 1 : 0;
                client.close();
            }
            assertThat(admitted).as("admitted").isEqualTo(50);
            assertThat(refused).as("refused").isEqualTo(150);
            CorralProcess.await("what fifty used", () -> used(corral, key) == 50 * 9_910);
        }
    }

    @Test
    void whoWaited_isToldWhereAndHowLong() throws Exception {
        String key = MeteredProgram.createKey(home, "ada", "plain");
        CountDownLatch open = new CountDownLatch(1);
        ollama.onRequest((connection, request) -> {
            if (!open.await(Await.LONG.toMillis() * 3, TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("never opened");
            }
            upstream.answer(connection, request);
        });
        try (MeteredProgram corral = new MeteredProgram(home);
                RawClient first = corral.client();
                RawClient second = corral.client();
                RawClient third = corral.client()) {
            first.send(order(Endpoint.CHAT, 5).request("Authorization: Bearer " + key));
            CorralProcess.await(
                    "one runs", () -> queue(corral, key).path("running").asInt() == 1);
            second.send(order(Endpoint.CHAT, 5).request("Authorization: Bearer " + key));
            CorralProcess.await(
                    "one waits", () -> queue(corral, key).path("waiting").size() == 1);
            third.send(order(Endpoint.CHAT, 5).request("Authorization: Bearer " + key));
            CorralProcess.await(
                    "two wait", () -> queue(corral, key).path("waiting").size() == 2);
            open.countDown();
            assertThat(first.read().all("X-Corral-Queue-Position")).isEmpty();
            Response waited = second.read();
            assertThat(waited.header("X-Corral-Queue-Position")).isEqualTo("1");
            assertThat(waited.header("X-Corral-Queue-Wait")).matches("[0-9]+");
            assertThat(third.read().header("X-Corral-Queue-Position")).isEqualTo("2");
        }
    }

    private Order order(Endpoint endpoint, int words) {
        return order(endpoint, words, true);
    }

    private Order order(Endpoint endpoint, int words, boolean streamed) {
        Costs costs = new Costs(10, 0, words, 1_000_000, 2_000_000, 3_000_000);
        Order order = new Order(numbers++, endpoint, "m", streamed, false, costs, Fault.NONE);
        upstream.take(order);
        return order;
    }

    private static Response ask(MeteredProgram corral, String key, Order order) throws IOException {
        try (RawClient client = corral.client()) {
            return client.send(order.request("Authorization: Bearer " + key)).read();
        }
    }

    private static JsonNode me(MeteredProgram corral, String key) {
        try {
            return corral.me(key);
        } catch (IOException e) {
            throw new AssertionError(corral.said(), e);
        }
    }

    private static JsonNode queue(MeteredProgram corral, String key) {
        return me(corral, key).path("queue");
    }

    private static long used(MeteredProgram corral, String key) {
        return day(me(corral, key)).path("used").asLong();
    }

    /** What is told of the tokens of a day, of the key itself. */
    private static JsonNode day(JsonNode me) {
        for (JsonNode limit : me.path("limits")) {
            if (limit.toString().contains("tokens-per-day")) {
                return limit;
            }
        }
        throw new AssertionError("no tokens-per-day in " + me);
    }

    /** The sum of all tokens that {@code corral usage} tells. */
    private static long usage(MeteredProgram corral) {
        try {
            JsonNode total = MeteredProgram.json(corral.usage()).path("total");
            return total.path("prompt_tokens").asLong()
                    + total.path("completion_tokens").asLong();
        } catch (IOException e) {
            throw new AssertionError(corral.usage(), e);
        }
    }
}
