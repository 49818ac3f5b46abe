package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.CoreSettings.Transport;
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
import dev.corral.core.testkit.Zstd;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.extension.ExtendWith;

/** Coded request bodies: decoded where Ollama would, within bounds, and never passed on coded. */
@ExtendWith(NothingLeft.class)
final class ContentCodingIT {
    private static final String ZSTD = "Content-Encoding: zstd";
    private static final List<String> ENDPOINTS =
            List.of("/v1/chat/completions", "/v1/completions", "/v1/embeddings", "/v1/responses", "/v1/messages");
    private static final Bytes BODY =
            Bytes.of("{\"model\":\"m\",\"max_tokens\":5,\"input\":\"" + "hello ".repeat(2_000) + "\"}");

    private static Response send(RawClient client, String target, Bytes body, String... fields) throws IOException {
        client.send(Requests.declared(target, body.size(), fields)).send(body);
        return client.read();
    }

    @EachTransport
    void zstd_arrivesPlain(Transport transport) throws IOException {
        Bytes coded = Zstd.frame(BODY.slice(0, 100))
                .plus(Zstd.skippable(20))
                .plus(Zstd.checked(BODY.slice(100, BODY.size())));
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            RawClient client = fixture.client();
            for (String target : ENDPOINTS) {
                assertThat(send(client, target, coded, ZSTD).status())
                        .as(target)
                        .isEqualTo(200);
            }
            client.send(Requests.chunked("/v1/responses", ZSTD, "Expect: 100-continue"));
            assertThat(client.readHead().startLine()).isEqualTo("HTTP/1.1 100 Continue");
            for (int i = 0; i < coded.size(); i++) {
                client.send("1\r\n").send(coded.slice(i, i + 1)).send("\r\n");
            }
            client.send("0\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(fixture.ollama().requests()).hasSize(6);
            for (SeenRequest request : fixture.ollama().requests()) {
                assertThat(request.body().bytes().equals(BODY)).isTrue();
                assertThat(request.body().framing()).isEqualTo(Framing.LENGTH);
                assertThat(request.header("Content-Encoding")).isNull();
                assertThat(request.header("Content-Type")).isEqualTo("application/json");
            }
            fixture.assertNothingLeft(1);
        }
    }

    @EachTransport
    void otherCodings_415BeforeTheBodyIsAskedFor(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            for (String[] each : new String[][] {
                {"/v1/responses", "Content-Encoding: gzip"},
                {"/v1/responses", "Content-Encoding: zstd, identity"},
                {"/v1/responses", "Content-Encoding: Zstd"},
                {"/v1/responses", ZSTD, "Content-Encoding: identity"},
                {"/v1/responses", "Content-Encoding: identity", "Content-Encoding: identity"},
                {"/api/generate", ZSTD},
                {"/api/pull", "Content-Encoding: br"},
                {"/api/me", ZSTD},
                {"/v1/audio/transcriptions", ZSTD},
                {Requests.BLOB, "Content-Encoding: gzip"}
            }) {
                String[] fields = new String[each.length];
                System.arraycopy(each, 1, fields, 0, each.length - 1);
                fields[each.length - 1] = "Expect: 100-continue";
                RawClient client = fixture.client();
                client.send(Requests.declared(each[0], 100, fields));
                Response response = client.read();
                assertThat(response.status()).as(String.join(" ", each)).isEqualTo(415);
                assertThat(response.interim()).isEmpty();
                assertThat(response.header("X-Corral-Code")).isEqualTo("unsupported_encoding");
                assertThat(response.header("Accept-Encoding"))
                        .isEqualTo(each[0].equals("/v1/responses") ? "zstd, identity" : "identity");
                client.close();
            }
            assertThat(fixture.ollama().connections()).isEmpty();
        }
    }

    @EachTransport
    void identity_passesAndIsNotForwarded(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            RawClient client = fixture.client();
            for (String target : List.of("/api/generate", "/v1/responses", Requests.BLOB)) {
                assertThat(send(client, target, Bytes.of(Requests.MODEL), "Content-Encoding: Identity")
                                .status())
                        .isEqualTo(200);
            }
            assertThat(fixture.ollama().requests())
                    .hasSize(3)
                    .allMatch(request -> request.header("Content-Encoding") == null);
        }
    }

    @EachTransport
    void brokenFrames_400(Transport transport) throws IOException {
        Bytes coded = Zstd.checked(BODY);
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            for (Bytes broken : List.of(
                    BODY,
                    coded.slice(0, coded.size() - 1),
                    coded.slice(0, 3),
                    coded.plus(Bytes.of("trailing")),
                    Zstd.run(24, 1, 100),
                    Zstd.withDictionaryId(),
                    Zstd.frame(Bytes.EMPTY),
                    Zstd.skippable(4))) {
                RawClient client = fixture.client();
                Response response = send(client, "/v1/responses", broken, ZSTD);
                assertThat(response.status()).as(broken.toString()).isEqualTo(400);
                assertThat(response.header("X-Corral-Code")).isEqualTo("invalid_body");
                client.close();
            }
            fixture.assertNothingLeft(0);
            assertThat(fixture.ollama().connections()).isEmpty();
        }
    }

    @EachTransport
    void bomb_413AsSoonAsTheBoundIsPassed(Transport transport) throws IOException {
        // 1 GiB in 32 KiB.
        Bytes bomb = Zstd.run(20, 8_192, 128 << 10);
        try (CoreFixture fixture =
                CoreSetup.on(transport).bodies(1 << 20, 8 << 20).start()) {
            RawClient client = fixture.client();
            client.send(Requests.chunked("/v1/responses", ZSTD))
                    .send(Integer.toHexString(bomb.size()) + "\r\n")
                    .send(bomb.slice(0, 1_000));
            Response response = client.read();
            assertThat(response.status()).isEqualTo(413);
            client.close();
            fixture.assertNothingLeft(0);
            assertThat(fixture.ollama().connections()).isEmpty();
        }
    }

    @EachTransport
    void framesThatDecodeToNothing_areBoundedAsWell(Transport transport) throws IOException {
        Bytes nothing = Zstd.skippable(60_000);
        try (CoreFixture fixture =
                CoreSetup.on(transport).bodies(100_000, 8 << 20).start()) {
            RawClient client = fixture.client();
            client.send(Requests.chunked("/v1/responses", ZSTD));
            for (int i = 0; i < 2; i++) {
                client.send(Integer.toHexString(nothing.size()) + "\r\n")
                        .send(nothing)
                        .send("\r\n");
            }
            assertThat(client.read().status()).isEqualTo(413);
            client.close();
            fixture.assertNothingLeft(0);
        }
    }

    @EachTransport
    void noRoomForADecoder_503(Transport transport) throws IOException {
        try (CoreFixture fixture =
                CoreSetup.on(transport).bodies(10_000, 10_000).start()) {
            assertThat(send(fixture.client(), "/v1/responses", Zstd.frame(Bytes.of(Requests.MODEL)), ZSTD)
                            .status())
                    .isEqualTo(503);
            fixture.assertNothingLeft(1);
        }
    }

    @EachTransport
    void clientLeavesMidBody_everythingComesBack(Transport transport) throws IOException {
        Random random = new Random(6);
        Bytes coded = Zstd.checked(Bytes.noise(6, 300_000));
        try (CoreFixture fixture = CoreSetup.on(transport).loops(2).start()) {
            for (int i = 0; i < 40; i++) {
                RawClient client = fixture.client();
                client.send(Requests.declared("/v1/responses", coded.size(), ZSTD))
                        .send(coded.slice(0, random.nextInt(coded.size())));
                if (random.nextBoolean()) {
                    Await.until("some of it is held", () -> fixture.stats().bufferedBodyBytes() > 0);
                }
                if (random.nextBoolean()) {
                    client.rst();
                } else {
                    client.close();
                }
            }
            fixture.assertNothingLeft(0);
            assertThat(fixture.ollama().connections()).isEmpty();
            RawClient client = fixture.client();
            assertThat(send(client, "/v1/responses", Zstd.frame(BODY), ZSTD).status())
                    .isEqualTo(200);
            assertThat(client.silentFor(Duration.ofMillis(1))).isTrue();
        }
    }
}
