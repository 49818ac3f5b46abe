package dev.corral.core.exchange;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.AuthDecision;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out who is calling. Without a valid answer nobody gets past here, and only so often from one address, which is
 * locked out if it guesses; a valid one
 * is good however many others fail there.
 */
final class AuthenticateStage implements HeadStage {
    private static final Logger LOG = LoggerFactory.getLogger(AuthenticateStage.class);

    private final Shared shared;

    AuthenticateStage(Shared shared) {
        this.shared = shared;
    }

    @Override
    public @Nullable StageResult decide(Exchange exchange) {
        AuthDecision decision = shared.wiring.authenticator().authenticate(exchange.view());
        if (decision instanceof AuthDecision.Later later) {
            var unused = later.answer()
                    .whenComplete((answer, failure) ->
                            exchange.ctx().executor().execute(() -> resume(exchange, answer, failure)));
            // Only now: if this threw, nobody would resume. The answer comes by way of the loop, so not before.
            exchange.suspend(Lateness.UNDECIDED);
            return StageResult.Suspend.INSTANCE;
        }
        return settle(exchange, decision);
    }

    private void resume(Exchange exchange, @Nullable AuthDecision answer, @Nullable Throwable failure) {
        if (failure != null) {
            LOG.error("{} authentication failed to answer", exchange.id, failure);
        }
        exchange.resume(settle(exchange, failure == null ? answer : null));
    }

    private StageResult settle(Exchange exchange, @Nullable AuthDecision decision) {
        if (decision instanceof AuthDecision.Granted granted) {
            exchange.principal = granted.principal();
            return StageResult.Proceed.INSTANCE;
        }
        if (decision instanceof AuthDecision.Denied denied) {
            return denied(exchange, denied.error());
        }
        if (decision instanceof AuthDecision.NotMine) {
            return denied(exchange, ProxyError.MISSING_KEY);
        }
        return new StageResult.Refuse(
                new ProxyError(ErrorCode.INTERNAL, "who is calling could not be found out; try again later"));
    }

    private StageResult denied(Exchange exchange, ProxyError error) {
        // Who sends more proofs than can be looked at is taken for a stranger as well.
        if (!error.code().unauthenticated() && error.code() != ErrorCode.OVERLOADED) {
            return new StageResult.Refuse(error);
        }
        ProxyError instead = shared.strangers.take(exchange.client);
        if (instead == null && shared.lockOut != null && isGuess(error.code())) {
            instead = shared.lockOut.failed(exchange.client);
        }
        return new StageResult.Refuse(instead == null ? error : instead);
    }

    /**
     * Whether a secret may have been guessed. All of these count alike, so that being locked out does not tell a key that
     * is expired, revoked or used from the wrong place from one that does not exist. What nobody guesses does not count:
     * programs whose token or clock is out of date, and people who wait until their key is registered, need the reason.
     */
    private static boolean isGuess(ErrorCode code) {
        return switch (code) {
            case MALFORMED_KEY, UNKNOWN_KEY, EXPIRED_KEY, REVOKED_KEY, FOREIGN_ADDRESS -> true;
            default -> false;
        };
    }
}
