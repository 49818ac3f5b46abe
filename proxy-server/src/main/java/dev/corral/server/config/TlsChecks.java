package dev.corral.server.config;

import dev.corral.core.ListenerSettings.Kind;
import dev.corral.server.config.TlsConfig.ClientCertificates;
import dev.corral.server.config.TlsConfig.Mode;

/** Checks between the settings of TLS. */
final class TlsChecks {
    private final CorralConfig config;
    private final TlsConfig tls;
    private final Input input;
    private final Problems problems;

    TlsChecks(CorralConfig config, Input input, Problems problems) {
        this.config = config;
        this.tls = config.tls();
        this.input = input;
        this.problems = problems;
    }

    void validate() {
        TlsKeys keys = Settings.TLS;
        if (input.isBroken(keys.mode) || input.isBroken(keys.certificates)) {
            return;
        }
        if (tls.mode() == Mode.FILES && tls.certificates().isEmpty()) {
            problems.add(
                    input.at(keys.certificates),
                    "none (expected: the files, such as [{certificate: fullchain.pem, key: privkey.pem}])");
        }
        if (tls.mode() != Mode.FILES && !tls.certificates().isEmpty()) {
            problems.add(
                    input.at(keys.certificates),
                    "files (expected: none, as tls.mode is " + word(tls.mode()) + "; or `mode: files`)");
        }
        acme(keys);
        if (tls.mode() != Mode.LOCAL && !tls.names().isEmpty()) {
            problems.add(
                    input.at(keys.names),
                    "names (expected: none, as tls.mode is " + word(tls.mode()) + "; or `mode: local`)");
        }
        if (tls.clientCa() != null && tls.clientCertificates() == ClientCertificates.OFF) {
            problems.add(
                    input.at(keys.clientCa),
                    "a file (expected: none, as tls.client-certificates is off; or `client-certificates: optional`)");
        }
        if (!tls.on() && tls.clientCertificates() != ClientCertificates.OFF) {
            problems.add(input.at(keys.clientCertificates), "optional (expected: off, as tls.mode is off)");
        }
    }

    private void acme(TlsKeys keys) {
        AcmeSettings acme = tls.acme();
        boolean given = !acme.domains().isEmpty();
        if (tls.mode() == Mode.ACME && !given && !input.isBroken(keys.acme.domains)) {
            problems.add(
                    input.at(keys.acme.domains),
                    "none (expected: the host names of the certificate, such as [gpu.example.org])");
        }
        if (tls.mode() == Mode.ACME && !acme.agreeTerms() && !input.isBroken(keys.acme.agreeTerms)) {
            problems.add(
                    input.at(keys.acme.agreeTerms),
                    "false (expected: true, which says that you agree to the authority's terms of service; those of"
                            + " Let's Encrypt are at https://letsencrypt.org/repository/)");
        }
        boolean redirects = config.core().listeners().stream().anyMatch(listener -> listener.kind() == Kind.REDIRECT);
        if (tls.mode() == Mode.ACME && acme.challenge() == AcmeSettings.Challenge.HTTP && !redirects) {
            problems.add(
                    input.at(keys.acme.challenge),
                    "http (expected: tls-alpn, or a listener with `redirect: true`, which answers on port 80)");
        }
        if (tls.mode() != Mode.ACME && given) {
            problems.add(
                    input.at(keys.acme.domains),
                    "names (expected: none, as tls.mode is " + word(tls.mode()) + "; or `mode: acme`)");
        }
    }

    private static String word(Mode mode) {
        return Settings.TLS.mode.type().write(mode).kind();
    }
}
