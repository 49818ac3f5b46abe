package dev.corral.server.tls.acme;

import com.sun.net.httpserver.HttpServer;
import dev.corral.core.tls.CertificateBundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** Answers challenges on real ports, with Java's own servers. */
final class TestEdge implements ChallengeSink, AutoCloseable {
    private static final char[] PASSWORD = "test".toCharArray();

    private final HttpServer http;
    private final Map<String, String> tokens = new ConcurrentHashMap<>();
    private final Map<String, SSLServerSocket> handshakes = new ConcurrentHashMap<>();
    private final Validator validator;

    TestEdge(Validator validator) throws IOException {
        this.validator = validator;
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/.well-known/acme-challenge/", exchange -> {
            String token = exchange.getRequestURI().getPath().replaceFirst(".*/", "");
            byte[] body = tokens.getOrDefault(token, "").getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(body.length == 0 ? 404 : 200, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        http.start();
        validator.ports(http.getAddress().getPort(), 1);
    }

    boolean nothingLeft() {
        return tokens.isEmpty() && handshakes.isEmpty();
    }

    @Override
    public void http(String token, String authorization) {
        tokens.put(token, authorization);
    }

    @Override
    public void endHttp(String token) {
        tokens.remove(token);
    }

    @Override
    public void tlsAlpn(String name, CertificateBundle certificate) {
        try {
            SSLServerSocket socket = (SSLServerSocket) context(certificate)
                    .getServerSocketFactory()
                    .createServerSocket(0, 10, InetAddress.getLoopbackAddress());
            handshakes.put(name, socket);
            Thread thread = new Thread(() -> serve(socket), "test-edge");
            thread.setDaemon(true);
            thread.start();
            validator.ports(http.getAddress().getPort(), socket.getLocalPort());
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void endTlsAlpn(String name) {
        SSLServerSocket ended = handshakes.remove(name);
        if (ended != null) {
            close(ended);
        }
    }

    @Override
    public void close() {
        http.stop(0);
        handshakes.values().forEach(TestEdge::close);
    }

    private static void close(SSLServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void serve(SSLServerSocket server) {
        while (!server.isClosed()) {
            try (SSLSocket socket = (SSLSocket) server.accept()) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setApplicationProtocols(new String[] {"acme-tls/1"});
                socket.setSSLParameters(parameters);
                socket.startHandshake();
            } catch (IOException e) {
                // The other side has seen enough, or the test is over.
            }
        }
    }

    private static SSLContext context(CertificateBundle bundle) throws GeneralSecurityException, IOException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setKeyEntry("own", bundle.key(), PASSWORD, bundle.chain().toArray(X509Certificate[]::new));
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }
}
