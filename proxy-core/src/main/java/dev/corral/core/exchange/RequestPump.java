package dev.corral.core.exchange;

import dev.corral.core.exchange.Deadlines.Deadline;
import dev.corral.core.http.FlowGate;
import dev.corral.core.upstream.UpstreamConnection;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/**
 * Streams a request body to the upstream as it arrives, reading from the client only while the upstream takes it.
 * Trailers are dropped. Confined to the exchange's event loop.
 */
final class RequestPump {
    private final Exchange exchange;
    private final Holdback early;
    private @Nullable UpstreamConnection to;
    private @Nullable ChannelFuture lastWrite;
    private boolean active;
    private boolean unflushed;

    RequestPump(Exchange exchange) {
        this.exchange = exchange;
        this.early = new Holdback(exchange.link().gate());
    }

    /** Whether the body is streamed through here. */
    boolean active() {
        return active;
    }

    /** The body will come through here; until there is a connection it waits. */
    void prepare() {
        active = true;
    }

    /** The head is written: the body may come. */
    void begin(UpstreamConnection connection) {
        to = connection;
        ResponseHeads.sendContinueIfExpected(exchange);
        awaitMore();
        HttpContent content;
        while (!exchange.finished() && (content = early.next()) != null) {
            write(connection, content, content instanceof LastHttpContent);
        }
        flush();
    }

    /** Takes ownership. */
    void onContent(HttpContent content, boolean last) {
        if (exchange.requestBytes > exchange.bodyLimit) {
            content.release();
            exchange.fail(BodyStage.tooLarge(exchange.bodyLimit));
        } else if (to == null) {
            early.add(content);
        } else {
            write(to, content, last);
        }
    }

    private void write(UpstreamConnection connection, HttpContent content, boolean last) {
        Channel channel = connection.channel();
        unflushed = true;
        if (last) {
            if (content.content().isReadable()) {
                channel.write(new DefaultHttpContent(content.content()), channel.voidPromise());
            } else {
                content.release();
            }
            sent(channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT));
            if (exchange.uncommitted()) {
                exchange.deadline()
                        .await(
                                Deadline.Name.FIRST_BYTE,
                                exchange.shared.settings.timeouts().firstByte().toNanos());
            }
            return;
        }
        channel.write(content, channel.voidPromise());
        holdBackIfFull(channel);
    }

    private void holdBackIfFull(Channel channel) {
        if (channel.isWritable()) {
            awaitMore();
        } else {
            exchange.link().gate().close(FlowGate.Reason.PEER_FULL);
            exchange.deadline()
                    .await(
                            Deadline.Name.STREAM_IDLE,
                            exchange.shared.settings.timeouts().longStreamIdle().toNanos());
            flush();
        }
    }

    /** Remembers the future of the request's last byte. */
    void sent(ChannelFuture last) {
        lastWrite = last;
        exchange.holdings.sent(exchange.loop.clock().nanos());
    }

    /** Whether the whole request has left. */
    boolean complete() {
        return exchange.request == Half.DONE && lastWrite != null && lastWrite.isSuccess();
    }

    void onUpstreamWritability(boolean writable) {
        if (active && writable) {
            if (exchange.request == Half.OPEN) {
                awaitMore();
            }
            exchange.link().gate().open(FlowGate.Reason.PEER_FULL);
        }
    }

    void flush() {
        if (unflushed && to != null) {
            unflushed = false;
            to.channel().flush();
        }
    }

    /** Releases what was not sent and lets the client's connection read again. Idempotent. */
    void release() {
        early.release();
        to = null;
        if (active) {
            active = false;
            exchange.link().gate().open(FlowGate.Reason.PEER_FULL);
        }
    }

    /** The next piece of the body has to come in time. */
    private void awaitMore() {
        if (exchange.uncommitted()) {
            exchange.deadline()
                    .await(
                            Deadline.Name.BODY_PROGRESS,
                            exchange.shared.settings.timeouts().bodyProgress().toNanos());
        }
    }
}
