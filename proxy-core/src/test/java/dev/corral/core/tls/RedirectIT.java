package dev.corral.core.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.ListenerSettings;
import dev.corral.core.ListenerSettings.Kind;
import dev.corral.core.testkit.Await;
import dev.corral.core.testkit.CoreFixture;
import dev.corral.core.testkit.CoreSetup;
import dev.corral.core.testkit.Deadline;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.RawClient;
import dev.corral.core.testkit.Requests;
import dev.corral.core.testkit.Response;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A listener without TLS that only says where TLS is. */
@ExtendWith(NothingLeft.class)
final class RedirectIT {
    private static final ListenerSettings LISTENER =
            new ListenerSettings(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Kind.REDIRECT, false);

    private static CoreSetup setup(TlsContexts tls) {
        return CoreSetup.on(Transport.AUTO).tls(tls).listeners(List.of(LISTENER));
    }

    private static RawClient client(CoreFixture fixture) throws IOException {
        InetSocketAddress address = fixture.core().addresses().get(1);
        return fixture.client(new Socket(address.getAddress(), address.getPort()));
    }

    @ParameterizedTest
    @CsvSource({
        "GET /api/tags HTTP/1.1, gpu.lab, https://gpu.lab:PORT/api/tags",
        "GET /api/tags?a=b HTTP/1.1, gpu.lab:80, https://gpu.lab:PORT/api/tags?a=b",
        "GET / HTTP/1.1, [::1]:80, https://[::1]:PORT/",
        "GET / HTTP/1.1, [::1], https://[::1]:PORT/",
        "POST /api/chat HTTP/1.1, gpu.lab, https://gpu.lab:PORT/api/chat",
        "GET http://gpu.lab/v1/models HTTP/1.1, gpu.lab, https://gpu.lab:PORT/v1/models",
    })
    void everyRequest_isSentToTheListenerWithTls(String line, String host, String location) throws IOException {
        try (TlsContexts tls = new TlsContexts(TlsSettings.DEFAULTS);
                CoreFixture fixture = setup(tls).start();
                RawClient client = client(fixture)) {
            client.send(line + "\r\nHost: " + host + "\r\n\r\n");
            Response response = client.read();
            assertThat(response.status()).isEqualTo(308);
            assertThat(response.header("Location"))
                    .isEqualTo(location.replace(
                            "PORT", String.valueOf(fixture.address().getPort())));
            assertThat(response.header("Connection")).isEqualTo("close");
            client.awaitClosed(Await.LONG);
        }
    }

    @Test
    void severalListenersWithTls_theFirstThatIsReachedDirectly() throws IOException {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        List<ListenerSettings> further = List.of(
                LISTENER, new ListenerSettings(any, Kind.TLS, true), new ListenerSettings(any, Kind.TLS, false));
        try (TlsContexts tls = new TlsContexts(TlsSettings.DEFAULTS);
                CoreFixture fixture =
                        CoreSetup.on(Transport.AUTO).tls(tls).listeners(further).start();
                RawClient client = client(fixture)) {
            client.send(Requests.get("/a"));
            assertThat(client.read().header("Location"))
                    .endsWith(":" + fixture.address().getPort() + "/a");
        }
    }

    @Test
    void publicUrl_isWhereRequestsAreSentTo() throws IOException {
        try (TlsContexts tls = new TlsContexts(TlsSettings.DEFAULTS);
                CoreFixture fixture =
                        setup(tls).publicUrl("https://public.example").start();
                RawClient client = client(fixture)) {
            client.send(Requests.get("/api/tags?x=1"));
            assertThat(client.read().header("Location")).isEqualTo("https://public.example/api/tags?x=1");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET /a%2fb HTTP/1.1, gpu.lab",
        "GET //evil.example HTTP/1.1, gpu.lab",
        "GET /.well-known/other HTTP/1.1, gpu.lab",
        "GET / HTTP/1.1, evil.example/x",
        "GET / HTTP/1.1, user@evil.example",
        "GET http://other/ HTTP/1.1, gpu.lab",
        "nonsense, gpu.lab",
    })
    void whatIsNoPlainRequest_isRefused(String line, String host) throws IOException {
        try (TlsContexts tls = new TlsContexts(TlsSettings.DEFAULTS);
                CoreFixture fixture = setup(tls).start();
                RawClient client = client(fixture)) {
            client.send(line + "\r\nHost: " + host + "\r\n\r\n");
            Response response = client.read();
            assertThat(response.status()).isEqualTo(400);
            assertThat(response.header("Location")).isNull();
        }
    }

    @Test
    void credential_isNeitherTakenNorRepeated_butTold() throws IOException {
        try (TlsContexts tls = new TlsContexts(TlsSettings.DEFAULTS);
                CoreFixture fixture = setup(tls).start()) {
            for (String field : List.of("Authorization: Bearer crl_secret", "X-API-Key: crl_secret")) {
                try (RawClient client = client(fixture)) {
                    client.send(Requests.post("/api/chat", Requests.MODEL, field));
                    Response response = client.read();
                    assertThat(response.status()).isEqualTo(308);
                    assertThat(response.head().raw().text() + response.body().text())
                            .doesNotContain("secret");
                }
            }
            Await.until("both are told", () -> fixture.observed().plainCredentials() == 2);
            // In the path it is repeated to who sent it: that program has nothing else to go by.
            try (RawClient client = client(fixture)) {
                client.send(Requests.get("/t/crl_secret/api/tags"));
                assertThat(client.read().status()).isEqualTo(308);
            }
            Await.until("it is told too", () -> fixture.observed().plainCredentials() == 3);
            assertThat(fixture.ollama().requests()).isEmpty();
            assertThat(fixture.observed().summaries()).isEmpty();
        }
    }

    @Test
    void largeBody_isNotReadAndTheAnswerArrives() throws IOException {
        try (TlsContexts tls = new TlsContexts(TlsSettings.DEFAULTS);
                CoreFixture fixture = setup(tls).start();
                RawClient client = client(fixture)) {
            client.send(Requests.declared("/api/chat", 1 << 30) + "x".repeat(200_000));
            assertThat(client.read().status()).isEqualTo(308);
        }
    }

    @Test
    void challengeOfAcme_isAnsweredWhileItLasts() throws IOException {
        try (TlsContexts tls = new TlsContexts(TlsSettings.DEFAULTS);
                CoreFixture fixture = setup(tls).start()) {
            assertThat(challenge(fixture).status()).isEqualTo(404);
            tls.http().put("tok-en", "tok-en.thumb");
            Response answer = challenge(fixture);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body().text()).isEqualTo("tok-en.thumb");
            tls.http().remove("tok-en");
            assertThat(challenge(fixture).status()).isEqualTo(404);
        }
    }

    private static Response challenge(CoreFixture fixture) throws IOException {
        try (RawClient client = client(fixture)) {
            client.send(Requests.get(HttpChallenges.PREFIX + "tok-en"));
            return client.read();
        }
    }

    @Test
    void slowHead_isClosed() throws IOException {
        try (TlsContexts tls = new TlsContexts(TlsSettings.DEFAULTS);
                CoreFixture fixture = setup(tls)
                        .deadline(Deadline.HEADERS, Duration.ofMillis(200))
                        .start();
                RawClient client = client(fixture)) {
            client.send("GET / HTTP/1.1\r\nHo");
            client.awaitClosed(Await.LONG);
        }
    }
}
