package dev.corral.server.config;

import dev.corral.auth.jwt.JwtIssuer;
import java.util.List;

/**
 * Who else than the holders of keys may call.
 *
 * @param jwt the issuers whose tokens are believed, of different names
 */
public record AuthSettings(List<JwtIssuer> jwt) {
    /** Nobody. */
    public static final AuthSettings DEFAULTS = new AuthSettings(List.of());

    public AuthSettings {
        jwt = List.copyOf(jwt);
    }
}
