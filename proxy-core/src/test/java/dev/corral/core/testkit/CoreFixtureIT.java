package dev.corral.core.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.spi.AdmissionDecision;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.Metering;
import dev.corral.core.spi.Outcome;
import dev.corral.core.spi.Permit;
import dev.corral.core.spi.Usage;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** That the fixture notices what it promises to notice. */
@ExtendWith(NothingLeft.class)
final class CoreFixtureIT {
    private static final Duration SHORT = Duration.ofMillis(100);

    @EachTransport
    void exchangeThatStillRuns_isALeftover(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            fixture.ollama().onRequest(Answer.NEVER);
            RawClient client = fixture.client();
            client.send(Requests.get("/api/tags"));
            fixture.ollama().awaitRequests(1);
            assertThatThrownBy(() -> fixture.assertNothingLeft(1, SHORT))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("1 exchanges in flight")
                    .hasMessageContaining("1 leased upstream connections")
                    .hasMessageContaining("1 permits held");
            client.close();
            fixture.assertNothingLeft(0);
        }
    }

    @EachTransport
    void openClient_isALeftoverUnlessExpected(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            RawClient client = fixture.client();
            Await.until("it is open", () -> fixture.stats().clientConnections() == 1);
            fixture.assertNothingLeft(1);
            assertThatThrownBy(() -> fixture.assertNothingLeft(0, SHORT)).hasMessageContaining("client connections");
            client.close();
        }
    }

    @EachTransport
    void probeAtTheStart_isForgotten(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            assertThat(fixture.ollama().connections()).isEmpty();
            RawClient client = fixture.client();
            client.send(Requests.get("/api/version"));
            assertThat(client.read().text()).isEqualTo("{\"ok\":true}");
            assertThat(fixture.ollama().request(0).number()).isZero();
            assertThat(fixture.ollama().connections().get(0).number()).isZero();
        }
    }

    @EachTransport
    void failedScript_failsTheFixture(Transport transport) throws IOException {
        CoreFixture fixture = CoreSetup.on(transport).start();
        fixture.ollama().onRequest((connection, request) -> {
            throw new AssertionError("surprise");
        });
        RawClient client = fixture.client();
        client.send(Requests.get("/api/tags"));
        assertThat(client.read().status()).isEqualTo(502);
        assertThatThrownBy(fixture::close).isInstanceOf(AssertionError.class).hasMessageContaining("scripts failed");
    }

    @Test
    void permit_isCountedBackOnce() {
        CountingRule rule = new CountingRule();
        Usage usage = new Usage(1, 2, 3, Outcome.COMPLETED, Metering.NONE);
        Permit permit = permit(rule);
        assertThat(rule.held()).isEqualTo(1);
        permit.release(usage);
        assertThat(rule.held()).isZero();
        assertThat(rule.returnedAgain()).isZero();
        permit.release(usage);
        assertThat(rule.returnedAgain()).isEqualTo(1);
        assertThat(rule.held()).isZero();
        assertThat(rule.usages()).containsExactly(usage, usage);
    }

    private static Permit permit(CountingRule rule) {
        // The rule looks at nothing of the request.
        return rule.admit(Authenticators.USER, Endpoint.TAGS, NoRequest.INSTANCE)
                        instanceof AdmissionDecision.Admit admit
                ? admit.permit()
                : Permit.NONE;
    }
}
