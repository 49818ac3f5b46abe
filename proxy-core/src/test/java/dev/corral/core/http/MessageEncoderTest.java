package dev.corral.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

final class MessageEncoderTest {
    private static final int[] LENGTHS = {0, 1, 15, 16, 17, 255, 256, 4095, 4096, 4097, 20_000};

    private static String sent(EmbeddedChannel channel) {
        StringBuilder all = new StringBuilder();
        for (ByteBuf piece; (piece = channel.readOutbound()) != null; piece.release()) {
            all.append(piece.toString(StandardCharsets.ISO_8859_1));
        }
        return all.toString();
    }

    private static String written(ChannelHandler encoder, Random random, boolean requests) {
        EmbeddedChannel channel = new EmbeddedChannel(encoder);
        for (int message = 0; message < 4; message++) {
            boolean chunked = random.nextBoolean();
            Supplier<ByteBuf> piece = () -> noise(random);
            if (random.nextBoolean()) {
                ByteBuf body = piece.get();
                HttpHeaders fields;
                Object whole;
                if (requests) {
                    var request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/api/chat", body);
                    fields = request.headers();
                    whole = request;
                } else {
                    var response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status(random), body);
                    fields = response.headers();
                    whole = response;
                }
                set(fields, random).setInt(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
                channel.write(whole);
            } else {
                var head = requests
                        ? new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.PUT, "/v1/x?y")
                        : new DefaultHttpResponse(HttpVersion.HTTP_1_1, status(random));
                set(head.headers(), random);
                if (chunked) {
                    head.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
                }
                channel.write(head);
                for (int i = random.nextInt(6); i > 0; i--) {
                    channel.write(new DefaultHttpContent(piece.get()));
                    if (random.nextInt(3) == 0) {
                        channel.flush();
                    }
                }
                channel.write(LastHttpContent.EMPTY_LAST_CONTENT);
            }
            if (random.nextBoolean()) {
                channel.flush();
            }
        }
        channel.flush();
        String all = sent(channel);
        assertThat(channel.finish()).isFalse();
        return all;
    }

    private static HttpResponseStatus status(Random random) {
        return random.nextBoolean() ? HttpResponseStatus.OK : HttpResponseStatus.valueOf(400 + random.nextInt(130));
    }

    private static HttpHeaders set(HttpHeaders fields, Random random) {
        fields.set("X-Request-Id", Integer.toHexString(random.nextInt()));
        fields.set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON);
        fields.set("x-latin", "caf\u00e9 \u0142");
        for (int i = random.nextInt(20); i > 0; i--) {
            fields.add("x-" + i, "v".repeat(random.nextInt(120)));
        }
        return fields;
    }

    private static ByteBuf noise(Random random) {
        byte[] bytes = new byte[LENGTHS[random.nextInt(LENGTHS.length)]];
        random.nextBytes(bytes);
        return Unpooled.wrappedBuffer(bytes);
    }

    @RepeatedTest(200)
    void sameBytesAsNettys(RepetitionInfo repetition) {
        long seed = repetition.getCurrentRepetition();
        assertThat(written(new MessageEncoder(), new Random(seed), false))
                .as("responses, seed %d", seed)
                .isEqualTo(written(new HttpResponseEncoder(), new Random(seed), false));
        assertThat(written(new MessageEncoder(), new Random(seed), true))
                .as("requests, seed %d", seed)
                .isEqualTo(written(new HttpRequestEncoder(), new Random(seed), true));
    }

    @Test
    void whatIsSmall_leavesAsOnePiece_andOnlyAtTheFlush() {
        EmbeddedChannel channel = new EmbeddedChannel(new MessageEncoder());
        var head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        head.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        channel.write(head, channel.voidPromise());
        channel.write(new DefaultHttpContent(Unpooled.wrappedBuffer(new byte[300])), channel.voidPromise());
        channel.write(LastHttpContent.EMPTY_LAST_CONTENT, channel.voidPromise());
        assertThat(channel.outboundMessages()).isEmpty();
        channel.flush();
        assertThat(channel.outboundMessages()).hasSize(1);
        assertThat(sent(channel))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("\r\n12c\r\n")
                .endsWith("\r\n0\r\n\r\n");
        channel.finish();
    }

    @Test
    void statusWithoutBody_hasNone_likeNettys() {
        for (int code : new int[] {100, 204, 205, 304}) {
            String[] bytes = new String[2];
            for (int i = 0; i < 2; i++) {
                EmbeddedChannel channel =
                        new EmbeddedChannel(i == 0 ? new MessageEncoder() : new HttpResponseEncoder());
                var head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(code));
                head.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
                channel.write(head);
                channel.write(new DefaultHttpContent(Unpooled.wrappedBuffer(new byte[10])));
                channel.write(LastHttpContent.EMPTY_LAST_CONTENT);
                channel.flush();
                bytes[i] = sent(channel);
                channel.finish();
            }
            assertThat(bytes[0]).isEqualTo(bytes[1]).endsWith("\r\n\r\n").doesNotContain("\r\n0\r\n");
        }
    }

    @Test
    void promise_isKeptWhenTheLastByteLeaves() {
        EmbeddedChannel channel = new EmbeddedChannel(new MessageEncoder());
        for (int length : LENGTHS) {
            var request = new DefaultFullHttpRequest(
                    HttpVersion.HTTP_1_1, HttpMethod.POST, "/", Unpooled.wrappedBuffer(new byte[length]));
            request.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, length);
            ChannelFuture future = channel.write(request);
            assertThat(future.isDone()).isFalse();
            channel.flush();
            assertThat(future.isSuccess()).isTrue();
            assertThat(sent(channel)).hasSizeGreaterThan(length);
        }
        channel.finish();
    }

    @Test
    void closedBeforeTheFlush_givesItsBufferBack() {
        EmbeddedChannel channel = new EmbeddedChannel(new MessageEncoder());
        ByteBuf content = Unpooled.directBuffer(64).writeZero(64);
        channel.write(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK), channel.voidPromise());
        channel.write(new DefaultHttpContent(content), channel.voidPromise());
        channel.close();
        channel.runPendingTasks();
        assertThat(content.refCnt()).isZero();
        assertThat(channel.outboundMessages()).isEmpty();
    }
}
