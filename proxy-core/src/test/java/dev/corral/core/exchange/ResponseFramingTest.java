package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.spi.Outcome;
import dev.corral.core.testkit.NothingLeft;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Method, version, status and the upstream's framing, against how the client's response is framed. */
@ExtendWith(NothingLeft.class)
final class ResponseFramingTest {
    private static final String BODY = "hello";

    /** How the upstream says where its response ends. */
    private enum Upstream {
        LENGTH("HTTP/1.1", "Content-Length: 5\r\n", BODY),
        LENGTH_ZERO("HTTP/1.1", "Content-Length: 0\r\n", ""),
        CHUNKED("HTTP/1.1", "Transfer-Encoding: chunked\r\n", "2\r\nhe\r\n3\r\nllo\r\n0\r\nX-Trailer: y\r\n\r\n"),
        CHUNKED_EMPTY("HTTP/1.1", "Transfer-Encoding: chunked\r\n", "0\r\n\r\n"),
        LENGTH_THEN_CLOSE("HTTP/1.1", "Connection: close\r\nContent-Length: 5\r\n", BODY),
        CLOSE("HTTP/1.1", "Connection: close\r\n", BODY),
        SILENT("HTTP/1.1", "", BODY),
        OLD_LENGTH("HTTP/1.0", "Content-Length: 5\r\n", BODY),
        OLD_CLOSE("HTTP/1.0", "", BODY);

        private final String version;
        private final String fields;
        private final String body;

        Upstream(String version, String fields, String body) {
            this.version = version;
            this.fields = fields;
            this.body = body;
        }

        boolean hasLength() {
            return fields.contains("Content-Length");
        }

        boolean chunked() {
            return fields.contains("chunked");
        }

        String content() {
            return this == LENGTH_ZERO || this == CHUNKED_EMPTY ? "" : BODY;
        }
    }

    /** What the client speaks. */
    private enum Client {
        NEW("HTTP/1.1", "", true),
        NEW_CLOSING("HTTP/1.1", "Connection: close\r\n", false),
        OLD("HTTP/1.0", "", false),
        OLD_KEEPING("HTTP/1.0", "Connection: keep-alive\r\n", true);

        private final String version;
        private final String fields;
        private final boolean keeps;

        Client(String version, String fields, boolean keeps) {
            this.version = version;
            this.fields = fields;
            this.keeps = keeps;
        }
    }

    static Stream<Arguments> table() {
        return Stream.of("GET", "HEAD")
                .flatMap(method -> Stream.of(200, 201, 204, 304, 400, 404, 500)
                        .flatMap(status -> Stream.of(Client.values())
                                .flatMap(client -> Stream.of(Upstream.values())
                                        .map(upstream -> Arguments.of(method, status, client, upstream)))));
    }

    @ParameterizedTest
    @MethodSource("table")
    void anyResponse_isFramedAsTheClientUnderstandsIt(String method, int status, Client client, Upstream upstream) {
        boolean bodiless = method.equals("HEAD") || status == 204 || status == 304;
        boolean delimited = upstream.hasLength() || upstream.chunked() || bodiless;
        boolean chunks = !upstream.hasLength() && !bodiless && client.version.equals("HTTP/1.1");
        boolean closeDelimited = !upstream.hasLength() && !bodiless && !chunks;
        boolean kept = client.keeps && !closeDelimited;
        try (Bench bench = new Bench()) {
            bench.send(method + " /api/tags " + client.version + "\r\nHost: a\r\n" + client.fields + "\r\n");
            bench.answer(upstream.version + " " + status + " Fine\r\n" + upstream.fields + "\r\n"
                    + (bodiless ? "" : upstream.body));
            if (!delimited) {
                assertThat(bench.client.isOpen()).isTrue();
                bench.upstream.close();
            }
            String answered = bench.answered();
            int end = answered.indexOf("\r\n\r\n") + 4;
            String head = answered.substring(0, end).toLowerCase(Locale.ROOT);
            String body = answered.substring(end);

            assertThat(head).startsWith("http/1.1 " + status + " ").doesNotContain("x-trailer");
            assertThat(head.contains("transfer-encoding: chunked\r\n")).as(head).isEqualTo(chunks);
            assertThat(head.contains("transfer-encoding")).isEqualTo(chunks);
            boolean told = upstream.hasLength() && status != 204;
            assertThat(head.contains("content-length: ")).as(head).isEqualTo(told);
            if (bodiless) {
                assertThat(body).isEmpty();
            } else if (chunks) {
                assertThat(dechunked(body)).isEqualTo(upstream.content());
            } else {
                assertThat(body).isEqualTo(upstream.content());
            }
            assertThat(head.contains("connection: close\r\n")).as(head).isEqualTo(!kept);
            assertThat(head.contains("connection: keep-alive\r\n")).isEqualTo(kept && client == Client.OLD_KEEPING);
            assertThat(bench.client.isOpen()).isEqualTo(kept);
            boolean pooled = upstream.version.equals("HTTP/1.1") && !upstream.fields.contains("close") && delimited;
            assertThat(bench.shared.upstream().idle()).isEqualTo(pooled ? 1 : 0);
            assertThat(bench.upstream.isOpen()).isEqualTo(pooled);
            assertThat(bench.observed.summaries()).hasSize(1);
            assertThat(bench.observed.summaries().get(0).outcome()).isEqualTo(Outcome.COMPLETED);
        }
    }

    private static String dechunked(String body) {
        StringBuilder content = new StringBuilder();
        int at = 0;
        while (true) {
            int line = body.indexOf("\r\n", at);
            int size = Integer.parseInt(body.substring(at, line), 16);
            content.append(body, line + 2, line + 2 + size);
            at = line + 2 + size + 2;
            if (size == 0) {
                assertThat(at).as("nothing after the last chunk, no trailers").isEqualTo(body.length());
                return content.toString();
            }
        }
    }
}
