package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.testkit.Authenticators;
import dev.corral.core.testkit.Await;
import dev.corral.core.testkit.Bytes;
import dev.corral.core.testkit.CoreFixture;
import dev.corral.core.testkit.CoreSetup;
import dev.corral.core.testkit.EachTransport;
import dev.corral.core.testkit.Framing;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.RawClient;
import dev.corral.core.testkit.Requests;
import dev.corral.core.testkit.Response;
import dev.corral.core.testkit.SeenRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.extension.ExtendWith;

/** Bodies of requests: bounded, re-framed, never half of one taken for a whole, never parsed as something else. */
@ExtendWith(NothingLeft.class)
final class RequestBodyIT {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final String KEY = "Authorization: Bearer good";

    private static CoreSetup closed(Transport transport) {
        return CoreSetup.on(transport)
                .authenticator(Authenticators.byAuthorization(Map.of("Bearer good", Authenticators.USER)));
    }

    private static ErrorCode code(CoreFixture fixture) {
        return Objects.requireNonNull(fixture.observed().awaitFirst().error()).code();
    }

    @EachTransport
    void body_arrivesByteForByte_withFramingOfOurOwn(Transport transport) throws IOException {
        Bytes noise = Bytes.noise(7, 300_000);
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            RawClient client = fixture.client();
            client.send(Requests.declared(Requests.UNREAD, noise.size())).send(noise);
            assertThat(client.read().status()).isEqualTo(200);
            client.send(Requests.chunked(Requests.UNREAD));
            for (int from = 0; from < noise.size(); from += 50_000) {
                client.send(Integer.toHexString(50_000) + "\r\n")
                        .send(noise.slice(from, from + 50_000))
                        .send("\r\n");
            }
            client.send("0\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(200);
            client.send(Requests.declared(Requests.BLOB, noise.size())).send(noise);
            assertThat(client.read().status()).isEqualTo(200);
            client.send(Requests.chunked(Requests.BLOB) + Requests.chunk("ab") + Requests.chunk("c") + "0\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(200);
            for (SeenRequest request : fixture.ollama().requests().subList(0, 3)) {
                assertThat(request.body().bytes().equals(noise)).isTrue();
                assertThat(request.body().framing()).isEqualTo(Framing.LENGTH);
            }
            assertThat(fixture.ollama().request(3).body().text()).isEqualTo("abc");
            assertThat(fixture.ollama().connections()).hasSize(1);
        }
    }

    @EachTransport
    void badChunkMidUpload_upstreamNeverSeesTerminator(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            RawClient client = fixture.client();
            client.send(Requests.chunked(Requests.BLOB) + Requests.chunk("some"));
            SeenRequest request = fixture.ollama().awaitRequests(1).get(0);
            Await.until("the part has arrived", () -> request.body().text().equals("some"));
            client.send("zz\r\nmore\r\n0\r\n\r\n" + Requests.get("/api/tags"));
            fixture.ollama().awaitClosed(request.connection(), SOON);
            assertThat(request.body().complete()).isFalse();
            assertThat(request.body().text()).isEqualTo("some");
            assertThat(client.read().status()).isEqualTo(400);
            client.awaitClosed(SOON);
            assertThat(code(fixture)).isEqualTo(ErrorCode.BAD_FRAMING);
            assertThat(fixture.ollama().requests()).hasSize(1);
        }
    }

    @EachTransport
    void badChunkInCollectedBody_upstreamNeverAsked(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            RawClient client = fixture.client();
            client.send(Requests.chunked("/api/chat") + Requests.chunk("{}") + "-1\r\n\r\n0\r\n\r\n");
            Response response = client.read();
            assertThat(response.status()).isEqualTo(400);
            assertThat(response.saysClose()).isTrue();
            client.awaitClosed(SOON);
            assertThat(code(fixture)).isEqualTo(ErrorCode.BAD_FRAMING);
            assertThat(fixture.ollama().connections()).isEmpty();
        }
    }

    @EachTransport
    void refusedUpload_nextBytesNeverParsed(Transport transport) throws IOException {
        String inner = Requests.get("/api/tags", KEY);
        try (CoreFixture fixture = closed(transport).start()) {
            RawClient client = fixture.client();
            client.send(Requests.declared("/api/generate", 500_000) + inner + inner);
            Response response = client.read();
            assertThat(response.status()).isEqualTo(401);
            assertThat(response.saysClose()).isTrue();
            client.send(inner);
            client.awaitClosed(SOON);
            assertThat(fixture.ollama().connections()).isEmpty();
            assertThat(fixture.observed().summaries()).hasSize(1);
        }
    }

    @EachTransport
    void rejectedUpload_clientSees401NotReset(Transport transport) throws IOException {
        Bytes upload = Bytes.noise(3, 900_000);
        try (CoreFixture fixture = closed(transport).start()) {
            for (int i = 0; i < 20; i++) {
                RawClient client = fixture.client();
                client.send(Requests.declared(Requests.BLOB, upload.size()));
                for (int from = 0; from < upload.size(); from += 100_000) {
                    client.send(upload.slice(from, from + 100_000));
                }
                assertThat(client.read().status()).isEqualTo(401);
                client.awaitClosed(SOON);
                client.close();
            }
            assertThat(fixture.ollama().connections()).isEmpty();
        }
    }

    @EachTransport
    void unauthenticatedExpect_bodyNeverRequested(Transport transport) throws IOException {
        try (CoreFixture fixture = closed(transport).start()) {
            RawClient client = fixture.client();
            client.send(Requests.declared("/api/generate", 10, "Expect: 100-continue"));
            Response response = client.read();
            assertThat(response.status()).isEqualTo(401);
            assertThat(response.interim()).isEmpty();
            assertThat(response.saysClose()).isTrue();
            client.send("{\"a\":1234}" + Requests.get("/api/tags", KEY));
            client.awaitClosed(SOON);
            assertThat(fixture.ollama().connections()).isEmpty();
        }
    }

    @EachTransport
    void admittedExpect_bodyIsRequestedOnceAndExpectStaysHere(Transport transport) throws IOException {
        try (CoreFixture fixture = closed(transport).start()) {
            RawClient client = fixture.client();
            for (String target : new String[] {Requests.UNREAD, Requests.BLOB}) {
                client.send(Requests.declared(target, 10, KEY, "Expect: 100-continue"));
                assertThat(client.readHead().startLine()).isEqualTo("HTTP/1.1 100 Continue");
                client.send("{\"a\":1234}");
                Response response = client.read();
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.interim()).isEmpty();
            }
            assertThat(fixture.ollama().requests()).hasSize(2).allSatisfy(request -> {
                assertThat(request.header("Expect")).isNull();
                assertThat(request.body().text()).isEqualTo("{\"a\":1234}");
            });
        }
    }

    @EachTransport
    void impatientExpect_bodySentAnyway_isTakenOnce(Transport transport) throws IOException {
        try (CoreFixture fixture = closed(transport).start()) {
            RawClient client = fixture.client();
            client.send(Requests.declared(Requests.UNREAD, 10, KEY, "Expect: 100-continue") + "{\"a\":1234}"
                    + Requests.get("/api/tags", KEY));
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(fixture.ollama().requests()).hasSize(2);
        }
    }

    @EachTransport
    void otherExpectation_417(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            RawClient client = fixture.client();
            client.send(Requests.declared("/api/generate", 10, "Expect: 200-ok"));
            assertThat(client.read().status()).isEqualTo(417);
            client.awaitClosed(SOON);
            assertThat(fixture.ollama().connections()).isEmpty();
        }
    }

    @EachTransport
    void authorizationInTrailer_neverForwarded(Transport transport) throws IOException {
        String trailers = "0\r\nAuthorization: Bearer trailing\r\nX-Api-Key: trailing\r\nContent-Length: 7\r\n\r\n";
        try (CoreFixture fixture = closed(transport).start()) {
            RawClient client = fixture.client();
            for (String target : new String[] {Requests.UNREAD, Requests.BLOB}) {
                client.send(Requests.chunked(target, KEY, "Trailer: Authorization") + Requests.chunk("{}") + trailers);
                assertThat(client.read().status()).isEqualTo(200);
            }
            // Nor does a credential in a trailer open anything.
            client.send(Requests.chunked("/api/generate") + Requests.chunk("{}") + trailers);
            assertThat(client.read().status()).isEqualTo(401);
            assertThat(fixture.ollama().requests()).hasSize(2).allSatisfy(request -> {
                assertThat(request.head().raw().text())
                        .doesNotContain("trailing")
                        .doesNotContain("Trailer");
                assertThat(request.body().text()).isEqualTo("{}");
                assertThat(request.body().trailers()).isEmpty();
            });
        }
    }

    @EachTransport
    void bodyWhereNoneBelongs_isRefused(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            RawClient client = fixture.client();
            client.send(Requests.get("/api/tags", "Content-Length: 5") + "hello");
            Response response = client.read();
            assertThat(response.status()).isEqualTo(400);
            assertThat(response.saysClose()).isTrue();
            assertThat(fixture.ollama().connections()).isEmpty();
        }
    }
}
