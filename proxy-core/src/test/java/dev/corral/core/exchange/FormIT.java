package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.testkit.Answer;
import dev.corral.core.testkit.Await;
import dev.corral.core.testkit.Bytes;
import dev.corral.core.testkit.CoreFixture;
import dev.corral.core.testkit.CoreSetup;
import dev.corral.core.testkit.Deadline;
import dev.corral.core.testkit.EachTransport;
import dev.corral.core.testkit.Framing;
import dev.corral.core.testkit.Gate;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.RawClient;
import dev.corral.core.testkit.Requests;
import dev.corral.core.testkit.Response;
import dev.corral.core.testkit.Roles;
import dev.corral.core.testkit.SeenRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Forms on real sockets: held no longer than until the model is known, and never half of one taken for a whole. */
@ExtendWith(NothingLeft.class)
final class FormIT {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final String TARGET = "/v1/audio/transcriptions";
    private static final String TYPE = "Content-Type: multipart/form-data; boundary=b0";
    private static final int MIB = 1 << 20;
    private static final Bytes AUDIO = Bytes.noise(5, 5 * MIB);
    private static final Bytes MODEL =
            Bytes.of("--b0\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper\r\n");
    private static final Bytes FILE_HEAD = Bytes.of("--b0\r\nContent-Disposition: form-data; name=\"file\";"
            + " filename=\"a.wav\"\r\nContent-Type: audio/wav\r\n\r\n");
    private static final Bytes FILE = FILE_HEAD.plus(AUDIO).plus(Bytes.of("\r\n"));
    private static final Bytes END = Bytes.of("--b0--\r\n");

    @TempDir
    Path folder;

    private static String declared(int length, String... fields) {
        return Requests.declared(TARGET, length, fields).replace("\r\n\r\n", "\r\n" + TYPE + "\r\n\r\n");
    }

    private static void chunk(RawClient client, Bytes bytes) throws IOException {
        client.send(Integer.toHexString(bytes.size()) + "\r\n").send(bytes).send("\r\n");
    }

    private static ErrorCode code(CoreFixture fixture) {
        return Objects.requireNonNull(fixture.observed().awaitFirst().error()).code();
    }

    @EachTransport
    void modelFirst_streamsWhileTheFileArrives(Transport transport) throws IOException {
        Bytes form = MODEL.plus(FILE).plus(END);
        int half = form.size() / 2;
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            RawClient client = fixture.client();
            client.send(declared(form.size())).send(form.slice(0, half));
            SeenRequest request = fixture.ollama().awaitRequests(1).get(0);
            Await.until("the first half is there", () -> request.body().size() == half);
            assertThat(fixture.stats().bufferedBodyBytes()).isZero();
            client.send(form.slice(half, form.size()));
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(request.body().bytes().equals(form)).isTrue();
            assertThat(request.body().framing()).isEqualTo(Framing.LENGTH);
            assertThat(request.header("Content-Type")).isEqualTo("multipart/form-data; boundary=b0");
        }
    }

    @EachTransport
    void modelBehindTheFile_isHeldWithinTheBudget_thenAllOfItGoes(Transport transport) throws IOException {
        Bytes form = FILE.plus(MODEL).plus(END);
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            RawClient client = fixture.client();
            client.send(declared(form.size())).send(FILE);
            Await.until("the file is held", () -> fixture.stats().bufferedBodyBytes() == FILE.size());
            assertThat(fixture.ollama().connections()).isEmpty();
            client.send(MODEL).send(END);
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(fixture.ollama().request(0).body().bytes().equals(form)).isTrue();
            assertThat(fixture.stats().bufferedBodyBytes()).isZero();

            client.send(Requests.chunked(TARGET, TYPE));
            chunk(client, FILE);
            chunk(client, MODEL);
            chunk(client, END);
            client.send("0\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(200);
            SeenRequest second = fixture.ollama().request(1);
            assertThat(second.body().bytes().equals(form)).isTrue();
            assertThat(second.body().framing()).isEqualTo(Framing.CHUNKED);
            assertThat(fixture.ollama().connections()).hasSize(1);
        }
    }

    @EachTransport
    void byteByByte_arrivesWhole(Transport transport) throws IOException {
        Bytes form = FILE_HEAD.plus(Bytes.of("RIFF\r\n--b\r\n")).plus(MODEL).plus(END);
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            RawClient client = fixture.client();
            client.send(declared(form.size())).sendByteByByte(form);
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(fixture.ollama().request(0).body().bytes().equals(form)).isTrue();
        }
    }

    @EachTransport
    void missingModel_upstreamIsNeverAsked(Transport transport) throws IOException {
        Bytes form = FILE.plus(END);
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            RawClient client = fixture.client();
            client.send(declared(form.size())).send(form);
            Response response = client.read();
            assertThat(response.status()).isEqualTo(400);
            assertThat(response.body().text()).contains("model is required");
            client.send(Requests.get("/api/tags"));
            assertThat(client.read().status()).as("the connection goes on").isEqualTo(200);
            assertThat(fixture.ollama().requests()).hasSize(1);
        }
    }

    @EachTransport
    void modelOfAnotherRole_isRefusedBeforeTheUpstreamIsAsked(Transport transport) throws IOException {
        try (CoreFixture fixture =
                CoreSetup.on(transport).policies(Roles.safe("tiny*")).start()) {
            RawClient first = fixture.client();
            first.send(declared(MODEL.size() + FILE.size() + END.size()))
                    .send(MODEL)
                    .send(FILE_HEAD);
            Response early = first.read();
            assertThat(early.status()).isEqualTo(404);
            assertThat(early.saysClose())
                    .as("the rest of the file is not waited for")
                    .isTrue();
            first.awaitClosed(SOON);

            RawClient last = fixture.client();
            last.send(declared(FILE.size() + MODEL.size() + END.size()))
                    .send(FILE)
                    .send(MODEL)
                    .send(END);
            Response late = last.read();
            assertThat(late.status()).isEqualTo(404);
            assertThat(late.body().text()).isEqualTo(early.body().text());
            assertThat(fixture.ollama().connections()).isEmpty();
            assertThat(fixture.stats().bufferedBodyBytes()).isZero();
            assertThat(fixture.observed().await(2)).allSatisfy(summary -> {
                assertThat(Objects.requireNonNull(summary.error()).code()).isEqualTo(ErrorCode.FORBIDDEN_MODEL);
                assertThat(summary.model()).isEqualTo("registry.ollama.ai/library/whisper:latest");
            });

            Bytes tiny = Bytes.of(MODEL.text().replace("whisper", "Tiny:7B"));
            RawClient allowed = fixture.client();
            allowed.send(declared(tiny.size() + END.size())).send(tiny).send(END);
            assertThat(allowed.read().status()).isEqualTo(200);
            assertThat(fixture.ollama().request(0).body().bytes().equals(tiny.plus(END)))
                    .as("a form is never changed")
                    .isTrue();
        }
    }

    // Nothing can be changed in a form, so that a model which may be a stub cannot be pinned to this machine.
    @EachTransport
    void unknownModel_withoutCloud_isRefused(Transport transport) throws IOException {
        try (CoreFixture fixture =
                CoreSetup.on(transport).policies(Roles.local("*")).start()) {
            RawClient client = fixture.client();
            client.send(declared(MODEL.size() + END.size())).send(MODEL).send(END);
            assertThat(client.read().status()).isEqualTo(404);
            Bytes cloud = Bytes.of(MODEL.text().replace("whisper", "whisper:cloud"));
            client.send(declared(cloud.size() + END.size())).send(cloud).send(END);
            assertThat(client.read().status()).isEqualTo(403);
            Bytes name = Bytes.of(MODEL.text().replace("whisper", " whisper"));
            client.send(declared(name.size() + END.size())).send(name).send(END);
            assertThat(client.read().status()).isEqualTo(400);
            assertThat(fixture.ollama().connections()).isEmpty();
        }
    }

    @EachTransport
    void tooLarge_isRefusedWhileHeld_andBrokenOffWhileStreamed(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).bodies(MIB, 4L * MIB).start()) {
            RawClient declaring = fixture.client();
            declaring.send(declared(MIB + 1, "Expect: 100-continue"));
            assertThat(declaring.read().status()).isEqualTo(413);

            RawClient holding = fixture.client();
            holding.send(Requests.chunked(TARGET, TYPE));
            chunk(holding, FILE.slice(0, MIB));
            chunk(holding, FILE.slice(MIB, MIB + 1));
            assertThat(holding.read().status()).isEqualTo(413);
            assertThat(fixture.ollama().connections()).isEmpty();

            RawClient streaming = fixture.client();
            streaming.send(Requests.chunked(TARGET, TYPE));
            chunk(streaming, MODEL);
            chunk(streaming, FILE.slice(0, MIB / 2));
            SeenRequest request = fixture.ollama().awaitRequests(1).get(0);
            chunk(streaming, FILE.slice(MIB / 2, MIB));
            assertThat(streaming.read().status()).isEqualTo(413);
            fixture.ollama().awaitClosed(request.connection(), SOON);
            assertThat(request.body().complete()).isFalse();
        }
    }

    @EachTransport
    void noRoomForIt_503(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).bodies(MIB, MIB).start()) {
            RawClient first = fixture.client();
            first.send(declared(MIB)).send(FILE.slice(0, MIB - 100));
            Await.until("the first is held", () -> fixture.stats().bufferedBodyBytes() == MIB - 100);
            RawClient second = fixture.client();
            second.send(declared(MIB)).send(FILE.slice(0, 200));
            Response response = second.read();
            assertThat(response.status()).isEqualTo(503);
            assertThat(response.header("X-Corral-Code")).isEqualTo("overloaded");
            // What is streamed needs no room.
            RawClient third = fixture.client();
            third.send(declared(MODEL.size() + END.size(), "Expect: 100-continue"));
            assertThat(third.readHead().startLine()).isEqualTo("HTTP/1.1 100 Continue");
            first.close();
            Await.until("its room is free", () -> fixture.stats().bufferedBodyBytes() == 0);
            third.send(MODEL).send(END);
            assertThat(third.read().status()).isEqualTo(200);
        }
    }

    @EachTransport
    void clientLeavesMidFile_nothingIsLeft(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            RawClient holding = fixture.client();
            holding.send(declared(FILE.size() + 100)).send(FILE.slice(0, MIB));
            Await.until("some is held", () -> fixture.stats().bufferedBodyBytes() == MIB);
            holding.rst();
            fixture.observed().await(1);
            assertThat(fixture.ollama().connections()).isEmpty();
            assertThat(code(fixture)).isEqualTo(ErrorCode.CLIENT_GONE);

            RawClient streaming = fixture.client();
            streaming.send(declared(FILE.size() + 1000)).send(MODEL).send(FILE.slice(0, MIB));
            SeenRequest request = fixture.ollama().awaitRequests(1).get(0);
            streaming.close();
            fixture.ollama().awaitClosed(request.connection(), SOON);
            assertThat(request.body().complete()).isFalse();
            fixture.assertNothingLeft(0);
        }
    }

    @EachTransport
    void secondModelMidStream_upstreamNeverHasAWhole(Transport transport) throws IOException {
        Bytes form = MODEL.plus(FILE).plus(MODEL).plus(END);
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            RawClient client = fixture.client();
            client.send(declared(form.size())).send(MODEL).send(FILE);
            SeenRequest request = fixture.ollama().awaitRequests(1).get(0);
            client.send(MODEL).send(END);
            Response response = client.read();
            assertThat(response.status()).isEqualTo(400);
            assertThat(response.header("X-Corral-Code")).isEqualTo("ambiguous_body");
            fixture.ollama().awaitClosed(request.connection(), SOON);
            assertThat(request.body().complete()).isFalse();
            assertThat(request.body().text()).doesNotContain("--b0--");
        }
    }

    @EachTransport
    void upstreamAnswersEarly_clientGetsTheAnswer(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            fixture.ollama().onRequest((connection, request) -> {
                connection.respond(413, "application/json", "{}");
                connection.awaitEnd();
            });
            RawClient client = fixture.client();
            client.send(declared(FILE.size() + 1000)).send(MODEL).send(FILE_HEAD);
            Response response = client.read();
            assertThat(response.status()).isEqualTo(413);
            assertThat(response.saysClose()).isTrue();
            client.awaitClosed(SOON);
            Await.until("the exchange is over", () -> fixture.stats().inFlight() == 0);
            assertThat(fixture.stats().upstreamLeased()).isZero();
        }
    }

    @EachTransport
    void upstreamDoesNotRead_clientIsSlowed_nothingTimesOut(Transport transport) throws Exception {
        Gate gate = new Gate();
        // More than the sockets' buffers take.
        Bytes first = FILE.plus(FILE).plus(FILE).plus(FILE).plus(MODEL).plus(FILE_HEAD);
        Bytes rest = AUDIO.plus(Bytes.of("\r\n")).plus(END);
        try (CoreFixture fixture = CoreSetup.on(transport)
                .deadline(Deadline.BODY_PROGRESS, Duration.ofMillis(500))
                .start()) {
            fixture.ollama().onConnection(connection -> {
                connection.stopReading();
                gate.await();
                connection.startReading();
                connection.serve();
            });
            RawClient client = fixture.client();
            client.send(declared(first.size() + rest.size())).send(first);
            fixture.ollama().awaitConnections(1);
            Await.holds(
                    Duration.ofSeconds(1),
                    () -> "the form waits for its reader",
                    () -> fixture.stats().inFlight() == 1);
            assertThat(fixture.stats().bufferedBodyBytes()).isGreaterThanOrEqualTo(first.size() - FILE_HEAD.size());
            gate.open();
            client.send(rest);
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(fixture.ollama().request(0).body().bytes().equals(first.plus(rest)))
                    .isTrue();
            assertThat(fixture.stats().bufferedBodyBytes()).isZero();
        }
    }

    @EachTransport
    void curl_withTheFileFirst_getsItsAnswer(Transport transport) throws Exception {
        Path audio = Files.write(folder.resolve("a.wav"), AUDIO.array());
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            fixture.ollama().onRequest(Answer.json(200, "{\"text\":\"hello\"}"));
            Process curl = curl(
                    "http://127.0.0.1:" + fixture.address().getPort() + TARGET,
                    "--form",
                    "file=@" + audio + ";filename=\"so \\\"b\\\".wav\"",
                    "--form",
                    "model=whisper");
            String said = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(curl.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(said).isEqualTo("{\"text\":\"hello\"} 200");
            assertThat(fixture.ollama().request(0).body().size()).isGreaterThan(AUDIO.size());
        }
    }

    private static Process curl(String... arguments) {
        List<String> command = new ArrayList<>(List.of("curl", "-sS", "--max-time", "20", "-w", " %{http_code}"));
        command.addAll(List.of(arguments));
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            return abort("curl is not installed");
        }
    }
}
