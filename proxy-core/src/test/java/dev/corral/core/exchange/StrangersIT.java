package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.testkit.Authenticators;
import dev.corral.core.testkit.CoreFixture;
import dev.corral.core.testkit.CoreSetup;
import dev.corral.core.testkit.EachTransport;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.RawClient;
import dev.corral.core.testkit.Requests;
import dev.corral.core.testkit.Response;
import dev.corral.core.testkit.TestClock;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who has no key is heard only so often; who has one does not notice. */
@ExtendWith(NothingLeft.class)
final class StrangersIT {
    private static final String KEY = "Authorization: Bearer good";
    private static final String BAD = "Authorization: Bearer bad";
    private static final String PREFLIGHT = Requests.head(
            "OPTIONS", "/api/chat", "Origin: http://localhost:3000", "Access-Control-Request-Method: POST");

    private static CoreSetup sixAMinute(Transport transport, TestClock clock) {
        return CoreSetup.on(transport)
                .clock(clock)
                .strangers(6)
                .authenticator(Authenticators.byAuthorization(Map.of("Bearer good", Authenticators.USER)));
    }

    private static Response ask(RawClient client, String request) throws IOException {
        client.send(request);
        return client.read(request.startsWith("HEAD") ? "HEAD" : "GET");
    }

    private static void assertTooMany(Response response) {
        assertThat(response.status()).isEqualTo(429);
        assertThat(response.header("X-Corral-Code")).isEqualTo("stranger_rate");
        assertThat(response.header("Retry-After")).isEqualTo("10");
        assertThat(response.header("WWW-Authenticate")).isNull();
    }

    @EachTransport
    void failedKeys_areRefusedSooner_whenThereWereTooMany_butAGoodOneNever(Transport transport) throws IOException {
        TestClock clock = new TestClock();
        try (CoreFixture fixture = sixAMinute(transport, clock).start()) {
            RawClient client = fixture.client();
            for (int i = 0; i < 6; i++) {
                assertThat(ask(client, Requests.get("/api/tags", i % 2 == 0 ? BAD : "Accept: */*"))
                                .status())
                        .isEqualTo(401);
            }
            for (String path : List.of("/api/tags", "/nowhere", "/v1/models", "/v1/messages", "/-/me")) {
                assertTooMany(ask(client, Requests.get(path, BAD)));
                assertTooMany(ask(client, Requests.get(path)));
            }
            for (int i = 0; i < 20; i++) {
                assertThat(ask(client, Requests.get("/api/tags", KEY)).status()).isEqualTo(200);
            }
            assertTooMany(ask(client, Requests.get("/api/tags", BAD)));
            clock.advance(Duration.ofSeconds(10));
            assertThat(ask(client, Requests.get("/api/tags", BAD)).status()).isEqualTo(401);
            assertTooMany(ask(client, Requests.get("/api/tags", BAD)));
            assertThat(fixture.observed().await(39))
                    .filteredOn(summary -> summary.status() == 429)
                    .hasSize(12)
                    .allMatch(summary -> Objects.requireNonNull(summary.error()).code() == ErrorCode.STRANGER_RATE);
            assertThat(fixture.ollama().requests()).hasSize(20);
        }
    }

    // Many behind one address: what one of them does wrong must not keep the browsers of the others from asking.
    @EachTransport
    void preflightsAndLiveness_areAnswered_howeverManyFailed(Transport transport) throws IOException {
        try (CoreFixture fixture = sixAMinute(transport, new TestClock()).start()) {
            RawClient client = fixture.client();
            for (int i = 0; i < 6; i++) {
                assertThat(ask(client, Requests.get("/api/tags", BAD)).status()).isEqualTo(401);
            }
            assertTooMany(ask(client, Requests.get("/api/tags", BAD)));
            for (int i = 0; i < 20; i++) {
                for (String request : List.of(Requests.get("/"), Requests.head("HEAD", "/"), PREFLIGHT)) {
                    assertThat(ask(client, request).status()).as(request).isIn(200, 204);
                }
            }
            assertTooMany(ask(client, Requests.get("/-/help")));
        }
    }

    @EachTransport
    void helpPage_isCountedToo_andAKeyStillHelps(Transport transport) throws IOException {
        try (CoreFixture fixture = sixAMinute(transport, new TestClock()).start()) {
            RawClient client = fixture.client();
            for (int i = 0; i < 3; i++) {
                assertThat(ask(client, Requests.get("/-/help")).status()).isEqualTo(200);
                assertThat(ask(client, Requests.get("/api/tags")).status()).isEqualTo(401);
            }
            assertTooMany(ask(client, Requests.get("/-/help")));
            assertThat(ask(client, Requests.get("/api/tags", "Origin: http://localhost:3000"))
                            .header("Access-Control-Allow-Origin"))
                    .as("the page may read why")
                    .isEqualTo("http://localhost:3000");
            for (String path : List.of("/", "/-/help", "/-/me", "/api/tags")) {
                assertThat(ask(client, Requests.get(path, KEY)).status())
                        .as(path)
                        .isEqualTo(200);
            }
            assertThat(ask(client, Requests.head("HEAD", "/", KEY)).status()).isEqualTo(200);
        }
    }
}
