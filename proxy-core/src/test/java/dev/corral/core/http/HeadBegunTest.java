package dev.corral.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What decides between the deadline for a head and the one for an idle connection. */
final class HeadBegunTest {
    private final FrontCodec codec = new FrontCodec(SmugglingCorpus.LIMITS);
    private final EmbeddedChannel channel = new EmbeddedChannel(codec);

    @AfterEach
    void release() {
        channel.finishAndReleaseAll();
    }

    @Test
    void silentConnection_hasBegunNothing() {
        assertThat(codec.headBegun()).isFalse();
        read("\r\n");
        assertThat(codec.headBegun()).isFalse();
    }

    @Test
    void firstOctet_begins() {
        read("G");
        assertThat(codec.headBegun()).isTrue();
    }

    @Test
    void headIsBegun_untilItsEnd() {
        String head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        for (int i = 0; i < head.length(); i++) {
            read(head.substring(i, i + 1));
            assertThat(codec.headBegun()).as("after octet %d", i).isEqualTo(i < head.length() - 1);
        }
    }

    @Test
    void bodyAwaited_isNoHead() {
        read("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel");
        assertThat(codec.headBegun()).isFalse();
        read("lo");
        assertThat(codec.headBegun()).isFalse();
        read("G");
        assertThat(codec.headBegun()).isTrue();
    }

    @Test
    void startOfNextHeadInTheSameRead_isBegun() {
        read("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /ne");
        assertThat(codec.headBegun()).isTrue();
    }

    @Test
    void startOfNextHeadAfterABodyInTheSameRead_isBegun() {
        read("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}P");
        assertThat(codec.headBegun()).isTrue();
    }

    @Test
    void refusedHead_isNotAwaited() {
        read("GET / HTTP/9.9\r\nHost");
        assertThat(codec.headBegun()).isFalse();
        read("GET / HTTP/1.1\r\n");
        assertThat(codec.headBegun()).isFalse();
    }

    private void read(String text) {
        channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
    }
}
