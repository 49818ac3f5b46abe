package dev.corral.server.cli;

import dev.corral.server.tls.local.LocalAuthority;
import java.time.ZoneOffset;

/** How clients are told to trust a local authority, for people. */
final class TrustText {
    private static final String HOW = """
            Its certificate is no secret. Take it to each client, and compare the fingerprint there:

              @PEM@ > corral-ca.pem
              openssl x509 -in corral-ca.pem -noout -fingerprint -sha256

            Then let the whole machine trust it:

              Debian, Ubuntu   sudo cp corral-ca.pem /usr/local/share/ca-certificates/corral-ca.crt
                               sudo update-ca-certificates
              Fedora, RHEL     sudo cp corral-ca.pem /etc/pki/ca-trust/source/anchors/
                               sudo update-ca-trust
              macOS            sudo security add-trusted-cert -d -r trustRoot \\
                                 -k /Library/Keychains/System.keychain corral-ca.pem
              Windows          certutil -addstore -f Root corral-ca.pem     (as administrator)

            Browsers go by the machine's, but on Linux they have their own lists:

              Firefox          Settings, Privacy & Security, View Certificates, Authorities, Import
              Chrome           mkdir -p ~/.pki/nssdb
                               certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n corral -i corral-ca.pem
                               (of the package libnss3-tools, or nss-tools)

            Or only one program:

              curl             curl --cacert corral-ca.pem ...
              ollama, Go       SSL_CERT_FILE=$PWD/corral-ca.pem ollama ...     (Linux; elsewhere the machine's)
              Python           SSL_CERT_FILE=$PWD/corral-ca.pem                (ollama, openai, anthropic, httpx)
                               REQUESTS_CA_BUNDLE=$PWD/corral-ca.pem           (requests)
              Node             NODE_EXTRA_CA_CERTS=$PWD/corral-ca.pem
              Java             sudo keytool -importcert -cacerts -storepass changeit -noprompt \\
                                 -alias corral -file corral-ca.pem     (no sudo where the Java is your own)

            SSL_CERT_FILE and REQUESTS_CA_BUNDLE take the place of the public authorities. For a program that also calls
            public sites: cat /etc/ssl/certs/ca-certificates.crt corral-ca.pem > all.pem, and name that.
            """;

    private TrustText() {}

    static String of(LocalAuthority authority, String pem) {
        return "The local authority of this Corral, which signs its certificate:\n\n"
                + "  name         " + authority.name() + "\n"
                + "  SHA-256      " + authority.fingerprint() + "\n"
                + "  until        "
                + authority
                        .certificate()
                        .getNotAfter()
                        .toInstant()
                        .atZone(ZoneOffset.UTC)
                        .toLocalDate()
                + "\n\n" + HOW.replace("@PEM@", pem);
    }
}
