package dev.corral.server.tls.acme;

import dev.corral.core.tls.CertificateNames;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.bouncycastle.asn1.ASN1OctetString;
import org.jspecify.annotations.Nullable;

/** Looks, as an authority does, whether a name is its owner's; every name is at this machine's ports. */
final class Validator {
    private static final int PATIENCE = 10_000;
    private static final String VALIDATION = "1.3.6.1.5.5.7.1.31";

    volatile boolean refuses;
    private volatile int httpPort;
    private volatile int tlsPort;

    void ports(int http, int tls) {
        httpPort = http;
        tlsPort = tls;
    }

    /** Null where it is, else why not. */
    @Nullable
    String look(String type, String name, String token, String authorization) {
        if (refuses) {
            return "Fetching " + name + ": Connection refused";
        }
        try {
            return type.equals("http-01") ? http(name, token, authorization) : alpn(name, authorization);
        } catch (Exception e) {
            return "Fetching " + name + ": " + e;
        }
    }

    private @Nullable String http(String name, String token, String authorization) throws Exception {
        try (Socket socket = connect(httpPort)) {
            socket.getOutputStream()
                    .write(("GET /.well-known/acme-challenge/" + token + " HTTP/1.1\r\nHost: " + name
                                    + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            String response = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            boolean found = response.startsWith("HTTP/1.1 200 ") && response.endsWith("\r\n\r\n" + authorization);
            return found
                    ? null
                    : "Invalid response: " + response.lines().findFirst().orElse("nothing");
        }
    }

    private @Nullable String alpn(String name, String authorization) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustAll()}, null);
        try (Socket socket = connect(tlsPort);
                SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(socket, name, tlsPort, false)) {
            SSLParameters parameters = tls.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"acme-tls/1"});
            parameters.setServerNames(List.of(new SNIHostName(name)));
            tls.setSSLParameters(parameters);
            tls.startHandshake();
            if (!"acme-tls/1".equals(tls.getApplicationProtocol())) {
                return "Protocol " + tls.getApplicationProtocol();
            }
            X509Certificate shown = (X509Certificate) tls.getSession().getPeerCertificates()[0];
            if (!CertificateNames.of(shown).equals(List.of(name))) {
                return "Certificate for " + CertificateNames.of(shown);
            }
            byte[] extension = shown.getExtensionValue(VALIDATION);
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(authorization.getBytes(StandardCharsets.US_ASCII));
            boolean proven = extension != null
                    && shown.getCriticalExtensionOIDs().contains(VALIDATION)
                    && Arrays.equals(
                            digest,
                            ASN1OctetString.getInstance(ASN1OctetString.getInstance(extension)
                                            .getOctets())
                                    .getOctets());
            return proven ? null : "Certificate without the digest";
        }
    }

    private static Socket connect(int port) throws Exception {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE);
        socket.setSoTimeout(PATIENCE);
        return socket;
    }

    /** Challenge certificates are signed by themselves. */
    private static final class TrustAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
            throw new UnsupportedOperationException("a client only");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            // What it proves is in the certificate, not in who signed it.
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
