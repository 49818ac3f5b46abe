package dev.corral.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.corral.core.testkit.FakeOllama;
import dev.corral.core.testkit.RawClient;
import dev.corral.core.testkit.Requests;
import dev.corral.core.testkit.Response;
import dev.corral.core.testkit.TestCertificate;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ways to prove who one is, as the program's users have them, and what the operator sees of it. */
class SchemesIT {
    private static final RSAKey SIGNER = signer("k1");
    private static final RSAKey NEXT = signer("k2");

    @TempDir
    Path home;

    private FakeOllama ollama;
    private HttpServer issuer;
    private volatile List<RSAKey> published = List.of(SIGNER);

    private static RSAKey signer(String id) {
        try {
            return new RSAKeyGenerator(2048).keyID(id).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void start() throws IOException {
        ollama = FakeOllama.start();
        issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        issuer.createContext(
                "/.well-known/openid-configuration",
                exchange -> respond(
                        exchange, "{\"issuer\":\"" + issuerUrl() + "\",\"jwks_uri\":\"" + issuerUrl() + "/keys\"}"));
        issuer.createContext("/keys", exchange -> respond(exchange, new JWKSet(List.copyOf(published)).toString(true)));
        issuer.start();
        MeteredProgram.configure(home, ollama, """
                upstream: {url: UPSTREAM}
                roles:
                  guest:
                    groups: [liveness, read]
                    limits: {requests-per-minute: 60}
                auth:
                  path-tokens: true
                  jwt:
                    - issuer: ISSUER
                      audience: corral
                      role-claim: realm_access.roles
                      roles: {gpu: user, visitors: guest}
                      key-claim: email
                """.replace("ISSUER", issuerUrl()));
    }

    @AfterEach
    void stop() throws IOException {
        ollama.close();
        issuer.stop(0);
    }

    private String issuerUrl() {
        return "http://127.0.0.1:" + issuer.getAddress().getPort();
    }

    private static void respond(HttpExchange exchange, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    private String token(RSAKey key, String subject, String role) {
        JWTClaimsSet claims = new JWTClaimsSet.Builder()
                .issuer(issuerUrl())
                .audience("corral")
                .subject(subject)
                .claim("preferred_username", "name of " + subject)
                .claim("email", subject + "@lab.test")
                .claim("email_verified", true)
                .claim("realm_access", Map.of("roles", List.of(role)))
                .expirationTime(Date.from(Instant.now().plus(Duration.ofMinutes(10))))
                .build();
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(), claims);
        try {
            token.sign(new RSASSASigner(key));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
        return token.serialize();
    }

    private static Response ask(MeteredProgram corral, String target, String... fields) throws IOException {
        try (RawClient client = corral.client()) {
            client.send(Requests.get(target, fields));
            return client.read();
        }
    }

    private String written(MeteredProgram corral) throws Exception {
        corral.stop();
        StringBuilder all = new StringBuilder(corral.said());
        for (String log : List.of("access.log", "audit.log")) {
            all.append(Files.readString(home.resolve("state").resolve(log)));
        }
        return all.toString();
    }

    @Test
    void keyInThePath_opensWhatItOpensInAHeaderAndIsWrittenNowhere() throws Exception {
        CommandRun created = CommandRun.of(
                home,
                "keys",
                "create",
                "alice",
                "--config",
                home.resolve("corral.yaml").toString());
        String key = created.out().lines().findFirst().orElseThrow();
        assertThat(created.out()).contains("export OLLAMA_HOST=http://127.0.0.1:0/t/" + key + "\n");
        String wrong = key.substring(0, 20) + "x".repeat(key.length() - 20);
        try (MeteredProgram corral = new MeteredProgram(home)) {
            assertThat(ask(corral, "/t/" + key + "/api/version").status()).isEqualTo(200);
            assertThat(ask(corral, "/t/" + key + "/api/version", "Authorization: Bearer ollama")
                            .status())
                    .isEqualTo(200);
            assertThat(ask(corral, "/t/" + key + "/api/version", "X-API-Key: " + key)
                            .status())
                    .isEqualTo(200);
            assertThat(MeteredProgram.json(ask(corral, "/t/" + key + "/-/me").text())
                            .at("/key/name")
                            .asText())
                    .isEqualTo("alice");
            assertThat(ask(corral, "/t/" + wrong + "/api/version").status()).isEqualTo(401);
            assertThat(ask(corral, "/t/" + key + "/api/version", "Authorization: Bearer other")
                            .status())
                    .isEqualTo(401);
            assertThat(ask(corral, "/t/" + key + "/debug/pprof").status()).isEqualTo(404);
            assertThat(ask(corral, "/api/version").status()).isEqualTo(401);

            String metrics = corral.metrics();
            assertThat(written(corral) + metrics)
                    .contains("alice")
                    .doesNotContain(key.substring(13, 56))
                    .doesNotContain(wrong.substring(13));
        }
    }

    @Test
    void keyAsBasicPassword_isAKeyLikeAnyOther() throws Exception {
        String key = MeteredProgram.createKey(home, "alice", "user");
        String basic = Base64.getEncoder().encodeToString(("anybody:" + key).getBytes(StandardCharsets.US_ASCII));
        try (MeteredProgram corral = new MeteredProgram(home)) {
            assertThat(ask(corral, "/api/version", "Authorization: Basic " + basic)
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void tokenOfTheIssuer_isWhoItSaysWithTheRoleItMeans() throws Exception {
        String alice = token(SIGNER, "alice", "gpu");
        String visitor = token(SIGNER, "vera", "visitors");
        String nobody = token(SIGNER, "nora", "others");
        try (MeteredProgram corral = new MeteredProgram(home)) {
            JsonNode me = corral.me(alice);
            assertThat(me.at("/key/name").asText()).isEqualTo("name of alice");
            assertThat(me.toString()).contains("\"user\"").doesNotContain("guest");
            assertThat(corral.me(visitor).toString()).contains("\"guest\"").contains("requests-per-minute");
            assertThat(ask(corral, "/api/version", "Authorization: Bearer " + nobody)
                            .status())
                    .isEqualTo(401);
            assertThat(ask(corral, "/api/version", "Authorization: Bearer " + alice + "x")
                            .status())
                    .isEqualTo(401);

            published = List.of(NEXT);
            assertThat(ask(corral, "/api/version", "Authorization: Bearer " + alice)
                            .status())
                    .isEqualTo(200);
            String written = written(corral);
            assertThat(written)
                    .contains("name of alice")
                    .contains("nothing in its claim realm_access.roles stands for a role")
                    .contains("invalid_token");
            for (String token : List.of(alice, visitor, nobody)) {
                assertThat(written).doesNotContain(token.substring(token.lastIndexOf('.')));
            }
        }
    }

    @Test
    void keyRecordOfThatName_holdsAndItsRevocationToo() throws Exception {
        MeteredProgram.createKey(home, "alice@lab.test", "admin");
        String alice = token(SIGNER, "alice", "visitors");
        try (MeteredProgram corral = new MeteredProgram(home)) {
            assertThat(corral.me(alice).at("/key/name").asText()).isEqualTo("alice@lab.test");
            CommandRun.of(
                    home,
                    "keys",
                    "revoke",
                    "alice@lab.test",
                    "--config",
                    home.resolve("corral.yaml").toString());
            CorralProcess.await("refused", () -> {
                try {
                    return ask(corral, "/api/version", "Authorization: Bearer " + alice)
                                    .status()
                            == 401;
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
        }
    }

    private static HttpsServer secured(TestCertificate certificate) throws IOException {
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(certificate.server()));
        return server;
    }

    private static Path pem(Path file, TestCertificate certificate) throws Exception {
        return Files.writeString(
                file,
                "-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder()
                                .encodeToString(certificate.certificate().getEncoded())
                        + "\n-----END CERTIFICATE-----\n");
    }

    @Test
    void issuerOfAPrivateAuthority_isBelievedBecauseOfCaFile() throws Exception {
        TestCertificate certificate = TestCertificate.of("ip:127.0.0.1,dns:localhost");
        HttpsServer campus = secured(certificate);
        campus.createContext("/", exchange -> respond(exchange, new JWKSet(List.copyOf(published)).toString(true)));
        campus.start();
        try {
            MeteredProgram.configure(
                    home, ollama, """
                    upstream: {url: UPSTREAM}
                    auth: {jwt: [{issuer: "%s", audience: corral, default-role: user, jwks: "https://127.0.0.1:%d/keys",
                                  ca-file: campus.pem}]}
                    """.formatted(issuerUrl(), campus.getAddress().getPort()));
            CommandRun check = CommandRun.of(
                    home, "check", "--config", home.resolve("corral.yaml").toString());
            assertThat(check.exitCode()).isEqualTo(78);
            assertThat(check.err()).contains("ca-file: " + home.resolve("campus.pem") + " does not exist");

            pem(home.resolve("campus.pem"), certificate);
            try (MeteredProgram corral = new MeteredProgram(home)) {
                String token = token(SIGNER, "alice", "gpu");
                assertThat(ask(corral, "/api/version", "Authorization: Bearer " + token)
                                .status())
                        .isEqualTo(200);
            }
        } finally {
            campus.stop(0);
        }
    }

    /** Whoever is in the way could publish keys of their own. */
    @Test
    void issuerWhoseCertificateIsNotTrusted_isNotBelieved() throws Exception {
        HttpsServer impostor = secured(TestCertificate.of("ip:127.0.0.1,dns:localhost"));
        impostor.createContext("/", exchange -> respond(exchange, new JWKSet(List.copyOf(published)).toString(true)));
        impostor.start();
        try {
            String keys = "https://127.0.0.1:" + impostor.getAddress().getPort() + "/keys";
            MeteredProgram.configure(home, ollama, """
                    upstream: {url: UPSTREAM}
                    auth: {jwt: [{issuer: "%s", audience: corral, default-role: user, jwks: "%s"}]}
                    """.formatted(issuerUrl(), keys));
            try (MeteredProgram corral = new MeteredProgram(home)) {
                String token = token(SIGNER, "alice", "gpu");
                Response refused = ask(corral, "/api/version", "Authorization: Bearer " + token);
                assertThat(refused.status()).isEqualTo(503);
                assertThat(refused.header("Retry-After")).isNotNull();
                assertThat(written(corral))
                        .contains("cannot be reached: nobody who is trusted here has signed its certificate");
            }
        } finally {
            impostor.stop(0);
        }
    }
}
