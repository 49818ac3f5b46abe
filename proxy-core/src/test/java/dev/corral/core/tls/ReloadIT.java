package dev.corral.core.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.testkit.Await;
import dev.corral.core.testkit.CoreFixture;
import dev.corral.core.testkit.CoreSetup;
import dev.corral.core.testkit.Gate;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.RawClient;
import dev.corral.core.testkit.Requests;
import dev.corral.core.testkit.Response;
import dev.corral.core.testkit.TestCertificates;
import dev.corral.core.testkit.TlsClient;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCounted;
import java.io.IOException;
import java.security.cert.Certificate;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Certificates that change while connections live. */
@ExtendWith(NothingLeft.class)
final class ReloadIT {
    private static final TestCertificates CA = TestCertificates.authority("ca");
    private static final CertificateBundle OLD = CA.server("localhost");
    private static final CertificateBundle NEW = CA.rsaServer("localhost");

    private static TlsContexts contexts(TlsSettings.Provider provider) throws TlsException {
        TlsContexts contexts = new TlsContexts(new TlsSettings(provider, false, false, List.of()));
        contexts.replace(List.of(OLD));
        return contexts;
    }

    private static Certificate shown(CoreFixture fixture) throws IOException {
        try (SSLSocket socket = TlsClient.trusting(CA).connect(fixture.address())) {
            return socket.getSession().getPeerCertificates()[0];
        }
    }

    @EachProvider
    void longStreamSurvivesReload(TlsSettings.Provider provider) throws IOException, TlsException {
        Gate replaced = new Gate();
        try (TlsContexts tls = contexts(provider);
                CoreFixture fixture = CoreSetup.on(Transport.AUTO).tls(tls).start()) {
            fixture.ollama().onRequest((connection, request) -> {
                connection.readBody();
                connection.sendHead(200, "Transfer-Encoding: chunked").sendChunk("before ");
                replaced.await();
                connection.sendChunk("after").sendLastChunk();
            });
            RawClient client = fixture.client(TlsClient.trusting(CA).connect(fixture.address()));
            client.send(Requests.post("/api/generate", Requests.MODEL));
            fixture.ollama().awaitRequests(1);
            tls.replace(List.of(NEW));
            tls.replace(List.of(OLD));
            tls.replace(List.of(NEW));
            assertThat(shown(fixture)).isEqualTo(NEW.chain().get(0));
            replaced.open();
            Response response = client.read();
            assertThat(response.text()).isEqualTo("before after");
            client.send(Requests.get("/api/tags"));
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @EachProvider
    void reloadBadCert_oldKeepsServing(TlsSettings.Provider provider) throws IOException, TlsException {
        CertificateBundle mixed =
                new CertificateBundle(OLD.chain(), CA.server("localhost").key());
        CertificateBundle mixedKinds = new CertificateBundle(OLD.chain(), NEW.key());
        try (TlsContexts tls = contexts(provider);
                CoreFixture fixture = CoreSetup.on(Transport.AUTO).tls(tls).start()) {
            assertThatThrownBy(() -> tls.replace(List.of(NEW, mixed)))
                    .isInstanceOf(TlsException.class)
                    .hasMessageContaining("the key does not belong to the certificate");
            assertThatThrownBy(() -> tls.replace(List.of(mixedKinds)))
                    .isInstanceOf(TlsException.class)
                    .hasMessageContaining("the key is of the kind RSA, the certificate's is EC");
            assertThatThrownBy(() -> tls.replace(List.of(new CertificateBundle(List.of(), OLD.key()))))
                    .isInstanceOf(TlsException.class);
            assertThatThrownBy(() -> tls.replace(List.of())).isInstanceOf(TlsException.class);
            assertThat(shown(fixture)).isEqualTo(OLD.chain().get(0));
            assertThat(tls.certificates()).containsExactly(OLD.chain().get(0));
        }
    }

    @Test
    void replacedContext_isGivenBackWithItsLastConnection() throws TlsException {
        try (TlsContexts tls = contexts(TlsSettings.Provider.OPENSSL)) {
            SslHandler first = handler(tls);
            SslHandler second = handler(tls);
            ReferenceCounted engine = (ReferenceCounted) first.engine();
            tls.replace(List.of(NEW));
            assertThat(first.engine().getHandshakeStatus()).isNotNull();
            assertThat(engine.refCnt()).isEqualTo(1);
            engine.release();
            ((ReferenceCounted) second.engine()).release();
            assertThat(engine.refCnt()).isZero();
        }
    }

    private static SslHandler handler(TlsContexts tls) {
        SslHandler handler = tls.handler(ClientHello.EMPTY, ByteBufAllocator.DEFAULT);
        if (handler == null) {
            throw new AssertionError("no certificate");
        }
        return handler;
    }

    @EachProvider
    void handshakesWhileCertificatesChange_allSucceed(TlsSettings.Provider provider)
            throws IOException, TlsException, InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        AtomicBoolean over = new AtomicBoolean();
        try (TlsContexts tls = contexts(provider);
                CoreFixture fixture =
                        CoreSetup.on(Transport.AUTO).loops(2).tls(tls).start()) {
            Future<?> changing = threads.submit(() -> {
                for (int i = 0; !over.get(); i++) {
                    tls.replace(List.of(i % 2 == 0 ? NEW : OLD));
                }
                return null;
            });
            Set<Certificate> seen = new HashSet<>();
            long end = System.nanoTime() + Await.LONG.toNanos();
            for (int i = 0; i < 40 || seen.size() < 2; i++) {
                seen.add(shown(fixture));
                assertThat(System.nanoTime() - end).as("both are shown in time").isNegative();
            }
            over.set(true);
            changing.get();
            assertThat(tls.failed()).isZero();
        } finally {
            over.set(true);
            threads.shutdownNow();
        }
    }
}
