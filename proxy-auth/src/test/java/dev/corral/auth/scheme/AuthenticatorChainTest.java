package dev.corral.auth.scheme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.corral.auth.TestRequest;
import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.AuthDecision;
import dev.corral.core.spi.AuthDecision.Denied;
import dev.corral.core.spi.AuthDecision.Granted;
import dev.corral.core.spi.AuthDecision.Later;
import dev.corral.core.spi.AuthDecision.NotMine;
import dev.corral.core.spi.Authenticator;
import dev.corral.core.spi.Principal;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class AuthenticatorChainTest {
    private static final AuthDecision GRANTED = new Granted(new Principal("id", "name", "user"));
    private static final AuthDecision DENIED = new Denied(ProxyError.UNKNOWN_KEY);
    private static final AuthDecision MISSING = new Denied(ProxyError.MISSING_KEY);
    private static final Authenticator NOT_MINE = request -> NotMine.INSTANCE;
    private static final Authenticator NEVER_ASKED = request -> {
        throw new AssertionError("must not be asked");
    };

    private static AuthDecision decide(Authenticator... schemes) {
        return new AuthenticatorChain(List.of(schemes)).authenticate(new TestRequest());
    }

    @Test
    void noScheme_refusesEverybody() {
        assertThat(decide()).isEqualTo(MISSING);
    }

    @Test
    void nobodyRecognisesTheCredential_missingKey() {
        assertThat(decide(NOT_MINE, NOT_MINE)).isEqualTo(MISSING);
    }

    @Test
    void firstThatRecognises_decides() {
        assertThat(decide(NOT_MINE, request -> GRANTED, NEVER_ASKED)).isEqualTo(GRANTED);
    }

    @Test
    void denial_isNotRetriedWithAnotherScheme() {
        assertThat(decide(request -> DENIED, NEVER_ASKED)).isEqualTo(DENIED);
    }

    @Test
    void laterAnswer_isPassedOn() {
        CompletableFuture<AuthDecision> answer = new CompletableFuture<>();
        AuthDecision decision = decide(request -> new Later(answer), NEVER_ASKED);
        answer.complete(GRANTED);
        assertThat(settled(decision)).isEqualTo(GRANTED);
    }

    @Test
    void laterAnswerNotMine_refuses() {
        AuthDecision decision =
                decide(request -> new Later(CompletableFuture.completedFuture(NotMine.INSTANCE)), NEVER_ASKED);
        assertThat(settled(decision)).isEqualTo(MISSING);
    }

    @Test
    void laterAnswerFails_staysFailed() {
        AuthDecision decision =
                decide(request -> new Later(CompletableFuture.failedFuture(new IllegalStateException("away"))));
        assertThat(decision)
                .isInstanceOfSatisfying(
                        Later.class,
                        later ->
                                assertThat(later.answer().toCompletableFuture()).isCompletedExceptionally());
    }

    @Test
    void throwingScheme_neverFallsThroughToTheNext() {
        Authenticator broken = request -> {
            throw new IllegalStateException("broken");
        };
        assertThatThrownBy(() -> decide(broken, request -> GRANTED)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    @SuppressWarnings("NullAway") // that it is not allowed is the point
    void schemeDecidesNothing_neverFallsThroughToTheNext() {
        assertThatThrownBy(() -> decide(request -> null, request -> GRANTED)).isInstanceOf(NullPointerException.class);
    }

    private static AuthDecision settled(AuthDecision decision) {
        assertThat(decision).isInstanceOf(Later.class);
        return ((Later) decision).answer().toCompletableFuture().join();
    }
}
