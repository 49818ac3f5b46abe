package dev.corral.core.spi;

import java.net.InetAddress;
import java.time.Duration;

/** Is told what happens, for metrics and logs. Called on event loops; must neither block nor throw. */
public interface ExchangeObserver {
    /** Sees nothing. */
    ExchangeObserver NONE = summary -> {};

    /** An exchange ended. Called exactly once for each. */
    void finished(ExchangeSummary summary);

    /** A tick of an event loop came this much late: the first number to look at in an incident. */
    default void eventLoopLag(int loop, long nanos) {}

    /** A client connection was closed unanswered because a connection limit was reached. */
    default void connectionRefused() {}

    /** A client connection was closed unanswered because of where it came from, or did not begin as its listener demands. */
    default void connectionForbidden() {}

    /**
     * An address sent too many wrong credentials, and its further ones are refused without a reason.
     *
     * @param address as requests are attributed; what holds for one IPv6 address holds for its /64
     * @param time for how long
     */
    default void lockedOut(InetAddress address, Duration time) {}

    /**
     * A client's connection of HTTP/2 was closed because of what it sent.
     *
     * @param client its address, or whom a PROXY protocol header named
     * @param flood frames that carry nothing, too many of them; false where it broke the protocol
     */
    default void http2Closed(InetAddress client, boolean flood) {}

    /** An attempt to reach the upstream ended. */
    default void upstreamConnect(boolean success) {}

    /** An idle upstream connection sent something nobody asked for and was closed. */
    default void upstreamPoisoned() {}

    /** A credential came over plain HTTP, to a listener that only redirects: whoever could listen has it now. */
    default void credentialOverPlainHttp(InetAddress client) {}
}
