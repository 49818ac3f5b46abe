package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.QueueSettings;
import dev.corral.core.spi.Metering;
import dev.corral.core.testkit.Answer;
import dev.corral.core.testkit.Await;
import dev.corral.core.testkit.Bytes;
import dev.corral.core.testkit.CoreFixture;
import dev.corral.core.testkit.CoreSetup;
import dev.corral.core.testkit.Deadline;
import dev.corral.core.testkit.EachTransport;
import dev.corral.core.testkit.Gate;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.RawClient;
import dev.corral.core.testkit.Requests;
import dev.corral.core.testkit.Response;
import dev.corral.core.testkit.TestClock;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.extension.ExtendWith;

/** A form takes its turn when all of it is here, and is held until then. */
@ExtendWith(NothingLeft.class)
final class FormQueueIT {
    private static final String TARGET = "/v1/audio/transcriptions";
    private static final int MIB = 1 << 20;
    private static final Bytes AUDIO = Bytes.noise(7, 2 * MIB);
    private static final Bytes MODEL =
            Bytes.of("--b0\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper\r\n");
    private static final Bytes BEGIN =
            MODEL.plus(Bytes.of("--b0\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\n"));
    private static final Bytes END = Bytes.of("\r\n--b0--\r\n");
    private static final Bytes FORM = BEGIN.plus(AUDIO).plus(END);

    private static RawClient send(CoreFixture fixture, Bytes part) throws IOException {
        RawClient client = fixture.client();
        client.send(Requests.declared(TARGET, FORM.size())
                        .replace("\r\n\r\n", "\r\nContent-Type: multipart/form-data; boundary=b0\r\n\r\n"))
                .send(part);
        return client;
    }

    private static CoreSetup oneAtATime(Transport transport) {
        return CoreSetup.on(transport).queue(new QueueSettings(1, 4, 4, Duration.ofMinutes(1), false));
    }

    private static RawClient occupy(CoreFixture fixture, Gate gate) throws IOException {
        fixture.ollama().onRequest(0, (connection, request) -> {
            connection.readBody();
            gate.await();
            connection.respond(200, "application/json", "{}");
        });
        RawClient client = fixture.client();
        client.send(Requests.post("/api/chat", Requests.MODEL));
        fixture.ollama().awaitRequests(1);
        return client;
    }

    private static void awaitQueued(CoreFixture fixture, int count) {
        Await.until(count + " wait", () -> fixture.stats().queued() == count);
    }

    private static void awaitHeld(CoreFixture fixture, int bytes) {
        Await.until(bytes + " bytes are held", () -> fixture.stats().bufferedBodyBytes() >= bytes);
    }

    @EachTransport
    void wholeForm_isCollectedWhileItWaits_andSentWhenItMay(Transport transport) throws IOException {
        Gate gate = new Gate();
        try (CoreFixture fixture = oneAtATime(transport).start()) {
            RawClient first = occupy(fixture, gate);
            RawClient client = send(fixture, FORM);
            awaitQueued(fixture, 1);
            awaitHeld(fixture, FORM.size());
            assertThat(fixture.ollama().requests()).hasSize(1);
            gate.open();
            assertThat(first.read().status()).isEqualTo(200);
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(fixture.ollama().request(1).body().bytes().equals(FORM)).isTrue();
            client.send(Requests.get("/"));
            assertThat(client.read().status()).as("the connection goes on").isEqualTo(200);
        }
    }

    /** How long it is is known when it has been sent. */
    @EachTransport
    void recording_isChargedByItsLength(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            fixture.ollama().onRequest(Answer.json(200, "{\"text\":\"why is that\"}"));
            RawClient client = send(fixture, FORM);
            assertThat(client.read().status()).isEqualTo(200);
            Metering metering = fixture.observed().awaitFirst().metering();
            assertThat(metering.source()).isEqualTo(Metering.Source.ESTIMATED);
            assertThat(metering.promptTokens()).isEqualTo(FORM.size() / 5_000);
            assertThat(metering.completionTokens()).isEqualTo(3);
        }
    }

    @EachTransport
    void halfAForm_doesNotWaitInTheQueue(Transport transport) throws IOException {
        Gate gate = new Gate();
        try (CoreFixture fixture = oneAtATime(transport).start()) {
            RawClient first = occupy(fixture, gate);
            RawClient client = send(fixture, FORM.slice(0, FORM.size() - 1));
            awaitHeld(fixture, FORM.size() - 1);
            assertThat(fixture.stats().queued()).isZero();
            client.send(FORM.slice(FORM.size() - 1, FORM.size()));
            awaitQueued(fixture, 1);
            gate.open();
            assertThat(first.read().status()).isEqualTo(200);
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @EachTransport
    void largeBodiesThatWait_areBoundedForEachKey(Transport transport) throws IOException {
        Gate gate = new Gate();
        // A sixteenth of 32 MiB is less than one of these.
        try (CoreFixture fixture =
                oneAtATime(transport).bodies(4 * MIB, 32 * MIB).start()) {
            RawClient first = occupy(fixture, gate);
            RawClient waits = send(fixture, FORM);
            awaitQueued(fixture, 1);
            RawClient tooMuch = send(fixture, FORM);
            Response refused = tooMuch.read();
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.header("X-Corral-Code")).isEqualTo("queue_full_key");
            RawClient small = fixture.client();
            small.send(Requests.post("/api/chat", Requests.MODEL));
            awaitQueued(fixture, 2);
            gate.open();
            assertThat(first.read().status()).isEqualTo(200);
            assertThat(waits.read().status()).isEqualTo(200);
            assertThat(small.read().status()).isEqualTo(200);
            RawClient again = send(fixture, FORM);
            assertThat(again.read().status()).isEqualTo(200);
        }
    }

    @EachTransport
    void clientLeavesWhileItWaits_leavesTheQueueAtOnce(Transport transport) throws IOException {
        Gate gate = new Gate();
        try (CoreFixture fixture = oneAtATime(transport).start()) {
            RawClient first = occupy(fixture, gate);
            RawClient client = send(fixture, FORM);
            awaitQueued(fixture, 1);
            client.close();
            awaitQueued(fixture, 0);
            assertThat(fixture.observed().awaitFirst().requestBytes()).isEqualTo(FORM.size());
            gate.open();
            assertThat(first.read().status()).isEqualTo(200);
            assertThat(fixture.ollama().requests()).hasSize(1);
        }
    }

    @EachTransport
    void itsOwnClocks_standStillWhileItWaits(Transport transport) throws IOException {
        Gate gate = new Gate();
        TestClock clock = new TestClock();
        try (CoreFixture fixture = oneAtATime(transport)
                .clock(clock)
                .deadline(Deadline.BODY_PROGRESS, Duration.ofSeconds(5))
                .deadline(Deadline.FIRST_BYTE, Duration.ofMinutes(10))
                .start()) {
            RawClient first = occupy(fixture, gate);
            RawClient client = send(fixture, FORM);
            awaitQueued(fixture, 1);
            assertThat(client.silentFor(Duration.ofMillis(50))).isTrue();
            clock.advance(Duration.ofSeconds(59));
            assertThat(client.silentFor(Duration.ofMillis(150))).isTrue();
            gate.open();
            assertThat(first.read().status()).isEqualTo(200);
            assertThat(client.read().status()).isEqualTo(200);
        }
    }
}
