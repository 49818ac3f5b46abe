package dev.corral.auth.jwt;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** An issuer on loopback that publishes what it is told, in the way it is told. */
final class TestIssuer implements AutoCloseable {
    /** How it answers. */
    interface Manner {
        void answer(HttpExchange exchange, String body) throws IOException;
    }

    static final Manner WELL = (exchange, body) -> respond(exchange, 200, body);
    static final Manner BROKEN = (exchange, body) -> respond(exchange, 500, body);
    static final Manner HTML = (exchange, body) -> respond(exchange, 200, "<html><body>Sign in</body></html>");
    static final Manner ELSEWHERE = (exchange, body) -> {
        exchange.getResponseHeaders().set("Location", "/other" + exchange.getRequestURI());
        respond(exchange, 302, "");
    };
    static final Manner HUGE = (exchange, body) -> {
        exchange.sendResponseHeaders(200, 0);
        byte[] spaces = " ".repeat(1 << 16).getBytes(StandardCharsets.UTF_8);
        try (OutputStream out = exchange.getResponseBody()) {
            for (int i = 0; i < 64; i++) {
                out.write(spaces);
            }
            out.write(body.getBytes(StandardCharsets.UTF_8));
        }
    };

    final AtomicInteger keysAsked = new AtomicInteger();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch end = new CountDownLatch(1);
    private volatile List<JWK> keys;
    private volatile Manner manner = WELL;
    private volatile String discovery;

    /** Begins a line of its answer and never ends it. */
    final Manner slow = (exchange, body) -> {
        exchange.sendResponseHeaders(200, body.length());
        OutputStream out = exchange.getResponseBody();
        out.write('{');
        out.flush();
        await();
    };

    /** Takes the request and says nothing. */
    final Manner silent = (exchange, body) -> await();

    TestIssuer(JWK... keys) throws IOException {
        this.keys = List.of(keys);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        discovery = "{\"issuer\":\"" + url() + "\",\"jwks_uri\":\"" + url() + "/keys\"}";
        server.createContext("/.well-known/openid-configuration", exchange -> manner.answer(exchange, discovery));
        server.createContext("/other", exchange -> respond(exchange, 200, jwks()));
        server.createContext("/keys", exchange -> {
            keysAsked.incrementAndGet();
            manner.answer(exchange, jwks());
        });
        server.start();
    }

    private String jwks() {
        return new JWKSet(keys).toString(true);
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    URI keysUri() {
        return URI.create(url() + "/keys");
    }

    void publish(JWK... others) {
        keys = List.of(others);
    }

    void answer(Manner other) {
        manner = other;
    }

    void discovery(String document) {
        discovery = document;
    }

    private void await() {
        try {
            if (!end.await(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the test did not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void respond(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    @Override
    public void close() {
        end.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
