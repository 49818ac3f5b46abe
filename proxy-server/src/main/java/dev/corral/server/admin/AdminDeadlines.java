package dev.corral.server.admin;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** First handler of a connection: always exactly one of the {@link AdminTimeouts} runs; when it passes, all ends. */
@SuppressWarnings("FutureReturnValueIgnored") // there is nothing to do about a close that fails
final class AdminDeadlines extends ChannelInboundHandlerAdapter {
    private enum Waiting {
        FOR_REQUEST,
        FOR_ITS_END,
        FOR_ANSWER
    }

    private final AdminTimeouts timeouts;
    private Waiting waiting = Waiting.FOR_REQUEST;
    private @Nullable Future<?> timer;

    AdminDeadlines(AdminTimeouts timeouts) {
        this.timeouts = timeouts;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        enter(ctx, Waiting.FOR_REQUEST);
        ctx.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (waiting == Waiting.FOR_REQUEST) {
            enter(ctx, Waiting.FOR_ITS_END);
        }
        ctx.fireChannelRead(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        stop();
        ctx.fireChannelInactive();
    }

    void requestEnded(ChannelHandlerContext ctx) {
        enter(ctx, Waiting.FOR_ANSWER);
    }

    void answered(ChannelHandlerContext ctx) {
        enter(ctx, Waiting.FOR_REQUEST);
    }

    private void enter(ChannelHandlerContext ctx, Waiting next) {
        stop();
        waiting = next;
        if (!ctx.channel().isActive()) {
            return;
        }
        Duration limit = switch (next) {
            case FOR_REQUEST -> timeouts.idle();
            case FOR_ITS_END -> timeouts.request();
            case FOR_ANSWER -> timeouts.answer();
        };
        timer = ctx.executor().schedule((Runnable) ctx::close, limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void stop() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }
}
