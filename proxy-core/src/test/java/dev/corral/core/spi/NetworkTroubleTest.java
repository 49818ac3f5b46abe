package dev.corral.core.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class NetworkTroubleTest {
    @Test
    void portThatNobodyListensOn_refuses() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        assertThat(NetworkTrouble.text(failure("http://127.0.0.1:" + port, Duration.ofSeconds(30))))
                .isEqualTo("connection refused");
    }

    @Test
    void nameThatDoesNotExist_isNoHost() {
        assertThat(NetworkTrouble.text(failure("http://nowhere.invalid:9", Duration.ofSeconds(30))))
                .isEqualTo("no such host");
    }

    @Test
    void serverThatIsSilent_doesNotAnswerInTime() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String url = "http://127.0.0.1:" + silent.getLocalPort();
            assertThat(NetworkTrouble.text(failure(url, Duration.ofMillis(500))))
                    .isEqualTo("no answer in time");
        }
    }

    @Test
    void otherFailures_areToldApart() {
        ConnectException noRoute = new ConnectException();
        noRoute.initCause(new NoRouteToHostException("No route to host"));
        assertThat(NetworkTrouble.text(noRoute)).isEqualTo("there is no way to it from here");
        assertThat(NetworkTrouble.text(new ConnectException("Connection timed out")))
                .isEqualTo("no answer in time");
        assertThat(NetworkTrouble.text(new IOException("what a server has sent")))
                .isNull();
        assertThat(NetworkTrouble.text(null)).isNull();
    }

    @Test
    void place_alwaysHasAPort() {
        assertThat(NetworkTrouble.place(URI.create("https://a.example/dir"))).isEqualTo("a.example:443");
        assertThat(NetworkTrouble.place(URI.create("http://localhost/"))).isEqualTo("localhost:80");
        assertThat(NetworkTrouble.place(URI.create("https://[::1]:14000/dir"))).isEqualTo("[::1]:14000");
    }

    private static Throwable failure(String url, Duration patience) {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url)).timeout(patience).build();
        return catchThrowable(() -> HttpClient.newHttpClient().send(request, BodyHandlers.discarding()));
    }
}
