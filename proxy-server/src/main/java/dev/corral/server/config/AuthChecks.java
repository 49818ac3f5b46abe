package dev.corral.server.config;

import dev.corral.auth.jwt.JwtIssuer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Checks of how callers prove who they are. */
final class AuthChecks {
    private final CorralConfig config;
    private final Findings findings;

    AuthChecks(CorralConfig config, Findings findings) {
        this.config = config;
        this.findings = findings;
    }

    void check() {
        List<JwtIssuer> issuers = config.auth().jwt();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < issuers.size(); i++) {
            JwtIssuer issuer = issuers.get(i);
            if (!names.add(issuer.issuer())) {
                findings.wrong(Settings.AUTH.jwt, i, issuer.issuer(), "another issuer than those before it");
            }
            for (String role : issuer.roles().values()) {
                role(i, role);
            }
            if (issuer.defaultRole() != null) {
                role(i, issuer.defaultRole());
            }
        }
    }

    void warn() {
        if (config.core().edge().pathTokens()) {
            findings.warn(
                    Settings.AUTH.pathTokens,
                    "lets keys stand in URLs: programs and proxies on the way may write them down");
        }
    }

    private void role(int index, String role) {
        if (!config.roles().containsKey(role)) {
            findings.wrong(
                    Settings.AUTH.jwt,
                    index,
                    role,
                    "the name of a role, one of "
                            + String.join(", ", config.roles().keySet()));
        }
    }
}
