package dev.corral.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProxyHeaderDecoderTest {
    private static final String HEADER = "PROXY TCP4 203.0.113.9 10.0.0.1 56324 443\r\n";

    private final List<String> events = new ArrayList<>();
    private boolean welcome = true;
    private final EmbeddedChannel channel = new EmbeddedChannel();

    private EmbeddedChannel channel() {
        channel.freezeTime();
        channel.pipeline().addLast(new ProxyHeaderDecoder(Duration.ofSeconds(10), new ProxyHeaderDecoder.Next() {
            @Override
            public boolean named(@Nullable InetAddress client) {
                events.add("named " + (client == null ? "nobody" : client.getHostAddress()));
                if (welcome) {
                    channel.pipeline().addLast(new Behind());
                }
                return welcome;
            }

            @Override
            public void refused() {
                events.add("refused");
            }
        }));
        channel.pipeline().fireChannelActive();
        return channel;
    }

    private final class Behind extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            events.add("active");
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            events.add("read " + bytes.toString(StandardCharsets.US_ASCII));
            bytes.release();
        }
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }

    @Test
    void whatComesBehindTheHeader_isReadByWhoComesBehind() {
        EmbeddedChannel channel = channel();
        channel.writeInbound(bytes(HEADER + "GET /"));
        channel.writeInbound(bytes(" HTTP/1.1"));

        assertThat(events).containsExactly("named 203.0.113.9", "active", "read GET /", "read  HTTP/1.1");
        assertThat(channel.pipeline().get(ProxyHeaderDecoder.class)).isNull();
        channel.advanceTimeBy(1, TimeUnit.MINUTES);
        channel.runPendingTasks();
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void headerInPieces_isOne() {
        EmbeddedChannel channel = channel();
        for (int i = 0; i < HEADER.length(); i++) {
            channel.writeInbound(bytes(HEADER.substring(i, i + 1)));
        }
        channel.writeInbound(bytes("x"));

        assertThat(events).containsExactly("named 203.0.113.9", "active", "read x");
    }

    @Test
    void requestWithoutHeader_isClosedUnanswered() {
        EmbeddedChannel channel = channel();
        channel.writeInbound(bytes("GET / HTTP/1.1\r\n\r\n"));

        assertThat(events).containsExactly("refused");
        assertThat(channel.isOpen()).isFalse();
        assertThat(channel.outboundMessages()).isEmpty();
    }

    @Test
    void secondHeader_isNoHeader() {
        EmbeddedChannel channel = channel();
        channel.writeInbound(bytes(HEADER + HEADER));

        assertThat(events).containsExactly("named 203.0.113.9", "active", "read " + HEADER);
    }

    @Test
    void headerThatDoesNotCome_isNotWaitedForForEver() {
        EmbeddedChannel channel = channel();
        channel.writeInbound(bytes("PROXY "));
        channel.advanceTimeBy(9_999, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        assertThat(channel.isOpen()).isTrue();
        channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();

        assertThat(events).containsExactly("refused");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void clientThatMayNotCome_isClosed_andNothingOfItIsRead() {
        welcome = false;
        EmbeddedChannel channel = channel();
        channel.writeInbound(bytes(HEADER + "GET / HTTP/1.1\r\n\r\n"));

        assertThat(events).containsExactly("named 203.0.113.9");
        assertThat(channel.isOpen()).isFalse();
        assertThat(channel.inboundMessages()).isEmpty();
    }

    @Test
    void proxyThatLeaves_leavesNothing() {
        EmbeddedChannel channel = channel();
        channel.writeInbound(bytes("PROXY TCP4 203"));
        channel.close();

        assertThat(events).isEmpty();
        assertThat(channel.runScheduledPendingTasks()).isEqualTo(-1);
    }
}
