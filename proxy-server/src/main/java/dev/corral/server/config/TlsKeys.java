package dev.corral.server.config;

import static dev.corral.server.config.Types.oneOf;
import static dev.corral.server.config.Types.optional;

import dev.corral.core.tls.TlsSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The settings of TLS. */
final class TlsKeys {
    private static final Path NONE = Path.of("");
    private static final Member<TlsConfig.Pair, Path> CERTIFICATE = new Member<>(
            "certificate",
            Types.PATH,
            "The certificate, then those that lead to the root.",
            TlsConfig.Pair::certificate,
            Member.Presence.REQUIRED);
    private static final Member<TlsConfig.Pair, Path> KEY =
            new Member<>("key", Types.PATH, "Its key.", TlsConfig.Pair::key, Member.Presence.REQUIRED);
    private static final ListType<TlsConfig.Pair> PAIRS = new ListType<>(
            "a list of pairs such as {certificate: fullchain.pem, key: privkey.pem}",
            new Section<>(
                    List.of(CERTIFICATE, KEY),
                    values -> new TlsConfig.Pair(values.get(CERTIFICATE), values.get(KEY)),
                    new TlsConfig.Pair(NONE, NONE)));

    final Setting<TlsConfig.Mode> mode = tls(
            "mode",
            oneOf(TlsConfig.Mode.values()),
            "Where the certificate for clients comes from: files, local for an authority of Corral's own that clients are told"
                    + " to trust, acme for a public authority; off: there is none, and keys can be read on their way."
                    + " A word in place of the whole section stands for this setting.",
            TlsConfig::mode);
    final Setting<List<TlsConfig.Pair>> certificates = tls(
            "certificates",
            PAIRS,
            "For files: PEM files, read again when they change. A client gets the first one that has the host name it asks"
                    + " for, or the first of all.",
            TlsConfig::certificates);
    final Setting<List<String>> names = tls(
            "names",
            TlsTypes.NAMES,
            "For local: by what clients call this machine, besides localhost and the host of public-url; none for the"
                    + " names and addresses that it has itself.",
            TlsConfig::names);
    final AcmeKeys acme = new AcmeKeys(c -> c.tls().acme());
    final Setting<TlsConfig.ClientCertificates> clientCertificates = tls(
            "client-certificates",
            oneOf(TlsConfig.ClientCertificates.values()),
            "Whether clients are asked for a certificate, which can take the place of a key; docs/tls.md tells how.",
            TlsConfig::clientCertificates);
    final Setting<Optional<Path>> clientCa = tls(
            "client-ca",
            optional(
                    Types.PATH,
                    "none",
                    "to trust nobody, so that only certificates whose public key is known are good"),
            "A PEM file with the certificates of those who issue certificates to clients, read again when it changes.",
            tls -> Optional.ofNullable(tls.clientCa()));
    final Setting<TlsSettings.Provider> provider = tls(
            "provider",
            oneOf(TlsSettings.Provider.values()),
            "Whose code encrypts: auto takes OpenSSL's where its library loads, which needs less processor time.",
            TlsConfig::provider);

    private static <T> Setting<T> tls(String key, Type<T> type, String description, Function<TlsConfig, T> of) {
        return Settings.setting("tls." + key, type, description, c -> of.apply(c.tls()));
    }
}
