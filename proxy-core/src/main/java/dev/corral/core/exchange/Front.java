package dev.corral.core.exchange;

import dev.corral.core.exchange.Deadlines.Deadline;
import dev.corral.core.http.FlowGate;
import dev.corral.core.http.Peer;
import io.netty.channel.ChannelHandlerContext;

/**
 * The client's side of an exchange, as it sees it: a connection of HTTP/1.1 or a stream of HTTP/2. Confined to one event
 * loop.
 */
interface Front {
    /** Where responses are written. */
    ChannelHandlerContext ctx();

    /** Turns the client's reading off and on. */
    FlowGate gate();

    /** What is waited for. */
    Deadline deadline();

    Peer peer();

    boolean isWritable();

    /** Writes; {@link #flush} or {@link #flushSoon} must follow. Takes ownership. */
    void write(Object message);

    /** The same; {@code gone} is run when the message has left or can no longer leave. */
    void write(Object message, Runnable gone);

    /** Flushes now, or at the end of the read that is going on, together with what else it brings. */
    void flushSoon();

    void flush();

    /** The response says so: this exchange is the connection's last, where only one is there at a time. */
    void closeAfterResponse();

    /**
     * The response is broken off, after what was written.
     *
     * @param visiblyOnlyByReset an orderly end would look like the end of the response
     */
    void abortAfterFlush(boolean visiblyOnlyByReset);

    /** The client stopped reading: what was written will never go out. */
    void cut();

    /** Called by the exchange when it is over, on every path. */
    void exchangeFinished(Exchange finished);
}
