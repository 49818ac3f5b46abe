package dev.corral.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.corral.core.CoreStats;
import io.netty.util.LeakPresenceDetector;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AdminListenerIT {
    private static final CoreStats READY = new CoreStats(0, 0, 0, 0, 0, true, 0, 0, false);
    private static final AdminTimeouts SHORT =
            new AdminTimeouts(Duration.ofMillis(300), Duration.ofMillis(300), Duration.ofMillis(300));

    private volatile CoreStats stats = READY;
    private volatile boolean stateUp = true;
    private volatile Supplier<String> exposition = () -> "corral_up 1\n";
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(20))
            .build();

    private AdminListener listener = start(AdminTimeouts.DEFAULTS);

    @BeforeEach
    void boundToARealPort() {
        assertThat(listener.address().getPort()).isPositive();
    }

    @AfterEach
    void nothingLeaks() {
        listener.close();
        LeakPresenceDetector.check();
    }

    @Test
    void metrics_areTextExpositionWithSecurityHeaders() throws IOException, InterruptedException {
        HttpResponse<String> response = get("/metrics?x=1");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("corral_up 1\n");
        assertThat(response.headers().firstValue("content-type")).contains("text/plain; version=0.0.4; charset=utf-8");
        assertThat(response.headers().firstValue("x-content-type-options")).contains("nosniff");
        assertThat(response.headers().firstValue("cache-control")).contains("no-store");
    }

    @Test
    void health_isOk() throws IOException, InterruptedException {
        HttpResponse<String> response = get("/healthz");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("ok\n");
    }

    @Test
    void readiness_saysWhyNot() throws IOException, InterruptedException {
        assertThat(get("/readyz").statusCode()).isEqualTo(200);
        assertThat(get("/readyz").body()).isEqualTo("{\"ready\":true,\"reasons\":[]}\n");

        stateUp = false;
        assertThat(get("/readyz").statusCode()).isEqualTo(200);
        assertThat(get("/readyz").body())
                .isEqualTo("{\"ready\":true,\"reasons\":[],\"warnings\":[\"state_failing\"]}\n");

        stateUp = true;
        stats = new CoreStats(0, 0, 0, 0, 0, false, 0, 0, true);
        HttpResponse<String> response = get("/readyz");
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.body())
                .isEqualTo("{\"ready\":false,\"reasons\":[\"draining\",\"upstream_unreachable\"]}\n");
        assertThat(response.headers().firstValue("content-type")).contains("application/json");
        assertThat(get("/healthz").statusCode()).isEqualTo(200);
    }

    @Test
    void head_hasTheLengthAndNoBody() throws IOException {
        String response = exchange("HEAD /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        assertThat(response).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\n");
        assertThat(response.toLowerCase(Locale.ROOT)).contains("content-length: 12\r\n");
    }

    @Test
    void otherMethods_are405WithAllow() throws IOException, InterruptedException {
        HttpResponse<String> response = client.send(
                request("/metrics")
                        .POST(HttpRequest.BodyPublishers.ofString("x"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("allow")).contains("GET, HEAD");
    }

    @Test
    void otherPaths_are404InJson() throws IOException, InterruptedException {
        for (String path : List.of("/", "/metrics/", "/debug", "/api/tags")) {
            HttpResponse<String> response = get(path);
            assertThat(response.statusCode()).isEqualTo(404);
            assertThat(response.body()).startsWith("{\"error\":\"");
        }
    }

    @Test
    void nameOfAnotherSite_isRefused() throws IOException {
        String response = exchange("GET /metrics HTTP/1.1\r\nHost: evil.example\r\n\r\n");

        assertThat(response).startsWith("HTTP/1.1 403 ").doesNotContain("corral_up");
    }

    @Test
    void configuredName_isAnswered() throws IOException {
        assertThat(exchange("GET /healthz HTTP/1.1\r\nHost: metrics.lab:9\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ");
    }

    @Test
    void garbageAndOversize_areRefusedAndClosed() throws IOException {
        assertThat(exchange("\u0001\u0002\r\n\r\n")).startsWith("HTTP/1.1 400 ");
        assertThat(exchange("GET /metrics HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(9000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 400 ");
        assertThat(exchange("GET /" + "x".repeat(9000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .startsWith("HTTP/1.1 400 ");
        assertThat(
                        exchange(
                                "POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 413 ");
    }

    @Test
    void slowScrape_doesNotHoldUpHealthChecksAndPilesUpBounded() throws IOException, InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        exposition = () -> {
            begun.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return "slow 1\n";
        };
        List<Socket> scrapes = new ArrayList<>();
        try {
            for (int i = 0; i < 5; i++) {
                scrapes.add(send("GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
            }
            assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(get("/healthz").statusCode()).isEqualTo(200);
            assertThat(get("/readyz").statusCode()).isEqualTo(200);
            // One runs, four wait; those were sent first, but on connections of their own.
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            int status = 0;
            while (status != 503 && System.nanoTime() < end) {
                scrapes.add(send("GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
                Socket last = scrapes.get(scrapes.size() - 1);
                last.setSoTimeout(500);
                status = readStatus(last);
            }
            assertThat(status).isEqualTo(503);
            release.countDown();
            assertThat(readAll(scrapes.get(0))).startsWith("HTTP/1.1 200 ").endsWith("slow 1\n");
        } finally {
            release.countDown();
            for (Socket socket : scrapes) {
                socket.close();
            }
        }
    }

    @Test
    void scrapeThatThrows_is500AndTheNextWorks() throws IOException, InterruptedException {
        exposition = () -> {
            throw new IllegalStateException("broken on purpose");
        };
        HttpResponse<String> response = get("/metrics");
        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.body()).doesNotContain("broken on purpose");

        exposition = () -> "fine 1\n";
        assertThat(get("/metrics").body()).isEqualTo("fine 1\n");
    }

    @Test
    void silentSlowAndIdleConnections_areClosed() throws IOException {
        listener.close();
        listener = start(SHORT);
        try (Socket silent = connect();
                Socket slow = send("GET /healthz HTTP/1.1\r\nHost:");
                Socket idle = send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
            assertThat(readAll(silent)).isEmpty();
            assertThat(readAll(slow)).isEmpty();
            assertThat(readAll(idle)).startsWith("HTTP/1.1 200 ").endsWith("ok\n");
        }
    }

    @Test
    void answerThatTakesTooLong_endsTheConnection() throws IOException {
        CountDownLatch release = new CountDownLatch(1);
        exposition = () -> {
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return "late 1\n";
        };
        listener.close();
        listener = start(SHORT);
        try (Socket socket = send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
            assertThat(readAll(socket)).isEmpty();
        } finally {
            release.countDown();
        }
    }

    @Test
    void tooManyConnections_areClosedAndRoomComesBack() throws IOException, InterruptedException {
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < 64; i++) {
                Socket socket = send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
                assertThat(readStatus(socket)).isEqualTo(200);
                sockets.add(socket);
            }
            try (Socket one = connect()) {
                assertThat(readAll(one)).isEmpty();
            }
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        String answer = "";
        while (answer.isEmpty() && System.nanoTime() < end) {
            answer = exchange("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        }
        assertThat(answer).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void pipelinedScrape_neverOvertakes() throws IOException {
        String request = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";
        try (Socket socket = send(request + request.replace("metrics", "healthz"))) {
            assertThat(readAll(socket)).doesNotContain("ok\n");
        }
    }

    @Test
    void takenAddress_isAnErrorThatNamesIt() {
        InetSocketAddress taken = listener.address();

        assertThatThrownBy(() -> AdminListener.start(taken, List.of(), source()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("admin.listen")
                .hasMessageContaining(Integer.toString(taken.getPort()));
    }

    private AdminListener start(AdminTimeouts timeouts) {
        try {
            return AdminListener.start(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    List.of("metrics.lab"),
                    source(),
                    timeouts);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private AdminSource source() {
        return new AdminSource(() -> exposition.get(), () -> Readiness.of(stats, stateUp));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + listener.address().getPort() + path))
                .timeout(Duration.ofSeconds(20));
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(request(path).GET().build(), HttpResponse.BodyHandlers.ofString());
    }

    private Socket connect() throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), listener.address().getPort());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private Socket send(String bytes) throws IOException {
        Socket socket = connect();
        OutputStream out = socket.getOutputStream();
        out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
        return socket;
    }

    /** Sends and reads until the listener closes. */
    private String exchange(String bytes) throws IOException {
        try (Socket socket = send(bytes)) {
            return readAll(socket);
        }
    }

    private static String readAll(Socket socket) throws IOException {
        StringBuilder text = new StringBuilder();
        InputStream in = socket.getInputStream();
        try {
            for (int b = in.read(); b >= 0; b = in.read()) {
                text.append((char) b);
            }
        } catch (SocketException e) {
            text.append(""); // a reset is an end, too
        }
        return text.toString();
    }

    /** The status, or 0 where none comes in time. */
    private static int readStatus(Socket socket) throws IOException {
        try {
            byte[] head = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
            return head.length < 12 ? 0 : Integer.parseInt(new String(head, 9, 3, StandardCharsets.US_ASCII));
        } catch (SocketTimeoutException e) {
            return 0;
        }
    }
}
