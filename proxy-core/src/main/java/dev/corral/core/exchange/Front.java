package dev.corral.core.exchange;

/**
 * The client's side of an exchange, as it sees it: a connection of HTTP/1.1 or a stream of HTTP/2. Confined to one event
 * loop.
 */
interface Front {
    /** Its channel. */
    FrontLink link();

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
