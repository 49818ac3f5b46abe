package dev.corral.core.upstream;

import dev.corral.core.http.BackCodec;
import io.netty.channel.embedded.EmbeddedChannel;

/** Upstream connections without a socket: the real codec and handler, waiting in a pool. */
public final class Pooled {
    private Pooled() {}

    /** Puts one into the pool, as if an exchange had just given it back, and returns its channel: the upstream's end. */
    public static EmbeddedChannel connection(ConnectionPool pool) {
        BackCodec codec = new BackCodec();
        UpstreamConnection connection = new UpstreamConnection(pool, codec);
        EmbeddedChannel channel = new EmbeddedChannel(codec, connection);
        connection.giveBack();
        channel.pipeline().fireChannelReadComplete();
        return channel;
    }
}
