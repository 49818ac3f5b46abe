package dev.corral.core.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.testkit.Await;
import dev.corral.core.testkit.CoreFixture;
import dev.corral.core.testkit.CoreSetup;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.TestCertificates;
import dev.corral.core.testkit.TlsClient;
import java.io.IOException;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.extension.ExtendWith;

/** TLS-ALPN-01: a certificate that only an ACME server sees. */
@ExtendWith(NothingLeft.class)
final class AcmeChallengeIT {
    private static final TestCertificates CA = TestCertificates.authority("ca");
    private static final CertificateBundle SERVER = CA.server("gpu.lab");
    private static final CertificateBundle PROOF = CA.server("gpu.lab");

    @EachProvider
    void acmeServer_seesTheProof_othersTheCertificate(TlsSettings.Provider provider) throws IOException, TlsException {
        try (TlsContexts tls = new TlsContexts(new TlsSettings(provider, true, false, List.of()));
                CoreFixture fixture = CoreSetup.on(Transport.AUTO).tls(tls).start()) {
            TlsClient acme = TlsClient.trusting(CA).host("gpu.lab").applications("acme-tls/1");
            TlsClient other = TlsClient.trusting(CA).host("gpu.lab").applications("http/1.1");
            TlsClient elsewhere = TlsClient.trusting(CA).host("else.lab").applications("acme-tls/1");

            // Also where there is no other certificate yet.
            tls.challenge("gpu.lab", PROOF);
            expect(acme, fixture, PROOF);
            tls.replace(List.of(SERVER));
            expect(acme, fixture, PROOF);
            expect(other, fixture, SERVER);
            assertThatThrownBy(() -> elsewhere.connect(fixture.address())).isInstanceOf(IOException.class);

            tls.endChallenge("gpu.lab");
            assertThatThrownBy(() -> acme.connect(fixture.address())).isInstanceOf(IOException.class);
            expect(other, fixture, SERVER);
            assertThat(fixture.ollama().requests()).isEmpty();
        }
    }

    private static void expect(TlsClient client, CoreFixture fixture, CertificateBundle bundle) throws IOException {
        try (SSLSocket socket = client.connect(fixture.address())) {
            assertThat(socket.getSession().getPeerCertificates()[0])
                    .isEqualTo(bundle.chain().get(0));
            if (socket.getApplicationProtocol().equals("acme-tls/1")) {
                // Nothing is ever answered there.
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
            }
        }
        Await.until("it is closed", () -> fixture.stats().clientConnections() == 0);
    }
}
