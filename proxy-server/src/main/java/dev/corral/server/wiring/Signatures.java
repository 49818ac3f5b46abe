package dev.corral.server.wiring;

import dev.corral.auth.key.LiveKeyRing;
import dev.corral.auth.ssh.OllamaSignatureAuthenticator;
import dev.corral.auth.ssh.PendingKeyFile;
import dev.corral.auth.ssh.PendingKeySaver;
import dev.corral.auth.ssh.PendingKeys;
import dev.corral.core.spi.Authenticator;
import dev.corral.core.spi.NanoClock;
import dev.corral.server.config.CorralConfig;

/** Who verifies what the {@code ollama} command signs, and who remembers the keys that nobody has registered. */
final class Signatures implements AutoCloseable {
    private final PendingKeySaver pending;
    private final OllamaSignatureAuthenticator authenticator;

    Signatures(CorralConfig config, LiveKeyRing keys, NanoClock clock) {
        pending = new PendingKeySaver(new PendingKeys(keys, clock), PendingKeyFile.in(config.stateDir()));
        pending.restore();
        // Half of the machine: the other half has the event loops' other callers, whoever sends bad signatures.
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        authenticator = new OllamaSignatureAuthenticator(
                keys, clock, config.signatures().skew(), threads, pending);
    }

    Authenticator authenticator() {
        return authenticator;
    }

    /** Ends its threads and saves who waits. */
    @Override
    public void close() {
        authenticator.close();
        pending.close();
    }
}
