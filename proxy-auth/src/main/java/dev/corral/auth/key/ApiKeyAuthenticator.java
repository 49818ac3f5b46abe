package dev.corral.auth.key;

import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.AuthDecision;
import dev.corral.core.spi.Authenticator;
import dev.corral.core.spi.NanoClock;
import dev.corral.core.spi.RequestView;
import java.util.List;

/**
 * Recognises API keys. A request without any of the fields that carry one is not this scheme's; every other request is,
 * and is denied unless it presents exactly one good key.
 *
 * <p>Any thread; does not block. Wrong form is refused before anything is hashed. A well-formed key costs one digest and
 * one comparison, whether its id exists or not, and state is looked at only after the secret matched: who does not hold
 * the secret learns nothing about a key.
 */
public final class ApiKeyAuthenticator implements Authenticator {
    // Compared with where no key has the id, or it has no secret; no input is known to have this digest, and none would
    // be let in by it.
    private static final List<KeySecret> DUMMY = List.of(new KeySecret(new byte[KeyDigest.LENGTH], null));

    private static final AuthDecision MALFORMED = new AuthDecision.Denied(ProxyError.MALFORMED_KEY);
    private static final AuthDecision PLACEHOLDER = new AuthDecision.Denied(ProxyError.PLACEHOLDER_KEY);
    private static final AuthDecision UNKNOWN = new AuthDecision.Denied(ProxyError.UNKNOWN_KEY);
    private static final AuthDecision EXPIRED = new AuthDecision.Denied(ProxyError.EXPIRED_KEY);
    private static final AuthDecision REVOKED = new AuthDecision.Denied(ProxyError.REVOKED_KEY);

    private final LiveKeyRing keys;
    private final NanoClock clock;

    public ApiKeyAuthenticator(LiveKeyRing keys, NanoClock clock) {
        this.keys = keys;
        this.clock = clock;
    }

    @Override
    public AuthDecision authenticate(RequestView request) {
        Credentials credentials = Credentials.of(request);
        if (credentials instanceof Credentials.Presented presented) {
            return decide(presented.key());
        }
        if (credentials == Credentials.Placeholder.INSTANCE) {
            return PLACEHOLDER;
        }
        return credentials == Credentials.Absent.INSTANCE ? AuthDecision.NotMine.INSTANCE : MALFORMED;
    }

    private AuthDecision decide(PresentedKey presented) {
        KeyRecord key = keys.current().byId(presented.id());
        byte[] digest = KeyDigest.of(presented);
        KeySecret match = null;
        List<KeySecret> secrets = key == null || key.secrets().isEmpty() ? DUMMY : key.secrets();
        for (KeySecret secret : secrets) {
            // No early end: which of the secrets it was must not show in the time either.
            if (secret.matches(digest)) {
                match = secret;
            }
        }
        if (key == null || match == null || secrets == DUMMY) {
            return UNKNOWN;
        }
        // For most keys the time does not matter, and asking for it is not free.
        long now = key.expires() != null || match.ends() ? clock.epochMillis() : 0;
        return switch (key.state(now)) {
            case REVOKED -> REVOKED;
            case EXPIRED -> EXPIRED;
            case ACTIVE -> match.over(now) ? EXPIRED : new AuthDecision.Granted(key.principal());
        };
    }
}
