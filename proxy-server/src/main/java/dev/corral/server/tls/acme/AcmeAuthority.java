package dev.corral.server.tls.acme;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.shredzone.acme4j.Session;
import org.shredzone.acme4j.connector.Connection;
import org.shredzone.acme4j.connector.NetworkSettings;
import org.shredzone.acme4j.exception.AcmeException;
import org.shredzone.acme4j.provider.AbstractAcmeProvider;
import org.shredzone.acme4j.toolbox.JSON;

/** Any authority by its URL, trusted as configured: the library's own way to say so. */
final class AcmeAuthority extends AbstractAcmeProvider {
    private final @Nullable SSLContext trust;

    /**
     * An authority.
     *
     * @param caFile whom to trust; null for those that Java trusts
     */
    AcmeAuthority(@Nullable Path caFile) throws GeneralSecurityException, IOException {
        trust = caFile == null ? null : trusting(caFile);
    }

    @Override
    public boolean accepts(URI serverUri) {
        return true;
    }

    @Override
    public URL resolve(URI serverUri) {
        try {
            return serverUri.toURL();
        } catch (IOException e) {
            throw new IllegalArgumentException(serverUri + " (expected: a URL)", e);
        }
    }

    @Override
    public Connection connect(URI serverUri, NetworkSettings settings, HttpClient client) {
        return new AcmeConnection(createHttpConnector(settings, client));
    }

    // Once for a session: the library would fetch it again for every question it asks.
    @Override
    public @Nullable JSON directory(Session session, URI serverUri) throws AcmeException {
        return session.hasDirectory() ? null : super.directory(session, serverUri);
    }

    @Override
    public HttpClient createHttpClient(NetworkSettings settings) {
        HttpClient.Builder client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(settings.getTimeout());
        return (trust == null ? client : client.sslContext(trust)).build();
    }

    private static SSLContext trusting(Path file) throws GeneralSecurityException, IOException {
        KeyStore authorities = KeyStore.getInstance("PKCS12");
        authorities.load(null, null);
        try (InputStream in = Files.newInputStream(file)) {
            int count = 0;
            for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                authorities.setCertificateEntry("ca" + count++, one);
            }
            if (count == 0) {
                throw new IOException(file + ": no certificate (expected: one or more in PEM)");
            }
        }
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(authorities);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }
}
