package dev.corral.core.exchange;

import dev.corral.core.Timeouts;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.exchange.Deadlines.Deadline;
import dev.corral.core.http.Drain;
import dev.corral.core.http.FlowGate;
import dev.corral.core.http.FrontCodec;
import dev.corral.core.http.HardClose;
import dev.corral.core.http.LingeringClose;
import dev.corral.core.http.Peer;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last handler of a client's connection: makes exchanges of its requests, one at a time, and ends the connection
 * in the way that the last of them calls for. Confined to the connection's event loop.
 */
public final class FrontHandler extends ChannelInboundHandlerAdapter implements Front {
    private static final Logger LOG = LoggerFactory.getLogger(FrontHandler.class);

    private final Shared shared;
    private final LoopContext loop;
    private final FrontCodec codec;
    private final RequestSequencer sequencer = new RequestSequencer();
    private @Nullable FrontLink link;
    private final Peer peer;
    private @Nullable Exchange exchange;
    private Fate fate = Fate.KEEP;
    private boolean dispatching;
    private boolean overflowed;
    // The rest of a refused request comes, which nobody wants.
    private boolean skipping;

    public FrontHandler(Shared shared, LoopContext loop, FrontCodec codec, Peer peer) {
        this.shared = shared;
        this.loop = loop;
        this.codec = codec;
        this.peer = peer;
    }

    @Override
    public FrontLink link() {
        FrontLink made = link;
        if (made == null) {
            throw new IllegalStateException("not connected");
        }
        return made;
    }

    @Override
    public void closeAfterResponse() {
        if (fate == Fate.KEEP) {
            fate = Fate.CLOSE;
        }
    }

    @Override
    public void abortAfterFlush(boolean visiblyOnlyByReset) {
        fate = visiblyOnlyByReset ? Fate.RESET : Fate.ABORT;
    }

    @Override
    public void cut() {
        fate = Fate.CUT;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        link = new FrontLink(ctx, peer, loop.deadlines().register(this::expired), false);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        sequencer.releaseAll();
        link().deadline().retire();
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        awaitRequest();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        link().readBegins();
        if (fate == Fate.CLOSING) {
            ReferenceCountUtil.release(message);
        } else if (exchange != null && exchange.expectsContent() && message instanceof HttpContent content) {
            exchange.onContent(content);
        } else if (exchange == null && sequencer.isEmpty() && !dispatching && link().isWritable()) {
            dispatch(message);
        } else if (!sequencer.park(message)) {
            // More than may wait: what is in flight is answered, the rest is not.
            overflowed = true;
            closeAfterResponse();
            if (exchange == null) {
                close(true);
            }
        } else if (sequencer.isFull()) {
            link().gate().close(FlowGate.Reason.PARK_FULL);
        }
    }

    private void dispatch(Object message) {
        if (message instanceof HttpRequest head) {
            link().deadline().clear();
            Exchange next = new Exchange(shared, loop, this, head);
            exchange = next;
            next.start();
        } else if (exchange != null && exchange.expectsContent() && message instanceof HttpContent content) {
            exchange.onContent(content);
        } else {
            if (skipping && message instanceof HttpContent content) {
                skip(content);
            }
            ReferenceCountUtil.release(message);
        }
    }

    private void skip(HttpContent rest) {
        if (!rest.decoderResult().isSuccess()) {
            close(true);
        } else if (rest instanceof LastHttpContent) {
            skipping = false;
            awaitRequest();
        }
    }

    /** The exchange that is going on; null between two of them. */
    @Nullable
    Exchange exchange() {
        return exchange;
    }

    @Override
    public void exchangeFinished(Exchange finished) {
        if (exchange != finished) {
            return;
        }
        exchange = null;
        if (!link().isActive()) {
            fate = Fate.CLOSING;
            return;
        }
        switch (fate) {
            case KEEP -> {
                skipping = Persistence.restToCome(finished);
                if (shared.draining) {
                    close(skipping);
                } else {
                    next();
                }
            }
            case CLOSE ->
                close(Persistence.stillSending(finished)
                        || Persistence.unreadable(finished)
                        || overflowed
                        || !sequencer.isEmpty());
            case ABORT -> close(false);
            case RESET -> {
                link().channel().config().setOption(ChannelOption.SO_LINGER, 0);
                close(false, HardClose.AFTERWARDS);
            }
            case CUT -> {
                fate = Fate.CLOSING;
                HardClose.now(link().channel());
            }
            case CLOSING -> {}
        }
    }

    private void next() {
        if (!link().isWritable()) {
            link().flush();
        }
        awaitRequest();
        if (dispatching) {
            return;
        }
        dispatching = true;
        try {
            Object message;
            // While the client does not read its answers, no more of its requests are taken up.
            while (fate == Fate.KEEP
                    && (exchange == null ? link().isWritable() : exchange.expectsContent())
                    && (message = sequencer.next()) != null) {
                dispatch(message);
            }
        } finally {
            dispatching = false;
        }
        if (fate != Fate.CLOSING && !sequencer.isFull()) {
            link().gate().open(FlowGate.Reason.PARK_FULL);
        }
    }

    private void close(boolean stillSending) {
        close(stillSending, ChannelFutureListener.CLOSE);
    }

    private void close(boolean stillSending, ChannelFutureListener end) {
        fate = Fate.CLOSING;
        sequencer.releaseAll();
        shared.ending.incrementAndGet();
        link().channel().closeFuture().addListener(closed -> shared.ending.decrementAndGet());
        ChannelFuture flushed = link().writeEnd(Unpooled.EMPTY_BUFFER);
        if (stillSending) {
            LingeringClose.begin(
                    link().channel(), flushed, shared.settings.timeouts().linger());
        } else {
            flushed.addListener(end);
        }
        if (!flushed.isDone()) {
            await(Deadline.Name.CLIENT_STALL, shared.settings.timeouts().clientStall());
        }
    }

    private void awaitRequest() {
        Timeouts timeouts = shared.settings.timeouts();
        if (!link().isWritable()) {
            await(Deadline.Name.CLIENT_STALL, timeouts.clientStall());
        } else if (skipping) {
            await(Deadline.Name.KEEP_ALIVE, timeouts.bodyProgress());
        } else if (codec.headBegun()) {
            await(Deadline.Name.HEADERS, timeouts.headers());
        } else {
            await(Deadline.Name.KEEP_ALIVE, timeouts.keepAlive());
        }
    }

    private void await(Deadline.Name what, Duration time) {
        link().deadline().await(what, time.toNanos());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        link().readEnds();
        if (exchange != null) {
            exchange.onFrontReadComplete();
        } else if (fate == Fate.KEEP && link().deadline().name() == Deadline.Name.KEEP_ALIVE && codec.headBegun()) {
            awaitRequest();
        }
        link().flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        boolean writable = link().writabilityChanged();
        if (exchange != null) {
            exchange.onFrontWritability(writable);
        } else if (fate == Fate.KEEP && writable) {
            next();
        }
    }

    /** The end of the process is near: a connection on which nothing happens is closed. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == Drain.BEGUN && exchange == null && fate == Fate.KEEP && !codec.headBegun()) {
            close(skipping);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        fate = Fate.CLOSING;
        sequencer.releaseAll();
        if (exchange != null) {
            exchange.clientGone();
        }
        link().deadline().retire();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error("a client's connection failed", cause);
        }
        ctx.close();
    }

    private void expired() {
        Deadline.Name name = link().deadline().name();
        if (exchange != null) {
            exchange.expired(name);
        } else if (name == Deadline.Name.HEADERS) {
            link().deadline().clear();
            Exchange unread = new Exchange(shared, loop, this, FrontCodec.unreadRequest());
            exchange = unread;
            unread.startRefused(new ProxyError(ErrorCode.HEADER_TIMEOUT, "the request head did not arrive in time"));
        } else if (name == Deadline.Name.KEEP_ALIVE) {
            link().deadline().clear();
            // Not at once: a slow reader may still have the end of its answer to take.
            close(skipping);
        } else {
            link().deadline().clear();
            HardClose.now(link().channel());
        }
    }
}
