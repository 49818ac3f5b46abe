package dev.corral.server.config;

import static dev.corral.server.config.Types.duration;

import java.time.Duration;

/** The settings of the {@code ollama} command's signatures. */
final class SignatureKeys {
    final Setting<Duration> skew;

    SignatureKeys() {
        skew = Settings.setting(
                "auth.signature-skew",
                duration(Duration.ofSeconds(1), Duration.ofHours(1)),
                "How far the time of a request that the ollama command has signed (OLLAMA_AUTH=1) may be from this machine's;"
                        + " who overhears it can repeat it for as long, where it is not encrypted.",
                config -> config.signatures().skew());
    }
}
