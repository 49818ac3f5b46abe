package dev.corral.server.config;

import dev.corral.auth.ssh.OllamaSignatureAuthenticator;
import java.time.Duration;

/**
 * How requests are verified that the {@code ollama} command signs.
 *
 * @param skew how far the time of a signature may be from this machine's
 */
public record SignatureSettings(Duration skew) {
    public static final SignatureSettings DEFAULTS = new SignatureSettings(OllamaSignatureAuthenticator.DEFAULT_SKEW);
}
