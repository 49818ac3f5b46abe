package dev.corral.core.exchange;

import dev.corral.core.exchange.Deadlines.Deadline;
import dev.corral.core.http.FlowGate;
import dev.corral.core.http.Peer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/**
 * What every client's side has, a connection of HTTP/1.1 or a stream of HTTP/2: its channel, which is flushed once for
 * all that one read of the client's brought, and what is waited for there. Confined to one event loop.
 */
final class FrontLink {
    private final ChannelHandlerContext ctx;
    private final Peer peer;
    private final Deadline deadline;
    private final boolean stream;
    private final FlowGate gate;
    private @Nullable ChannelFuture last;
    private boolean reading;
    private boolean unflushed;

    /**
     * Of a handler that was added to its channel.
     *
     * @param stream whether it is one of HTTP/2
     */
    FrontLink(ChannelHandlerContext ctx, Peer peer, Deadline deadline, boolean stream) {
        this.ctx = ctx;
        this.peer = peer;
        this.deadline = deadline;
        this.stream = stream;
        this.gate = new FlowGate(ctx.channel());
    }

    /** Where responses are written. */
    ChannelHandlerContext ctx() {
        return ctx;
    }

    Channel channel() {
        return ctx.channel();
    }

    Peer peer() {
        return peer;
    }

    /** Whether it is a stream of HTTP/2. */
    boolean stream() {
        return stream;
    }

    /** What is waited for. */
    Deadline deadline() {
        return deadline;
    }

    /** Turns the client's reading off and on. */
    FlowGate gate() {
        return gate;
    }

    boolean isWritable() {
        return ctx.channel().isWritable();
    }

    boolean isActive() {
        return ctx.channel().isActive();
    }

    /** Writes; {@link #flush} or {@link #flushSoon} must follow. Takes ownership. */
    void write(Object message) {
        unflushed = true;
        if (stream && message instanceof LastHttpContent) {
            last = ctx.write(message);
        } else {
            ctx.write(message, ctx.voidPromise());
        }
    }

    /** The same; {@code gone} is run when the message has left or can no longer leave. */
    void write(Object message, Runnable gone) {
        unflushed = true;
        ctx.write(message).addListener(done -> gone.run());
    }

    /** Writes what ends it all, and flushes. Takes ownership. */
    ChannelFuture writeEnd(Object message) {
        unflushed = false;
        return ctx.writeAndFlush(message);
    }

    /** How the end of the response fares; null before it is written, and on a connection of HTTP/1.1. */
    @Nullable
    ChannelFuture last() {
        return last;
    }

    /** Flushes now, or at the end of the read that is going on, together with what else it brings. */
    void flushSoon() {
        if (!reading) {
            flush();
        }
    }

    void flush() {
        if (unflushed) {
            unflushed = false;
            ctx.flush();
        }
    }

    /** The handler is told of something that came. */
    void readBegins() {
        reading = true;
    }

    /** Nothing more comes of it for now; {@link #flush} must follow. */
    void readEnds() {
        reading = false;
    }

    /** The channel became writable or ceased to be; what made it full has to go, and is not waiting for a read to end. */
    boolean writabilityChanged() {
        if (!isWritable()) {
            unflushed = false;
            ctx.flush();
        }
        return isWritable();
    }
}
