package dev.corral.core.testkit;

import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.AuthDecision;
import dev.corral.core.spi.Authenticator;
import dev.corral.core.spi.Principal;
import java.util.List;
import java.util.Map;

/** Authenticators in a line, for tests of everything else. */
public final class Authenticators {
    public static final Principal USER = new Principal("k-user", "test user", "user");

    private Authenticators() {}

    /** Everybody is {@link #USER}. */
    public static Authenticator allowAll() {
        return allowAs(USER);
    }

    public static Authenticator allowAs(Principal principal) {
        return request -> new AuthDecision.Granted(principal);
    }

    /** By the exact value of {@code Authorization}: absent is not mine, unknown or double is refused. */
    public static Authenticator byAuthorization(Map<String, Principal> known) {
        Map<String, Principal> copy = Map.copyOf(known);
        return request -> {
            List<String> values = request.headers("Authorization");
            if (values.isEmpty()) {
                return AuthDecision.NotMine.INSTANCE;
            }
            Principal principal = values.size() == 1 ? copy.get(values.get(0)) : null;
            return principal == null
                    ? new AuthDecision.Denied(ProxyError.UNKNOWN_KEY)
                    : new AuthDecision.Granted(principal);
        };
    }
}
