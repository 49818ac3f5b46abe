package dev.corral.server.config;

import static dev.corral.server.config.Types.BOOLEAN;
import static dev.corral.server.config.Types.duration;
import static dev.corral.server.config.Types.optional;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The settings of certificates from a public authority. */
final class AcmeKeys {
    private final Function<CorralConfig, AcmeSettings> section;

    final Setting<List<String>> domains;
    final Setting<Boolean> agreeTerms;
    final Setting<Optional<String>> email;
    final Setting<AcmeSettings.Challenge> challenge;
    final Setting<URI> directory;
    final Setting<Optional<Path>> caFile;
    final Setting<Optional<Duration>> renewBefore;

    AcmeKeys(Function<CorralConfig, AcmeSettings> section) {
        this.section = section;
        domains = acme(
                "domains",
                TlsTypes.DOMAINS,
                "The host names of the certificate; in public DNS each leads to this Corral.",
                AcmeSettings::domains);
        agreeTerms = acme(
                "agree-terms",
                BOOLEAN,
                "Must be true: that you agree to the terms of service of the authority.",
                AcmeSettings::agreeTerms);
        email = acme(
                "email",
                optional(TlsTypes.MAIL, "none", "for nobody"),
                "Whom the authority may write to.",
                acme -> Optional.ofNullable(acme.email()));
        challenge = acme(
                "challenge",
                TlsTypes.challenge(),
                "How the authority sees that the names are ours: tls-alpn by a connection to port 443, http by one to port"
                        + " 80, which needs a listener that redirects; auto takes what there is, in turns.",
                AcmeSettings::challenge);
        directory = acme("directory", TlsTypes.DIRECTORY, "Which authority.", AcmeSettings::directory);
        caFile = acme(
                "ca-file",
                optional(Types.PATH, "none", "to trust whom Java trusts"),
                "A PEM file with whom to trust when talking to the authority, for one of your own.",
                acme -> Optional.ofNullable(acme.caFile()));
        renewBefore = acme(
                "renew-before",
                optional(
                        duration(Duration.ofHours(1), Duration.ofDays(80)),
                        "auto",
                        "for a third of its life, or when the authority would like it"),
                "How long before its end the certificate is renewed.",
                acme -> Optional.ofNullable(acme.renewBefore()));
    }

    /** What was given, or the defaults. */
    AcmeSettings read(Input input, CorralConfig defaults) {
        return new AcmeSettings(
                input.value(domains, defaults),
                input.value(email, defaults).orElse(null),
                input.value(directory, defaults),
                input.value(caFile, defaults).orElse(null),
                input.value(agreeTerms, defaults),
                input.value(challenge, defaults),
                input.value(renewBefore, defaults).orElse(null));
    }

    private <T> Setting<T> acme(String key, Type<T> type, String description, Function<AcmeSettings, T> of) {
        return Settings.setting("tls.acme." + key, type, description, c -> of.apply(section.apply(c)));
    }
}
