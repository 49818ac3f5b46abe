package dev.corral.core.tls;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.OpenSslX509KeyManagerFactory;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Makes contexts for handshakes: TLS 1.3 and 1.2 with forward secrecy and authenticated encryption, nothing else. */
final class ContextFactory {
    static final String HTTP_1 = "http/1.1";
    /** Who offers this alone is an ACME server that looks at a challenge (RFC 8737). */
    static final String ACME = "acme-tls/1";

    // Mozilla's "intermediate" of 2025 without finite-field Diffie-Hellman.
    private static final List<String> CIPHERS = List.of(
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");
    // The first holds against quantum computers as well (X25519MLKEM768, of FIPS 203); Java 17 has no such.
    private static final List<String> GROUPS = List.of("X25519MLKEM768", "x25519", "secp256r1", "secp384r1");
    private static final long SESSIONS = 20_000;
    private static final long SESSION_SECONDS = 3600;

    private final TlsSettings settings;
    private final SslProvider provider;

    ContextFactory(TlsSettings settings) {
        this.settings = settings;
        boolean openSsl = switch (settings.provider()) {
            case AUTO -> OpenSsl.isAvailable();
            case OPENSSL -> {
                OpenSsl.ensureAvailability();
                yield true;
            }
            case JDK -> false;
        };
        // Counted: a context of OpenSSL's that waits for the garbage collector holds memory that Java does not see.
        provider = openSsl ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK;
    }

    boolean openSsl() {
        return provider != SslProvider.JDK;
    }

    /** What is offered to clients, the best first. */
    List<String> protocols() {
        return settings.http2() ? List.of(SecureListener.HTTP_2, HTTP_1) : List.of(HTTP_1);
    }

    /**
     * A context for ordinary clients; the caller owns it.
     *
     * @param authorities whom clients are told that their certificates may be issued by, where they are asked for one
     * @throws TlsException where the certificate and its key do not go together, or are of a kind that nobody speaks
     */
    SslContext forClients(CertificateBundle bundle, List<X509Certificate> authorities) throws TlsException {
        return make(bundle, protocols(), settings.clientCertificates() ? new AnyClient(authorities) : null);
    }

    /** One for an ACME server that looks at a challenge. */
    SslContext forChallenge(CertificateBundle bundle) throws TlsException {
        return make(bundle, List.of(ACME), null);
    }

    private SslContext make(CertificateBundle bundle, List<String> protocols, @Nullable AnyClient asked)
            throws TlsException {
        KeyMatch.check(bundle);
        try {
            SslContextBuilder builder = SslContextBuilder.forServer(keys(bundle))
                    .sslProvider(provider)
                    .protocols("TLSv1.3", "TLSv1.2")
                    .ciphers(CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                    .applicationProtocolConfig(new ApplicationProtocolConfig(
                            ApplicationProtocolConfig.Protocol.ALPN,
                            ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                            ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                            protocols))
                    .sessionCacheSize(SESSIONS)
                    .sessionTimeout(SESSION_SECONDS);
            if (asked != null) {
                builder.clientAuth(ClientAuth.OPTIONAL).trustManager(asked);
            }
            if (openSsl()) {
                builder.option(OpenSslContextOption.GROUPS, GROUPS.toArray(String[]::new));
            }
            SslContext context = builder.build();
            if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
                // Without keys of ours: BoringSSL makes its own, and new ones every two days.
                sessions.setTicketKeys();
            }
            return context;
        } catch (SSLException | IllegalArgumentException e) {
            throw new TlsException("cannot be used: " + e.getMessage(), e);
        }
    }

    private KeyManagerFactory keys(CertificateBundle bundle) throws TlsException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry(
                    "corral", bundle.key(), new char[0], bundle.chain().toArray(X509Certificate[]::new));
            // OpenSSL's keeps chain and key as its code wants them; Java's would have them parsed for every handshake.
            KeyManagerFactory factory =
                    openSsl() ? new OpenSslX509KeyManagerFactory() : KeyManagerFactory.getInstance("SunX509");
            factory.init(store, new char[0]);
            return factory;
        } catch (GeneralSecurityException | IOException e) {
            throw new TlsException("cannot be used: " + reason(e), e);
        }
    }

    private static String reason(Throwable e) {
        @Nullable String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
