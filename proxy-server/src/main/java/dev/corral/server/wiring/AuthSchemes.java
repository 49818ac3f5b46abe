package dev.corral.server.wiring;

import dev.corral.auth.jwt.CaFile;
import dev.corral.auth.jwt.IssuerCounts;
import dev.corral.auth.jwt.JwtAuthenticator;
import dev.corral.auth.key.ApiKeyAuthenticator;
import dev.corral.auth.key.LiveKeyRing;
import dev.corral.auth.mtls.CertificateAuthenticator;
import dev.corral.core.spi.Authenticator;
import dev.corral.core.spi.NanoClock;
import dev.corral.server.config.CorralConfig;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The ways to prove who one is that are configured, in the order in which they are tried. */
final class AuthSchemes implements AutoCloseable {
    private final List<Authenticator> inOrder = new ArrayList<>();
    private final Signatures signatures;
    private final @Nullable JwtAuthenticator tokens;

    AuthSchemes(CorralConfig config, LiveKeyRing keys, NanoClock clock) {
        signatures = new Signatures(config, keys, clock);
        inOrder.add(signatures.authenticator());
        // Without issuers none of the library's classes are loaded.
        tokens = config.auth().jwt().isEmpty()
                ? null
                : new JwtAuthenticator(config.auth().jwt(), keys, clock);
        if (tokens != null) {
            inOrder.add(tokens);
        }
        // Claims whatever else is in the fields for credentials.
        inOrder.add(new ApiKeyAuthenticator(keys, clock));
        inOrder.add(new CertificateAuthenticator(keys, clock));
    }

    /**
     * Looks at the files that they need.
     *
     * @throws StartException where one cannot be used
     */
    static void check(CorralConfig config) throws StartException {
        List<String> problems = CaFile.problems(config.auth().jwt());
        if (!problems.isEmpty()) {
            throw new StartException(StartException.Reason.CONFIG, String.join("\n", problems), null);
        }
    }

    List<Authenticator> inOrder() {
        return List.copyOf(inOrder);
    }

    /** A look at each issuer of tokens. */
    List<IssuerCounts> issuers() {
        return tokens == null ? List.of() : tokens.counts();
    }

    /** Begins what goes on in the background. */
    void start() {
        if (tokens != null) {
            tokens.start();
        }
    }

    @Override
    public void close() {
        signatures.close();
        if (tokens != null) {
            tokens.close();
        }
    }
}
