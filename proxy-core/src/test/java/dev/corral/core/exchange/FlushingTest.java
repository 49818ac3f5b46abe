package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.testkit.Authenticators;
import dev.corral.core.testkit.NothingLeft;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How often a stream is flushed to the client: each flush is a system call and, later, a TLS record. */
@ExtendWith(NothingLeft.class)
final class FlushingTest {
    private static final String CHAT =
            "POST /api/chat HTTP/1.1\r\nHost: a\r\nContent-Length: 13\r\n\r\n{\"model\":\"m\"}";
    private static final String HEAD = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String TOKEN = "2\r\nab\r\n";
    private static final String END = "0\r\n\r\n";

    private final FlushCounter flushes = new FlushCounter();
    private final Bench bench = new Bench(Authenticators.allowAll(), flushes);

    @AfterEach
    void end() {
        bench.close();
    }

    @Test
    void burst_fewFlushes() {
        bench.send(CHAT);
        flushes.count = 0;
        bench.answer(HEAD + TOKEN.repeat(200));

        assertThat(flushes.count).isEqualTo(1);
        bench.answer(END);
        assertThat(bench.answered()).endsWith(TOKEN.repeat(200) + END);
    }

    @Test
    void tokensThatComeOneByOne_areFlushedOneByOne() {
        bench.send(CHAT);
        bench.answer(HEAD);
        flushes.count = 0;
        for (int i = 0; i < 50; i++) {
            bench.answer(TOKEN);
        }

        assertThat(flushes.count).isEqualTo(50);
        bench.answer(END);
    }

    private static final class FlushCounter extends ChannelOutboundHandlerAdapter {
        private int count;

        @Override
        public void flush(ChannelHandlerContext ctx) {
            count++;
            ctx.flush();
        }
    }
}
