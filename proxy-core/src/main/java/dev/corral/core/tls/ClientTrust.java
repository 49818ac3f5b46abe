package dev.corral.core.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Whether the configured authorities vouch for a client's certificate. Any thread; costs signature checks. */
final class ClientTrust {
    private final List<X509Certificate> authorities;
    private final @Nullable X509TrustManager manager;

    ClientTrust(List<X509Certificate> authorities) {
        this.authorities = List.copyOf(authorities);
        this.manager = authorities.isEmpty() ? null : manager(authorities);
    }

    List<X509Certificate> authorities() {
        return authorities;
    }

    /** Whether a chain leads to an authority, every certificate in it valid now and the first one meant for clients. */
    boolean trusts(List<X509Certificate> chain) {
        if (manager == null || chain.isEmpty()) {
            return false;
        }
        try {
            manager.checkClientTrusted(
                    chain.toArray(X509Certificate[]::new),
                    chain.get(0).getPublicKey().getAlgorithm());
            return true;
        } catch (CertificateException | IllegalArgumentException e) {
            return false;
        }
    }

    private static X509TrustManager manager(List<X509Certificate> authorities) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            int number = 0;
            for (X509Certificate authority : authorities) {
                store.setCertificateEntry("ca-" + number++, authority);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            return (X509TrustManager) factory.getTrustManagers()[0];
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("Java cannot check certificates", e);
        }
    }
}
