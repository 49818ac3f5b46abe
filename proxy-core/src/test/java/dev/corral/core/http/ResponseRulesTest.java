package dev.corral.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.EndpointGroup;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Behind the real codec: bytes of an upstream, verdict. */
final class ResponseRulesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n",
                "HTTP/1.1 200 OK\r\n\r\n",
                "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.0 200 OK\r\n\r\n",
                "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 204 No Content\r\n\r\n",
                "HTTP/1.1 304 Not Modified\r\n\r\n",
                "HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\n{}",
                "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\n{}",
                "HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n",
                "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 429 Too Many\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 599 ?\r\nContent-Length: 0\r\n\r\n",
            })
    void soundResponse_passes(String wire) {
        assertThat(check(wire, Endpoint.CHAT)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
                "HTTP/1.1 300 Choose\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 301 Moved\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 307 There\r\nLocation: /api/pull\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 308 There\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 600 ?\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 999 ?\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 099 ?\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.2 200 OK\r\nContent-Length: 0\r\n\r\n",
                "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
                "ICY 200 OK\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 2xx OK\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
                "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
                "HTTP/1.1 200 OK\r\nnocolon\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX: a\u0000b\r\n\r\n",
                "garbage\r\n\r\n",
            })
    void unsoundResponse_isABadOne(String wire) {
        ProxyError error = check(wire, Endpoint.CHAT);

        assertThat(error).isNotNull();
        assertThat(error.code()).isEqualTo(ErrorCode.UPSTREAM_BAD_RESPONSE);
        assertThat(error.message()).startsWith("the model server ").matches("[ -~]+");
    }

    @ParameterizedTest
    @EnumSource(Endpoint.class)
    void unauthorizedUpstream_isNotTheCallersFault(Endpoint endpoint) {
        ProxyError error = check("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", endpoint);

        if (endpoint.group() == EndpointGroup.ACCOUNT) {
            assertThat(error).isNull();
        } else {
            assertThat(error).isNotNull();
            assertThat(error.code()).isEqualTo(ErrorCode.UPSTREAM_UNAUTHORIZED);
        }
    }

    @Test
    void headCutOff_isABadResponse() {
        ProxyError error = check("HTTP/1.1 200 OK\r\nContent-", Endpoint.CHAT);

        assertThat(error).isNotNull();
        assertThat(error.code()).isEqualTo(ErrorCode.UPSTREAM_BAD_RESPONSE);
    }

    @Test
    void endlessHead_isABadResponse() {
        ProxyError error = check("HTTP/1.1 200 OK\r\nX: " + "y".repeat(70_000), Endpoint.CHAT);

        assertThat(error).isNotNull();
        assertThat(error.code()).isEqualTo(ErrorCode.UPSTREAM_BAD_RESPONSE);
    }

    private static @Nullable ProxyError check(String wire, Endpoint endpoint) {
        EmbeddedChannel channel = new EmbeddedChannel(new BackCodec());
        channel.writeInbound(Unpooled.copiedBuffer(wire, StandardCharsets.ISO_8859_1));
        channel.finish();
        HttpResponse head = channel.readInbound();
        try {
            assertThat(head).as("a head, decoded or not").isNotNull();
            return ResponseRules.check(head, endpoint);
        } finally {
            ReferenceCountUtil.release(head);
            channel.releaseInbound();
        }
    }
}
