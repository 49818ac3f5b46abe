package dev.corral.core.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.spi.AuthDecision;
import dev.corral.core.spi.PeerCertificate;
import dev.corral.core.testkit.Authenticators;
import dev.corral.core.testkit.CoreFixture;
import dev.corral.core.testkit.CoreSetup;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.RawClient;
import dev.corral.core.testkit.Requests;
import dev.corral.core.testkit.TestCertificates;
import dev.corral.core.testkit.TlsClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is known of a client that shows a certificate. */
@ExtendWith(NothingLeft.class)
final class ClientCertificateIT {
    private static final TestCertificates CA = TestCertificates.authority("ca");
    private static final TestCertificates OTHER = TestCertificates.authority("other");
    private static final CertificateBundle SERVER = CA.server("localhost");

    private static TlsContexts contexts(TlsSettings.Provider provider, boolean asked, TestCertificates... authorities)
            throws TlsException {
        TlsContexts contexts = new TlsContexts(new TlsSettings(
                provider,
                false,
                asked,
                List.of(authorities).stream().map(TestCertificates::certificate).toList()));
        contexts.replace(List.of(SERVER));
        return contexts;
    }

    /** What the authenticator sees of one client, on each of two requests of a connection. */
    private static @Nullable PeerCertificate seen(TlsContexts tls, @Nullable CertificateBundle own, String version)
            throws IOException {
        List<PeerCertificate> seen = Collections.synchronizedList(new ArrayList<>());
        try (CoreFixture fixture = CoreSetup.on(Transport.AUTO)
                .tls(tls)
                .authenticator(request -> {
                    seen.add(request.peerCertificate());
                    return new AuthDecision.Granted(Authenticators.USER);
                })
                .start()) {
            TlsClient client = TlsClient.trusting(CA).protocols(version);
            SSLSocket socket = (own == null ? client : client.certificate(own)).connect(fixture.address());
            RawClient raw = fixture.client(socket);
            for (int i = 0; i < 2; i++) {
                raw.send(Requests.get("/api/tags"));
                assertThat(raw.read().status()).isEqualTo(200);
            }
        }
        assertThat(seen).hasSize(2);
        assertThat(seen.get(0)).isSameAs(seen.get(1));
        return seen.get(0);
    }

    @EachProvider
    void trusted_isWhoTheConfiguredAuthorityVouchesForNow(TlsSettings.Provider provider)
            throws IOException, TlsException {
        for (String version : List.of("TLSv1.3", "TLSv1.2")) {
            try (TlsContexts tls = contexts(provider, true, CA)) {
                CertificateBundle mine = CA.client("anna");
                PeerCertificate seen = seen(tls, mine, version);
                assertThat(seen).isEqualTo(new PeerCertificate(mine.chain().get(0), true));
                for (CertificateBundle stranger :
                        List.of(OTHER.client("anna"), CA.expiredClient("anna"), CA.server("anna"))) {
                    PeerCertificate shown = seen(tls, stranger, version);
                    assertThat(shown)
                            .isEqualTo(new PeerCertificate(stranger.chain().get(0), false));
                }
                assertThat(seen(tls, null, version)).isNull();
            }
        }
    }

    @EachProvider
    void resumedSession_isStillTheClientsWithTheSameCertificate(TlsSettings.Provider provider)
            throws IOException, TlsException {
        CertificateBundle mine = CA.client("anna");
        List<PeerCertificate> seen = Collections.synchronizedList(new ArrayList<>());
        for (String version : List.of("TLSv1.3", "TLSv1.2")) {
            try (TlsContexts tls = contexts(provider, true, CA);
                    CoreFixture fixture = CoreSetup.on(Transport.AUTO)
                            .tls(tls)
                            .authenticator(request -> {
                                seen.add(request.peerCertificate());
                                return new AuthDecision.Granted(Authenticators.USER);
                            })
                            .start()) {
                TlsClient client = TlsClient.trusting(CA).certificate(mine).protocols(version);
                List<Long> begun = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    SSLSocket socket = client.connect(fixture.address());
                    RawClient raw = fixture.client(socket);
                    raw.send(Requests.get("/api/tags"));
                    assertThat(raw.read().status()).isEqualTo(200);
                    begun.add(socket.getSession().getCreationTime());
                    raw.close();
                }
                // A session that is resumed keeps the time at which it began.
                assertThat(begun)
                        .as(version)
                        .hasSizeGreaterThan(begun.stream().distinct().toList().size());
            }
        }
        assertThat(seen)
                .hasSize(6)
                .containsOnly(new PeerCertificate(mine.chain().get(0), true));
    }

    @EachProvider
    void authorityThatIsTakenAway_vouchesForNobodyInNewHandshakesAndResumedSessions(TlsSettings.Provider provider)
            throws IOException, TlsException {
        CertificateBundle mine = CA.client("anna");
        CertificateBundle theirs = OTHER.client("otto");
        List<Boolean> trusted = Collections.synchronizedList(new ArrayList<>());
        for (String version : List.of("TLSv1.3", "TLSv1.2")) {
            trusted.clear();
            try (TlsContexts tls = contexts(provider, true, CA);
                    CoreFixture fixture = CoreSetup.on(Transport.AUTO)
                            .tls(tls)
                            .authenticator(request -> {
                                trusted.add(Objects.requireNonNull(request.peerCertificate())
                                        .trusted());
                                return new AuthDecision.Granted(Authenticators.USER);
                            })
                            .start()) {
                TlsClient anna = TlsClient.trusting(CA).certificate(mine).protocols(version);
                TlsClient otto = TlsClient.trusting(CA).certificate(theirs).protocols(version);
                RawClient before = fixture.client(anna.connect(fixture.address()));
                ask(before);
                ask(fixture.client(anna.connect(fixture.address())));
                ask(fixture.client(otto.connect(fixture.address())));
                assertThat(trusted).as(version).containsExactly(true, true, false);

                tls.trust(List.of(OTHER.certificate()));
                trusted.clear();
                ask(fixture.client(anna.connect(fixture.address())));
                ask(fixture.client(otto.connect(fixture.address())));
                ask(before);
                assertThat(trusted).as(version).containsExactly(false, true, true);

                tls.replace(List.of(CA.rsaServer("localhost")));
                trusted.clear();
                ask(fixture.client(anna.connect(fixture.address())));
                tls.trust(List.of());
                ask(fixture.client(otto.connect(fixture.address())));
                assertThat(trusted).as(version).containsExactly(false, false);
            }
        }
    }

    private static void ask(RawClient client) throws IOException {
        client.send(Requests.get("/api/tags"));
        assertThat(client.read().status()).isEqualTo(200);
    }

    /** Clients choose by it: one with certificates of several authorities would show another one, or none. */
    @EachProvider
    void authorityThatIsNew_isNamedToClients(TlsSettings.Provider provider) throws IOException, TlsException {
        try (TlsContexts tls = contexts(provider, true, CA);
                CoreFixture fixture = CoreSetup.on(Transport.AUTO).tls(tls).start()) {
            TlsClient client = TlsClient.trusting(CA).certificate(CA.client("anna"));
            fixture.client(client.connect(fixture.address()));
            assertThat(client.issuers()).containsExactly("CN=ca");
            tls.trust(List.of(CA.certificate(), OTHER.certificate()));
            fixture.client(client.connect(fixture.address()));
            assertThat(client.issuers()).containsExactlyInAnyOrder("CN=ca", "CN=other");
        }
    }

    @EachProvider
    void withoutAuthorities_nobodyIsTrusted(TlsSettings.Provider provider) throws IOException, TlsException {
        try (TlsContexts tls = contexts(provider, true)) {
            CertificateBundle mine = CA.client("anna");
            assertThat(seen(tls, mine, "TLSv1.3"))
                    .isEqualTo(new PeerCertificate(mine.chain().get(0), false));
        }
    }

    @EachProvider
    void notAsked_clientsShowNothing(TlsSettings.Provider provider) throws IOException, TlsException {
        try (TlsContexts tls = contexts(provider, false, CA)) {
            assertThat(seen(tls, CA.client("anna"), "TLSv1.3")).isNull();
        }
    }
}
