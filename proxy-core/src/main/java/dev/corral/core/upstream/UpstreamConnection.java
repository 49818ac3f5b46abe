package dev.corral.core.upstream;

import dev.corral.core.http.BackCodec;
import dev.corral.core.http.FlowGate;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the upstream and the last handler of its pipeline. It is leased to one exchange at a time; what
 * arrives while nobody has leased it is poison and closes it, for it could be taken for the answer to another caller's
 * request. Confined to its event loop.
 */
public final class UpstreamConnection extends ChannelInboundHandlerAdapter {
    private enum State {
        /** Connecting, or between leases outside the pool. */
        LOOSE,
        LEASED,
        /** Given back clean; goes to the pool when the read that ended the response is over and brought no more. */
        RETURNING,
        IDLE,
        CLOSED
    }

    private final ConnectionPool pool;
    private final BackCodec codec;
    private State state = State.LOOSE;
    private @Nullable UpstreamListener listener;
    private @Nullable Channel channel;
    private @Nullable FlowGate gate;
    private boolean used;
    private long idleSince;

    UpstreamConnection(ConnectionPool pool, BackCodec codec) {
        this.pool = pool;
        this.codec = codec;
    }

    /** The channel; its event loop is the exchange's. */
    public Channel channel() {
        Channel connected = channel;
        if (connected == null) {
            throw new IllegalStateException("not connected");
        }
        return connected;
    }

    /** The only control of reading from this connection. */
    public FlowGate gate() {
        FlowGate connected = gate;
        if (connected == null) {
            throw new IllegalStateException("not connected");
        }
        return connected;
    }

    /** Whether an exchange had it before the present one. */
    public boolean reused() {
        return used;
    }

    /**
     * Prepares for a request.
     *
     * @param bodiless whether its response has no body whatever the head says
     */
    public void expect(boolean bodiless) {
        codec.expect(bodiless);
    }

    /** Gives a clean connection back: request wholly written, response ended by its own framing, both keeping it. */
    public void giveBack() {
        listener = null;
        used = true;
        leave(State.RETURNING);
    }

    /** Closes a connection that is not clean, or whose request is to be cancelled. Idempotent. */
    public void discard() {
        listener = null;
        leave(State.LOOSE);
        if (channel != null) {
            channel.close();
        }
    }

    void lease(UpstreamListener to) {
        listener = to;
        state = State.LEASED;
        pool.upstream().countLeased(1);
    }

    /** Whether it can be leased from the pool now. */
    boolean fresh(long now, long ttl) {
        return state == State.IDLE && channel().isActive() && !codec.leftover() && !stale(now, ttl);
    }

    /** Whether it was idle for too long, or nobody knows how long: a clock that was set back tells nothing. */
    boolean stale(long now, long ttl) {
        long idle = now - idleSince;
        return idle < 0 || idle >= ttl;
    }

    private void poisoned() {
        if (state == State.IDLE) {
            pool.remove(this);
        }
        state = State.LOOSE;
        pool.upstream().observer().upstreamPoisoned();
    }

    private void leave(State next) {
        if (state == State.LEASED) {
            pool.upstream().countLeased(-1);
        }
        if (state != State.CLOSED) {
            state = next;
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        channel = ctx.channel();
        gate = new FlowGate(ctx.channel());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        UpstreamListener to = listener;
        if (to == null) {
            ReferenceCountUtil.release(message);
            if (state == State.IDLE || state == State.RETURNING) {
                poisoned();
            }
            ctx.close();
        } else if (message instanceof HttpResponse response) {
            to.onResponse(response);
        } else if (message instanceof HttpContent content) {
            to.onContent(content);
        } else {
            ReferenceCountUtil.release(message);
            ctx.close();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (listener != null) {
            listener.onReadComplete();
        } else if (state == State.RETURNING) {
            if (codec.leftover()) {
                poisoned();
                ctx.close();
            } else {
                state = State.IDLE;
                idleSince = pool.now();
                pool.put(this);
            }
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (!ctx.channel().isWritable()) {
            // Bytes that were not flushed count as well and would keep it unwritable for ever.
            ctx.flush();
        }
        if (listener != null) {
            listener.onUpstreamWritability();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        closed(null);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        closed(cause);
        ctx.close();
    }

    private void closed(@Nullable Throwable cause) {
        UpstreamListener to = listener;
        listener = null;
        if (state == State.IDLE) {
            pool.remove(this);
        }
        leave(State.CLOSED);
        state = State.CLOSED;
        if (to != null) {
            to.onUpstreamClosed(cause);
        }
    }
}
