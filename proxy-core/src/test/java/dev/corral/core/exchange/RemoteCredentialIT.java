package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.RemoteSettings;
import dev.corral.core.spi.Outcome;
import dev.corral.core.spi.UpstreamCredential;
import dev.corral.core.spi.UpstreamCredential.Presented;
import dev.corral.core.testkit.Await;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** With a credential for the Corral behind that is not there at once, as a signature is not. */
@ExtendWith(NothingLeft.class)
final class RemoteCredentialIT {
    /** Answers when the test does. */
    private static final class Slow implements UpstreamCredential {
        private final List<CompletableFuture<Presented>> asked = new CopyOnWriteArrayList<>();

        @Override
        public CompletionStage<Presented> present(String method, String path) {
            CompletableFuture<Presented> answer = new CompletableFuture<>();
            asked.add(answer);
            return answer;
        }
    }

    private static RemoteSettings plain(UpstreamCredential credential) {
        return new RemoteSettings("gpu.lab:8443", "", false, List.of(), credential);
    }

    private static CoreFixture start(Transport transport, RemoteSettings remote) throws IOException {
        return CoreSetup.on(transport).remote(remote).start();
    }

    @EachTransport
    void credentialThatTakesTime_isWaitedForWithoutAConnection(Transport transport) throws IOException {
        Slow slow = new Slow();
        try (CoreFixture fixture = start(transport, plain(slow))) {
            RawClient first = fixture.client();
            RawClient second = fixture.client();
            first.send(Requests.post("/api/generate", "{\"model\":\"first\"}"));
            Await.until("the first is signed", () -> slow.asked.size() == 1);
            second.send(Requests.post("/api/generate", "{\"model\":\"second\"}"));
            Await.until("the second is signed", () -> slow.asked.size() == 2);
            assertThat(fixture.ollama().connections()).isEmpty();
            slow.asked.get(1).complete(new Presented("two", ""));
            assertThat(second.read().status()).isEqualTo(200);
            slow.asked.get(0).complete(new Presented("one", ""));
            assertThat(first.read().status()).isEqualTo(200);
            assertThat(fixture.ollama().requests())
                    .extracting(one -> one.header("Authorization") + one.body().text())
                    .containsExactly("two{\"model\":\"second\"}", "one{\"model\":\"first\"}");
        }
    }

    @Test
    void uploadThatWaitsForItsCredential_arrivesWhole() throws IOException {
        Slow slow = new Slow();
        try (CoreFixture fixture = start(Transport.NIO, plain(slow))) {
            String model = "0123456789abcdef".repeat(20_000);
            RawClient client = fixture.client();
            client.send(Requests.declared(Requests.BLOB, model.length()));
            Await.until("it is signed", () -> slow.asked.size() == 1);
            client.send(model);
            slow.asked.get(0).complete(new Presented("one", ""));
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(fixture.ollama().request(0).body().text()).isEqualTo(model);
        }
    }

    @Test
    void clientThatLeavesWhileItsCredentialIsMade_asksNothingThere() throws IOException {
        Slow slow = new Slow();
        try (CoreFixture fixture = start(Transport.NIO, plain(slow))) {
            RawClient client = fixture.client();
            client.send(Requests.post("/api/generate", Requests.MODEL));
            Await.until("it is signed", () -> slow.asked.size() == 1);
            client.close();
            assertThat(fixture.observed().await(1).get(0).outcome()).isEqualTo(Outcome.CLIENT_GONE);
            slow.asked.get(0).complete(new Presented("late", ""));
            // One loop does what the late answer put there before what comes now.
            RawClient next = fixture.client();
            next.send(Requests.get("/api/tags"));
            Await.until("the next is signed", () -> slow.asked.size() == 2);
            slow.asked.get(1).complete(new Presented("next", ""));
            assertThat(next.read().status()).isEqualTo(200);
            assertThat(fixture.ollama().requests())
                    .extracting(one -> one.header("Authorization"))
                    .containsExactly("next");
        }
    }

    @Test
    void credentialThatFailsLater_orNeverComes_isRefusedAndNothingIsSent() throws IOException {
        Slow slow = new Slow();
        TestClock clock = new TestClock();
        try (CoreFixture fixture =
                CoreSetup.on(Transport.NIO).remote(plain(slow)).clock(clock).start()) {
            RawClient client = fixture.client();
            client.send(Requests.get("/api/tags"));
            Await.until("it is signed", () -> slow.asked.size() == 1);
            slow.asked.get(0).completeExceptionally(new IllegalStateException("no key"));
            assertThat(client.read().status()).isEqualTo(500);
            RawClient next = fixture.client();
            next.send(Requests.get("/api/tags"));
            Await.until("the next is signed", () -> slow.asked.size() == 2);
            clock.advance(Duration.ofSeconds(11));
            Response late = next.read();
            assertThat(late.status()).isEqualTo(500);
            assertThat(late.text()).contains("no decision was reached in time");
            assertThat(fixture.ollama().requests()).isEmpty();
        }
    }
}
