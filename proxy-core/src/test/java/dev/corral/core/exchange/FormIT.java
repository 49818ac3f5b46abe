package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.QueueSettings;
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

/** Forms on real sockets: collected whole, decided about as soon as the model is known, sent as they came. */
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
    void form_isHeldWithinTheBudget_thenAllOfItGoes(Transport transport) throws IOException {
        for (Bytes form : List.of(FILE.plus(MODEL).plus(END), MODEL.plus(FILE).plus(END))) {
            int most = form.size() - 1;
            try (CoreFixture fixture = CoreSetup.on(transport).start()) {
                RawClient client = fixture.client();
                client.send(declared(form.size())).send(form.slice(0, most));
                Await.until("the form is held", () -> fixture.stats().bufferedBodyBytes() == most);
                assertThat(fixture.ollama().connections()).isEmpty();
                assertThat(fixture.stats().running()).as("no place is held").isZero();
                client.send(form.slice(most, form.size()));
                assertThat(client.read().status()).isEqualTo(200);
                SeenRequest first = fixture.ollama().request(0);
                assertThat(first.body().bytes().equals(form)).isTrue();
                assertThat(first.body().framing()).isEqualTo(Framing.LENGTH);
                assertThat(first.header("Content-Type")).isEqualTo("multipart/form-data; boundary=b0");
                assertThat(fixture.stats().bufferedBodyBytes()).isZero();

                client.send(Requests.chunked(TARGET, TYPE));
                chunk(client, form.slice(0, most));
                chunk(client, form.slice(most, form.size()));
                client.send("0\r\n\r\n");
                assertThat(client.read().status()).isEqualTo(200);
                SeenRequest second = fixture.ollama().request(1);
                assertThat(second.body().bytes().equals(form)).isTrue();
                assertThat(second.body().framing()).isEqualTo(Framing.LENGTH);
                assertThat(fixture.ollama().connections()).hasSize(1);
            }
        }
    }

    // As many as there are places, each for ever: what was sent of them must not keep anybody from a model.
    @EachTransport
    void formsThatArriveForEver_holdUpNobody(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport)
                .queue(new QueueSettings(2, 4, 4, Duration.ofMinutes(1), false))
                .start()) {
            for (int i = 0; i < 2; i++) {
                RawClient slow = fixture.client();
                slow.send(declared(MODEL.size() + FILE.size() + END.size()))
                        .send(MODEL)
                        .send(FILE_HEAD);
            }
            int held = 2 * (MODEL.size() + FILE_HEAD.size());
            Await.until("both have begun", () -> fixture.stats().bufferedBodyBytes() == held);
            RawClient client = fixture.client();
            client.send(Requests.post("/api/chat", Requests.MODEL));
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(fixture.ollama().requests()).hasSize(1);
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
    void tooLarge_isRefused_upstreamIsNeverAsked(Transport transport) throws IOException {
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

            RawClient named = fixture.client();
            named.send(Requests.chunked(TARGET, TYPE));
            chunk(named, MODEL);
            chunk(named, FILE.slice(0, MIB / 2));
            chunk(named, FILE.slice(MIB / 2, MIB));
            assertThat(named.read().status()).isEqualTo(413);
            assertThat(fixture.ollama().connections()).isEmpty();
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
            holding.send(declared(MODEL.size() + FILE.size() + 100)).send(MODEL).send(FILE.slice(0, MIB));
            Await.until("some is held", () -> fixture.stats().bufferedBodyBytes() == MODEL.size() + MIB);
            holding.rst();
            fixture.observed().await(1);
            assertThat(fixture.ollama().connections()).isEmpty();
            assertThat(code(fixture)).isEqualTo(ErrorCode.CLIENT_GONE);
            fixture.assertNothingLeft(0);
        }
    }

    @EachTransport
    void secondModel_upstreamIsNeverAsked(Transport transport) throws IOException {
        Bytes form = MODEL.plus(FILE).plus(MODEL).plus(END);
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            RawClient client = fixture.client();
            client.send(declared(form.size())).send(form);
            Response response = client.read();
            assertThat(response.status()).isEqualTo(400);
            assertThat(response.header("X-Corral-Code")).isEqualTo("ambiguous_body");
            assertThat(fixture.ollama().connections()).isEmpty();
        }
    }

    @EachTransport
    void upstreamReadsSlowly_nothingTimesOut(Transport transport) throws Exception {
        Gate gate = new Gate();
        // More than the sockets' buffers take.
        Bytes form =
                FILE.plus(FILE).plus(FILE).plus(FILE).plus(MODEL).plus(FILE).plus(END);
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
            client.send(declared(form.size())).send(form);
            fixture.ollama().awaitConnections(1);
            Await.holds(
                    Duration.ofSeconds(1),
                    () -> "the form waits for its reader",
                    () -> fixture.stats().inFlight() == 1);
            assertThat(fixture.stats().bufferedBodyBytes()).isEqualTo(form.size());
            gate.open();
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(fixture.ollama().request(0).body().bytes().equals(form)).isTrue();
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
