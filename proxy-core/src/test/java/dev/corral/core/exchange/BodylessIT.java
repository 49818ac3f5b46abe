package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.testkit.Answer;
import dev.corral.core.testkit.CoreFixture;
import dev.corral.core.testkit.CoreSetup;
import dev.corral.core.testkit.EachTransport;
import dev.corral.core.testkit.FakeConnection;
import dev.corral.core.testkit.Framing;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.RawClient;
import dev.corral.core.testkit.Requests;
import dev.corral.core.testkit.Response;
import dev.corral.core.testkit.TestTransports;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Framing of responses by method, status, version and what the upstream did (RFC 9112 section 6.3). */
@ExtendWith(NothingLeft.class)
final class BodylessIT {
    private static final String BODY = "{\"b\":1}";

    /** One row: the request, the upstream's answer. */
    record Row(Transport transport, String method, int status, boolean http10, Framing upstream) {
        boolean bodiless() {
            return method.equals("HEAD") || status == 204 || status == 304;
        }
    }

    static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (Transport transport : TestTransports.all()) {
            for (String method : List.of("GET", "HEAD")) {
                for (int status : new int[] {200, 204, 205, 304, 404}) {
                    for (boolean http10 : new boolean[] {false, true}) {
                        for (Framing upstream : Framing.values()) {
                            rows.add(new Row(transport, method, status, http10, upstream));
                        }
                    }
                }
            }
        }
        // 1xx apart, a 204 has neither field (RFC 9110 section 8.6, RFC 9112 section 6.1).
        rows.removeIf(row -> row.status == 204 && row.upstream != Framing.NONE);
        return rows;
    }

    private static void answer(FakeConnection connection, Row row) throws IOException {
        boolean body = !row.bodiless();
        switch (row.upstream) {
            case LENGTH ->
                connection
                        .sendHead(row.status, "Content-Length: " + BODY.length())
                        .send(body ? BODY : "");
            case CHUNKED -> {
                connection.sendHead(row.status, "Transfer-Encoding: chunked");
                if (body) {
                    connection.sendChunk(BODY).sendLastChunk();
                }
            }
            case UNTIL_CLOSE ->
                connection
                        .sendHead(row.status, "Connection: close")
                        .send(body ? BODY : "")
                        .close();
            case NONE -> {
                if (body) {
                    connection.sendHead(row.status, "Content-Length: 0");
                } else {
                    connection.sendHead(row.status);
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void framingOfResponse(Row row) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(row.transport).start()) {
            fixture.ollama().onRequest(0, (connection, request) -> answer(connection, row));
            RawClient client = fixture.client();
            String request = Requests.head(row.method, "/api/tags");
            client.send(row.http10 ? Requests.http10(request) : request);
            Response response = client.read(row.method);
            assertThat(response.status()).isEqualTo(row.status);
            assertThat(response.complete()).isTrue();
            boolean empty = row.bodiless() || row.status == 205 || row.upstream == Framing.NONE;
            assertThat(response.text()).isEqualTo(empty ? "" : BODY);
            assertFields(row, response);
            if (row.http10) {
                assertThat(response.saysClose()).isTrue();
                client.awaitClosed(Duration.ofSeconds(5));
            } else {
                assertThat(response.saysClose()).isFalse();
                client.send(Requests.get("/api/tags"));
                assertThat(client.read().text()).isEqualTo("{\"ok\":true}");
            }
        }
    }

    @EachTransport
    void oldClientThatAsksToKeepTheConnection_isToldWhatHappens(Transport transport) throws IOException {
        String request = Requests.http10(Requests.get("/api/tags", "Connection: keep-alive"));
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            RawClient client = fixture.client();
            for (int i = 0; i < 3; i++) {
                client.send(request);
                Response response = client.read();
                assertThat(response.status()).isEqualTo(200);
                // Without this word it would wait for the end of the connection (RFC 9112 section 9.3).
                assertThat(response.header("Connection")).isEqualToIgnoringCase("keep-alive");
            }
            fixture.ollama().onRequest(Answer.stream(2, Duration.ZERO));
            client.send(request);
            Response stream = client.read();
            assertThat(stream.saysClose()).isTrue();
            assertThat(stream.text()).isEqualTo("{\"n\":0}\n{\"n\":1}\n");
        }
    }

    private static void assertFields(Row row, Response response) {
        List<String> lengths = response.all("Content-Length");
        boolean chunked = !response.all("Transfer-Encoding").isEmpty();
        assertThat(chunked && !lengths.isEmpty()).isFalse();
        if (row.http10 || (row.bodiless() && row.status != 200)) {
            assertThat(chunked).isFalse();
        }
        if (row.status == 204) {
            assertThat(lengths).isEmpty();
        } else if (row.status == 205) {
            // Has no content, and says so (RFC 9110 section 15.3.6): what an upstream sends nevertheless is dropped.
            assertThat(lengths).containsExactly("0");
        } else if (row.upstream == Framing.LENGTH) {
            assertThat(lengths).containsExactly(Integer.toString(BODY.length()));
        } else if (row.bodiless()) {
            // Nobody said how long the body would be.
            assertThat(lengths).isEmpty();
        }
    }
}
