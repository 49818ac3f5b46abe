package dev.corral.core.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What begins a stream, as a head of HTTP/1.1 or not at all. Netty's own checks are off, so that these stand alone. */
final class RequestHeadsTest {
    private static final String[] GET = {":method", "GET", ":scheme", "https", ":authority", "a.b", ":path", "/p"};

    private static @Nullable HttpRequest head(boolean ended, String... fields) {
        Http2Headers headers = new DefaultHttp2Headers(false);
        for (int i = 0; i < fields.length; i += 2) {
            headers.add(AsciiString.of(fields[i]), AsciiString.of(fields[i + 1]));
        }
        return RequestHeads.of(headers, ended);
    }

    private static String[] get(String... more) {
        return Stream.concat(Arrays.stream(GET), Arrays.stream(more)).toArray(String[]::new);
    }

    private static String text(boolean ended, String... fields) {
        HttpRequest head = head(ended, fields);
        return head == null
                ? "malformed"
                : head.method() + " " + head.uri() + " " + head.headers().entries();
    }

    @Test
    void wellFormed_isTheSameRequest() {
        assertThat(text(true, get("accept", "a/b", "accept", "c/d", "te", "trailers")))
                .isEqualTo("GET /p [host=a.b, accept=a/b, accept=c/d, te=trailers]");
        assertThat(text(true, get("host", "A.B"))).isEqualTo("GET /p [host=a.b]");
        assertThat(text(true, ":path", "/p?q=1", ":scheme", "http", ":method", "GET", "host", "x:1"))
                .isEqualTo("GET /p?q=1 [host=x:1]");
        assertThat(text(true, ":method", "OPTIONS", ":scheme", "https", ":authority", "a", ":path", "*"))
                .isEqualTo("OPTIONS * [host=a]");
        assertThat(text(false, ":method", "CONNECT", ":authority", "a:443"))
                .isEqualTo("CONNECT a:443 [host=a:443, transfer-encoding=chunked]");
    }

    @Test
    void bodyToCome_isFramed() {
        assertThat(text(false, get())).endsWith("[host=a.b, transfer-encoding=chunked]");
        assertThat(text(false, get("content-length", "7"))).endsWith("[host=a.b, content-length=7]");
        assertThat(text(true, get("content-length", "0"))).endsWith("[host=a.b, content-length=0]");
    }

    static Stream<List<String>> malformed() {
        return Stream.<String[]>of(
                        new String[] {},
                        new String[] {":method", "GET", ":scheme", "https", ":authority", "a"},
                        new String[] {":method", "GET", ":path", "/", ":authority", "a"},
                        new String[] {":scheme", "https", ":path", "/", ":authority", "a"},
                        new String[] {":method", "GET", ":scheme", "https", ":path", "", ":authority", "a"},
                        new String[] {":method", "GET", ":scheme", "https", ":path", "p", ":authority", "a"},
                        new String[] {":method", "GET", ":scheme", "https", ":path", "*", ":authority", "a"},
                        new String[] {":method", "GET", ":scheme", "https", ":path", "https://a/", ":authority", "a"},
                        new String[] {":method", "GET", ":scheme", "ftp", ":path", "/", ":authority", "a"},
                        new String[] {":method", "G T", ":scheme", "https", ":path", "/", ":authority", "a"},
                        new String[] {":method", "GET", ":scheme", "https", ":path", "/a b", ":authority", "a"},
                        new String[] {":method", "GET", ":scheme", "https", ":path", "/a\r\nb", ":authority", "a"},
                        new String[] {":method", "CONNECT"},
                        new String[] {":method", "CONNECT", ":authority", "a:1", ":scheme", "https", ":path", "/"},
                        get(":method", "GET"),
                        get(":path", "/p"),
                        get(":scheme", "https"),
                        get(":authority", "a.b"),
                        get(":status", "200"),
                        get(":protocol", "websocket"),
                        get(":", "x"),
                        get("", "x"),
                        get("host", "other"),
                        get("host", "a.b", "host", "a.c"),
                        get("Accept", "a/b"),
                        get("na me", "x"),
                        get("na\tme", "x"),
                        get("name:", "x"),
                        get("na\rme", "x"),
                        get("name", " x"),
                        get("name", "x\t"),
                        get("name", "x\r\ny: z"),
                        get("name", "x\0"),
                        get("connection", "keep-alive"),
                        get("keep-alive", "1"),
                        get("proxy-connection", "close"),
                        get("transfer-encoding", "chunked"),
                        get("upgrade", "h2c"),
                        get("te", "gzip"),
                        get("te", "trailers, gzip"),
                        get("content-length", "1"),
                        get("content-length", "+0"),
                        get("content-length", ""),
                        get("content-length", "0x0"),
                        get("content-length", "0", "content-length", "0"),
                        get("content-length", "0,0"),
                        get("content-length", "9999999999999999999"))
                .map(List::of);
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void malformed_isNoRequest(List<String> fields) {
        assertThat(text(true, fields.toArray(String[]::new))).isEqualTo("malformed");
    }

    @Test
    void trailers_areFieldsAndNothingElse() {
        assertThat(RequestHeads.wellFormedTrailers(new DefaultHttp2Headers(false).add("x-sum", "1")))
                .isTrue();
        assertThat(RequestHeads.wellFormedTrailers(new DefaultHttp2Headers(false).add(":path", "/")))
                .isFalse();
        assertThat(RequestHeads.wellFormedTrailers(new DefaultHttp2Headers(false).add("X-Sum", "1")))
                .isFalse();
    }
}
