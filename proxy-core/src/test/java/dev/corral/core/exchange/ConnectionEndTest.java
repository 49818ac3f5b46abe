package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.http.Drain;
import dev.corral.core.testkit.Authenticators;
import dev.corral.core.testkit.NothingLeft;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A connection whose exchange is over counts until its last bytes have gone out, so that a drain waits for them. */
@ExtendWith(NothingLeft.class)
final class ConnectionEndTest {
    private final SlowSocket socket = new SlowSocket();
    private final Bench bench = new Bench(Authenticators.allowAll(), socket);

    @AfterEach
    void end() {
        bench.close();
    }

    @Test
    void answerOnItsWay_isWaitedForAtTheEnd() {
        bench.send("GET /nowhere HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        assertThat(bench.answered()).startsWith("HTTP/1.1 404 ");
        assertThat(bench.shared.inFlight()).isZero();
        assertThat(bench.shared.ending()).isEqualTo(1);
        Objects.requireNonNull(socket.last).setSuccess();
        assertThat(bench.client.isOpen()).isFalse();
        assertThat(bench.shared.ending()).isZero();
    }

    @Test
    void drain_closesAnIdleConnectionOnceItsAnswerHasGoneOut() {
        bench.send("GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(bench.shared.ending()).isZero();
        bench.shared.drain();
        bench.client.pipeline().fireUserEventTriggered(Drain.BEGUN);

        assertThat(bench.shared.ending()).isEqualTo(1);
        assertThat(bench.client.isOpen()).isTrue();
        Objects.requireNonNull(socket.last).setSuccess();
        assertThat(bench.client.isOpen()).isFalse();
        assertThat(bench.shared.ending()).isZero();
    }

    /** Does not say that the empty buffer behind the last answer has gone out. */
    private static final class SlowSocket extends ChannelOutboundHandlerAdapter {
        private @Nullable ChannelPromise last;

        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            if (message instanceof ByteBuf end) {
                end.release();
                last = promise;
            } else {
                ctx.write(message, promise);
            }
        }
    }
}
