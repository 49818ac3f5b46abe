package dev.corral.core.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class WireReaderTest {
    private static WireReader reader(String wire) {
        return new WireReader(new ByteArrayInputStream(wire.getBytes(ISO_8859_1)));
    }

    private static HttpHead head(WireReader reader) throws IOException {
        HttpHead head = reader.head();
        if (head == null) {
            throw new AssertionError("no head");
        }
        return head;
    }

    private static Body request(String wire) throws IOException {
        WireReader reader = reader(wire);
        HttpHead head = head(reader);
        Body body = new Body(WireReader.ofRequest(head));
        reader.body(head, body);
        return body;
    }

    @Test
    void head_keepsOrderSpellingAndBytes() throws IOException {
        String wire = "GET /a HTTP/1.1\r\nhOsT: x\r\nB:\t1 \r\nb: 2\r\n\r\n";
        HttpHead head = head(reader(wire + "rest"));
        assertThat(head.startLine()).isEqualTo("GET /a HTTP/1.1");
        assertThat(head.names()).containsExactly("hOsT", "B", "b");
        assertThat(head.all("B")).containsExactly("1", "2");
        assertThat(head.first("Host")).isEqualTo("x");
        assertThat(head.has("C")).isFalse();
        assertThat(head.raw()).isEqualTo(Bytes.of(wire));
    }

    @Test
    void endBeforeAnything_isNoHead() throws IOException {
        assertThat(reader("").head()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"G", "GET / HTTP/1.1\r", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nA: b\r\n"})
    void endWithinHead_isTruncation(String wire) {
        assertThatThrownBy(() -> reader(wire).head()).isInstanceOf(EOFException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\n\n",
                "GET / HTTP/1.1\r\nA b\r\n\r\n",
                "GET / HTTP/1.1\r\nA : b\r\n\r\n",
                "GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n",
                "GET / HTTP/1.1\r\nA: b\rc\r\n\r\n"
            })
    void brokenHead_isMalformed(String wire) {
        assertThatThrownBy(() -> reader(wire).head()).isInstanceOf(MalformedException.class);
    }

    @Test
    void chunked_isDecoded() throws IOException {
        Body body =
                request("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\nT: 1\r\n\r\n");
        assertThat(body.framing()).isEqualTo(Framing.CHUNKED);
        assertThat(body.text()).isEqualTo("abcd");
        assertThat(body.pieces()).hasSize(2);
        assertThat(body.trailers()).containsExactly(new HttpHead.Field("T", "1"));
        assertThat(body.complete()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"3\r\nabc0\r\n\r\n", "0x3\r\nabc\r\n", "3;a=b\r\nabc\r\n", "-1\r\n", "3\nabc\r\n"})
    void brokenChunk_isMalformed(String chunks) {
        assertThatThrownBy(() -> request("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks))
                .isInstanceOf(MalformedException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
                "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n",
                "Transfer-Encoding: chunked\r\n\r\n4\r\nabc",
                "Content-Length: 4\r\n\r\nabc"
            })
    void endWithinBody_leavesItIncomplete(String rest) throws IOException {
        WireReader reader = reader("POST / HTTP/1.1\r\n" + rest);
        HttpHead head = head(reader);
        Body body = new Body(WireReader.ofRequest(head));
        assertThatThrownBy(() -> reader.body(head, body)).isInstanceOf(EOFException.class);
        assertThat(body.complete()).isFalse();
        assertThat(body.text()).isEqualTo("abc");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 1\r\nTransfer-Encoding: chunked",
                "Content-Length: 1\r\nContent-Length: 1",
                "Transfer-Encoding: gzip",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"
            })
    void ambiguousFraming_isMalformed(String fields) {
        assertThatThrownBy(() -> request("POST / HTTP/1.1\r\n" + fields + "\r\n\r\n"))
                .isInstanceOf(MalformedException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, 200, CHUNKED, CHUNKED",
        "GET, 200, LENGTH, LENGTH",
        "GET, 200, NONE, UNTIL_CLOSE",
        "HEAD, 200, CHUNKED, NONE",
        "HEAD, 200, LENGTH, NONE",
        "GET, 204, NONE, NONE",
        "GET, 304, LENGTH, NONE",
        "GET, 103, NONE, NONE"
    })
    void framingOfResponses(String method, int status, Framing declared, Framing expected) throws IOException {
        String fields = switch (declared) {
            case CHUNKED -> "Transfer-Encoding: chunked\r\n";
            case LENGTH -> "Content-Length: 3\r\n";
            default -> "";
        };
        HttpHead head = head(reader("HTTP/1.1 " + status + " X\r\n" + fields + "\r\n"));
        assertThat(WireReader.ofResponse(method, status, head)).isEqualTo(expected);
    }
}
