package dev.corral.core.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;

/**
 * Closes past all handlers. Over TLS an ordinary close says first that this is the end: to a client that goes by it, what
 * was broken off would look whole; and one that does not read would keep the connection a while longer.
 */
public final class HardClose {
    /** Does it when something has been written. */
    public static final ChannelFutureListener AFTERWARDS = written -> now(written.channel());

    private HardClose() {}

    /** Does it now; on the channel's event loop. */
    public static void now(Channel channel) {
        channel.unsafe().close(channel.voidPromise());
    }
}
