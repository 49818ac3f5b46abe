package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.policy.PolicyDecision;
import dev.corral.core.testkit.Await;
import dev.corral.core.testkit.CoreFixture;
import dev.corral.core.testkit.CoreSetup;
import dev.corral.core.testkit.EachTransport;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.RawClient;
import dev.corral.core.testkit.Requests;
import dev.corral.core.testkit.Response;
import dev.corral.core.testkit.Roles;
import dev.corral.core.testkit.SeenRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Bodies that take long to read are read elsewhere than on an event loop, with the same result. */
@ExtendWith(NothingLeft.class)
final class LargeBodiesIT {
    private static final PolicyDecision REFUSED =
            new PolicyDecision.Refuse(new ProxyError(ErrorCode.INVALID_BODY, "no"), null);
    private static final String TEXT = "x".repeat(2 * LargeBodies.LARGE);

    private static String body(String model) {
        return "{\"model\":\"" + model + "\",\"keep_alive\":-1,\"prompt\":\"" + TEXT + "\"}";
    }

    @EachTransport
    void largeBody_isChangedRefusedAndForwardedLikeAnyOther(Transport transport) throws IOException {
        try (CoreFixture fixture =
                CoreSetup.on(transport).policies(Roles.safe("open")).start()) {
            RawClient client = fixture.client();
            client.send(Requests.post("/api/generate", body("open")));
            assertThat(client.read().status()).isEqualTo(200);
            client.send(Requests.post("/api/generate", body("secret")));
            assertThat(client.read().status()).isEqualTo(404);
            client.send(Requests.post("/api/generate", body("open") + "}"));
            Response invalid = client.read();
            assertThat(invalid.status()).isEqualTo(400);
            assertThat(invalid.header("X-Corral-Code")).isEqualTo("invalid_body");
            client.send(Requests.post("/api/generate", body("open")) + Requests.post("/api/generate", Requests.MODEL));
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(client.read().status()).isEqualTo(404);

            assertThat(fixture.ollama().requests()).hasSize(2);
            for (SeenRequest request : fixture.ollama().requests()) {
                assertThat(request.body().text())
                        .contains("\"keep_alive\":3600")
                        .endsWith(TEXT + "\"}");
            }
        }
    }

    @EachTransport
    void clientLeavesWhileItsBodyIsRead_nothingReachesTheUpstream(Transport transport) throws IOException {
        try (CoreFixture fixture =
                CoreSetup.on(transport).policies(Roles.safe("open")).start()) {
            RawClient client = fixture.client();
            client.send(Requests.post("/api/generate", body("secret")));
            client.rst();
            Await.until("the exchange is over", () -> fixture.stats().inFlight() == 0);
            Await.until("its body is given back", () -> fixture.stats().bufferedBodyBytes() == 0);
            assertThat(fixture.ollama().requests()).isEmpty();
        }
    }

    @Test
    void whenTooManyWait_noMoreAreTaken_andAllThatWereAreAnswered() {
        CountDownLatch go = new CountDownLatch(1);
        Queue<String> threads = new ConcurrentLinkedQueue<>();
        ByteBuf body = Unpooled.copiedBuffer(new byte[] {'{', '}'});
        int taken = 0;
        try (LargeBodies large = new LargeBodies()) {
            while (large.read(
                    body,
                    new AtomicBoolean(),
                    (scanner, bytes) -> {
                        awaitQuietly(go);
                        threads.add(Thread.currentThread().getName());
                        if (threads.size() == 1) {
                            throw new IllegalStateException("a failure of policy decides nothing");
                        }
                        return REFUSED;
                    },
                    Runnable::run,
                    decision -> threads.add(decision == null ? "nothing" : "refused"))) {
                taken++;
            }
            assertThat(taken).isBetween(256, 258);
            go.countDown();
            int all = taken;
            Await.until("all were read", () -> threads.size() == 2 * all);
            assertThat(threads).containsOnlyOnce("nothing").contains("corral-large-bodies", "refused");
        }
        body.release();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
