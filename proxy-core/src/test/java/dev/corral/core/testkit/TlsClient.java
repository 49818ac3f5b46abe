package dev.corral.core.testkit;

import dev.corral.core.tls.CertificateBundle;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;

/** A client that speaks TLS with Java's code, checks the chain against one authority, and can do so in odd ways. */
public final class TlsClient {
    private final X509Certificate authority;
    private @Nullable CertificateBundle certificate;
    private @Nullable SSLContext made;
    private volatile List<String> issuers = List.of();
    private String host = "localhost";
    private String[] protocols = {"TLSv1.3", "TLSv1.2"};
    private String[] applications = {};

    private TlsClient(X509Certificate authority) {
        this.authority = authority;
    }

    public static TlsClient trusting(TestCertificates authority) {
        return new TlsClient(authority.certificate());
    }

    /** Shows a certificate of its own when it is asked for one. */
    public TlsClient certificate(CertificateBundle own) {
        certificate = own;
        return this;
    }

    /** Of whom the server wanted a certificate when it asked last. */
    public List<String> issuers() {
        return issuers;
    }

    /** Names this host; empty for none. */
    public TlsClient host(String name) {
        host = name;
        return this;
    }

    public TlsClient protocols(String... versions) {
        protocols = versions;
        return this;
    }

    /** Offers these by ALPN. */
    public TlsClient applications(String... names) {
        applications = names;
        return this;
    }

    /** Connects and shakes hands. */
    public SSLSocket connect(InetSocketAddress address) throws IOException {
        return connect(new Socket(address.getAddress(), address.getPort()));
    }

    /** Shakes hands over a connection that is there already. */
    public SSLSocket connect(Socket connected) throws IOException {
        SSLSocket socket =
                (SSLSocket) context().getSocketFactory().createSocket(connected, host, connected.getPort(), true);
        socket.setSoTimeout((int) Await.LONG.toMillis());
        socket.setTcpNoDelay(true);
        socket.setEnabledProtocols(protocols);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(applications);
        parameters.setServerNames(host.isEmpty() ? List.of() : List.of(new SNIHostName(host)));
        socket.setSSLParameters(parameters);
        boolean shaken = false;
        try {
            socket.startHandshake();
            shaken = true;
            return socket;
        } finally {
            if (!shaken) {
                socket.close();
            }
        }
    }

    /** The same each time, so that sessions are resumed. */
    private SSLContext context() {
        SSLContext present = made;
        if (present == null) {
            present = newContext();
            made = present;
        }
        return present;
    }

    private SSLContext newContext() {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            SSLContext context = SSLContext.getInstance("TLS");
            trusted.load(null, null);
            trusted.setCertificateEntry("ca", authority);
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(trusted);
            KeyManager[] keys =
                    certificate == null ? null : new KeyManager[] {new Always(certificate, named -> issuers = named)};
            context.init(keys, trust.getTrustManagers(), new SecureRandom());
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Shows one certificate, also to a server that names other issuers. */
    private record Always(CertificateBundle own, Consumer<List<String>> asked) implements X509KeyManager {
        private static final String ALIAS = "own";

        @Override
        public String[] getClientAliases(String type, Principal[] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public String chooseClientAlias(String[] types, Principal @Nullable [] issuers, Socket socket) {
            asked.accept(
                    issuers == null
                            ? List.of()
                            : Arrays.stream(issuers).map(Principal::getName).toList());
            return ALIAS;
        }

        @Override
        public String @Nullable [] getServerAliases(String type, Principal[] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
            return null;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return own.chain().toArray(X509Certificate[]::new);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return own.key();
        }
    }
}
