package dev.corral.server.config;

import dev.corral.server.config.TlsConfig.ClientCertificates;
import dev.corral.server.config.TlsConfig.Mode;

/** Checks between the settings of TLS. */
final class TlsChecks {
    private final TlsConfig tls;
    private final Input input;
    private final Problems problems;

    TlsChecks(CorralConfig config, Input input, Problems problems) {
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
        if (tls.clientCa() != null && tls.clientCertificates() == ClientCertificates.OFF) {
            problems.add(
                    input.at(keys.clientCa),
                    "a file (expected: none, as tls.client-certificates is off; or `client-certificates: optional`)");
        }
        if (!tls.on() && tls.clientCertificates() != ClientCertificates.OFF) {
            problems.add(input.at(keys.clientCertificates), "optional (expected: off, as tls.mode is off)");
        }
    }

    private static String word(Mode mode) {
        return Settings.TLS.mode.type().write(mode).kind();
    }
}
