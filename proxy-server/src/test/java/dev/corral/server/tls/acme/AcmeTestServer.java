package dev.corral.server.tls.acme;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.corral.core.spi.NanoClock;
import dev.corral.server.tls.store.Pem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.StreamSupport;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jws.JsonWebSignature;
import org.jspecify.annotations.Nullable;

/**
 * The smallest authority that is one (RFC 8555): it checks every signature and nonce, looks for what challenges ask for,
 * and signs. Its whims are fields. One request at a time.
 */
final class AcmeTestServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PROBLEM = "urn:ietf:params:acme:error:";

    private final HttpServer server;
    private final ExecutorService executor = Executors.newSingleThreadExecutor();
    private final CountDownLatch end = new CountDownLatch(1);
    private final NanoClock clock;
    private final Map<String, JsonWebKey> accounts = new HashMap<>();
    private final Map<String, Order> orders = new HashMap<>();
    private final Set<String> nonces = new HashSet<>();
    private int counter;

    final TestCa ca;
    final Validator validator = new Validator();

    // What has been asked for.
    final List<String> challenges = new ArrayList<>();
    final List<JsonNode> newOrders = new ArrayList<>();
    final List<JsonNode> newAccounts = new ArrayList<>();

    // Whims.
    List<String> offered = List.of("http-01", "tls-alpn-01", "dns-01");
    Duration life = Duration.ofDays(90);
    int refusedNonces;
    int pollsUntilReady;
    boolean failsOrders;
    boolean stalls;
    boolean floods;
    boolean signsForOthers;

    @Nullable
    Integer rateLimitSeconds;

    @Nullable
    Instant windowFrom;

    private final class Order {
        final String id = "o" + ++counter;
        final String token = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(("token-" + id + "-0123456789").getBytes(StandardCharsets.US_ASCII));
        final List<String> names;
        final Map<String, String> authorizations = new HashMap<>();
        String status = "pending";

        @Nullable
        String error;

        @Nullable
        String chosen;

        int polls;

        @Nullable
        X509Certificate certificate;

        Order(List<String> names) {
            this.names = names;
            names.forEach(name -> authorizations.put(name, "pending"));
        }
    }

    private record Request(JsonNode payload, String account, JsonWebKey key) {}

    AcmeTestServer(NanoClock clock) throws Exception {
        this.clock = clock;
        ca = new TestCa(Instant.ofEpochMilli(clock.epochMillis()));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(executor);
        server.createContext("/", this::handle);
        server.start();
    }

    int accounts() {
        return accounts.size();
    }

    URI directory() {
        return URI.create(url("/directory"));
    }

    @Override
    public void close() {
        end.countDown();
        server.stop(0);
        executor.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getResponseHeaders().set("Replay-Nonce", nonce());
            String path = exchange.getRequestURI().getPath();
            switch (path) {
                case "/directory" -> reply(exchange, 200, directoryJson());
                case "/nonce" -> exchange.sendResponseHeaders(200, -1);
                default -> {
                    if (path.startsWith("/ari/")) {
                        renewalInfo(exchange);
                    } else {
                        signed(exchange, path);
                    }
                }
            }
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    private void signed(HttpExchange exchange, String path) throws Exception {
        JsonNode body = JSON.readTree(exchange.getRequestBody());
        JsonWebSignature jws = new JsonWebSignature();
        jws.setCompactSerialization(body.path("protected").asText() + "."
                + body.path("payload").asText() + "." + body.path("signature").asText());
        JsonNode header = JSON.readTree(jws.getHeaders().getFullHeaderAsJsonString());
        String account = header.path("kid").asText();
        JsonWebKey key = header.has("jwk")
                ? JsonWebKey.Factory.newJwk(header.path("jwk").toString())
                : Objects.requireNonNull(accounts.get(account), account);
        jws.setKey(key.getKey());
        if (!jws.verifySignature() || !header.path("url").asText().equals(url(path))) {
            problem(exchange, 401, "unauthorized", "bad signature or url");
            return;
        }
        if (!nonces.remove(header.path("nonce").asText()) || refusedNonces-- > 0) {
            problem(exchange, 400, "badNonce", "use another");
            return;
        }
        String payload = jws.getPayload();
        route(exchange, path, new Request(payload.isEmpty() ? JSON.nullNode() : JSON.readTree(payload), account, key));
    }

    private void route(HttpExchange exchange, String path, Request request) throws Exception {
        String[] parts = path.split("/", -1);
        switch (parts[1]) {
            case "account" -> account(exchange, request);
            case "order" -> order(exchange, parts, request);
            case "authz" -> authorization(exchange, order(parts), parts[3]);
            case "challenge" -> challenge(exchange, order(parts), parts[3], parts[4], request);
            case "finalize" -> finish(exchange, order(parts), request);
            case "certificate" -> certificate(exchange, order(parts));
            default -> problem(exchange, 404, "malformed", path);
        }
    }

    private Order order(String[] parts) {
        return Objects.requireNonNull(orders.get(parts[2]), parts[2]);
    }

    private void account(HttpExchange exchange, Request request) throws Exception {
        newAccounts.add(request.payload());
        if (!request.payload().path("termsOfServiceAgreed").asBoolean()) {
            problem(exchange, 403, "userActionRequired", "agree to the terms first");
            return;
        }
        String url = url("/account/" + request.key().calculateBase64urlEncodedThumbprint("SHA-256"));
        boolean known = accounts.putIfAbsent(url, request.key()) != null;
        exchange.getResponseHeaders().set("Location", url);
        reply(exchange, known ? 200 : 201, JSON.createObjectNode().put("status", "valid"));
    }

    private void order(HttpExchange exchange, String[] parts, Request request) throws Exception {
        if (parts.length > 2) {
            Order order = order(parts);
            if (order.status.equals("processing") && order.polls++ >= pollsUntilReady) {
                order.status = "valid";
            } else if (order.status.equals("processing")) {
                exchange.getResponseHeaders().set("Retry-After", "0");
            }
            reply(exchange, 200, json(order));
            return;
        }
        newOrders.add(request.payload());
        if (rateLimitSeconds != null) {
            exchange.getResponseHeaders().set("Retry-After", String.valueOf(rateLimitSeconds));
            problem(exchange, 429, "rateLimited", "too many certificates for this set of names");
            return;
        }
        if (floods) {
            reply(exchange, 201, JSON.createObjectNode().put("status", "x".repeat(1 << 20)));
            return;
        }
        if (stalls) {
            exchange.getResponseHeaders().set("Location", url("/order/never"));
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(201, 0);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            end.await();
            return;
        }
        Order order = new Order(
                StreamSupport.stream(request.payload().path("identifiers").spliterator(), false)
                        .map(one -> one.path("value").asText())
                        .toList());
        orders.put(order.id, order);
        exchange.getResponseHeaders().set("Location", url("/order/" + order.id));
        reply(exchange, 201, json(order));
    }

    private void authorization(HttpExchange exchange, Order order, String name) throws Exception {
        ObjectNode json = JSON.createObjectNode().put("status", order.authorizations.get(name));
        json.putObject("identifier").put("type", "dns").put("value", name);
        ArrayNode all = json.putArray("challenges");
        offered.forEach(type -> all.add(challengeJson(order, name, type)));
        reply(exchange, 200, json);
    }

    private void challenge(HttpExchange exchange, Order order, String name, String type, Request request)
            throws Exception {
        if (request.payload().isObject()) {
            challenges.add(type + " " + name);
            order.chosen = type;
            String authorization = order.token + "." + request.key().calculateBase64urlEncodedThumbprint("SHA-256");
            order.error = validator.look(type, name, order.token, authorization);
            order.authorizations.put(name, order.error == null ? "valid" : "invalid");
            if (order.error != null) {
                order.status = "invalid";
            } else if (Set.copyOf(order.authorizations.values()).equals(Set.of("valid"))) {
                order.status = "ready";
            }
        }
        reply(exchange, 200, challengeJson(order, name, type));
    }

    private void finish(HttpExchange exchange, Order order, Request request) throws Exception {
        byte[] encoded =
                Base64.getUrlDecoder().decode(request.payload().path("csr").asText());
        PublicKey key = new JcaPKCS10CertificationRequest(encoded).getPublicKey();
        Instant now = Instant.ofEpochMilli(clock.epochMillis());
        List<String> names = signsForOthers ? List.of("other.example") : order.names;
        order.certificate = ca.leaf(key, names, now, now.plus(life));
        order.status = failsOrders ? "invalid" : "processing";
        order.error = failsOrders ? "CAA record forbids\u001b[31m issuance" : null;
        reply(exchange, 200, json(order));
    }

    private void certificate(HttpExchange exchange, Order order) throws Exception {
        byte[] pem = (Pem.text(Objects.requireNonNull(order.certificate)) + Pem.text(ca.intermediate))
                .getBytes(StandardCharsets.US_ASCII);
        send(exchange, 200, "application/pem-certificate-chain", pem);
    }

    private void renewalInfo(HttpExchange exchange) throws IOException {
        Instant from = Objects.requireNonNull(windowFrom);
        ObjectNode json = JSON.createObjectNode();
        json.putObject("suggestedWindow")
                .put("start", from.toString())
                .put("end", from.plus(Duration.ofHours(10)).toString());
        exchange.getResponseHeaders().set("Retry-After", "21600");
        reply(exchange, 200, json);
    }

    private ObjectNode directoryJson() {
        ObjectNode json = JSON.createObjectNode()
                .put("newNonce", url("/nonce"))
                .put("newAccount", url("/account"))
                .put("newOrder", url("/order"))
                .put("revokeCert", url("/revoke"))
                .put("keyChange", url("/key"));
        if (windowFrom != null) {
            json.put("renewalInfo", url("/ari"));
        }
        json.putObject("meta").put("termsOfService", url("/terms"));
        return json;
    }

    private ObjectNode json(Order order) {
        ObjectNode json =
                JSON.createObjectNode().put("status", order.status).put("finalize", url("/finalize/" + order.id));
        ArrayNode identifiers = json.putArray("identifiers");
        ArrayNode authorizations = json.putArray("authorizations");
        for (String name : order.names) {
            identifiers.addObject().put("type", "dns").put("value", name);
            authorizations.add(url("/authz/" + order.id + "/" + name));
        }
        if (order.status.equals("valid")) {
            json.put("certificate", url("/certificate/" + order.id));
        }
        if (order.status.equals("invalid")) {
            json.set("error", problem("caa", order.error));
        }
        return json;
    }

    private ObjectNode challengeJson(Order order, String name, String type) {
        String status = type.equals(order.chosen) ? order.authorizations.get(name) : "pending";
        ObjectNode json = JSON.createObjectNode()
                .put("type", type)
                .put("status", status)
                .put("token", order.token)
                .put("url", url("/challenge/" + order.id + "/" + name + "/" + type));
        if ("invalid".equals(status)) {
            json.set("error", problem("unauthorized", order.error));
        }
        return json;
    }

    private String nonce() {
        String nonce = "nonce" + ++counter;
        nonces.add(nonce);
        return nonce;
    }

    private String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    private static ObjectNode problem(String type, @Nullable String detail) {
        return JSON.createObjectNode().put("type", PROBLEM + type).put("detail", detail);
    }

    private static void problem(HttpExchange exchange, int status, String type, String detail) throws IOException {
        send(exchange, status, "application/problem+json", JSON.writeValueAsBytes(problem(type, detail)));
    }

    private static void reply(HttpExchange exchange, int status, JsonNode json) throws IOException {
        send(exchange, status, "application/json", JSON.writeValueAsBytes(json));
    }

    private static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }
}
