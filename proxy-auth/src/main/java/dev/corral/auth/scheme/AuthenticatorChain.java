package dev.corral.auth.scheme;

import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.AuthDecision;
import dev.corral.core.spi.Authenticator;
import dev.corral.core.spi.RequestView;
import java.util.List;
import java.util.Objects;

/**
 * Asks schemes in order; the first that recognises its kind of credential decides, also where it denies. Nobody
 * recognises anything: MISSING_KEY. A throw and a {@code null} end the chain and so refuse the request.
 */
public final class AuthenticatorChain implements Authenticator {
    private static final AuthDecision MISSING = new AuthDecision.Denied(ProxyError.MISSING_KEY);

    private final List<Authenticator> schemes;

    /**
     * Takes the schemes in the order to try them.
     *
     * @param schemes may be empty: then everybody is refused
     */
    public AuthenticatorChain(List<Authenticator> schemes) {
        this.schemes = List.copyOf(schemes);
    }

    @Override
    public AuthDecision authenticate(RequestView request) {
        for (Authenticator scheme : schemes) {
            AuthDecision decision = scheme.authenticate(request);
            Objects.requireNonNull(decision, "a scheme decided nothing");
            if (decision instanceof AuthDecision.Later later) {
                return new AuthDecision.Later(later.answer().thenApply(AuthenticatorChain::settled));
            }
            if (decision != AuthDecision.NotMine.INSTANCE) {
                return decision;
            }
        }
        return MISSING;
    }

    // The request is gone by then, so no other scheme can be asked: a scheme that asks for time has claimed it.
    private static AuthDecision settled(AuthDecision answer) {
        return answer == AuthDecision.NotMine.INSTANCE ? MISSING : answer;
    }
}
