package dev.corral.core.http2;

import dev.corral.core.exchange.LoopContext;
import dev.corral.core.exchange.Shared;
import dev.corral.core.exchange.StreamHandler;
import dev.corral.core.http.Peer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2MultiplexHandler;

/** What a client's connection passes that speaks HTTP/2, and what each stream does. */
public final class Http2Pipeline {
    /** Its name in TLS (RFC 9113 section 3.1). */
    public static final String PROTOCOL = "h2";

    /** What a stream may send before it is taken. */
    static final int STREAM_WINDOW = 64 << 10;

    /** What all streams of a connection may. */
    static final int CONNECTION_WINDOW = 1 << 20;

    private Http2Pipeline() {}

    /**
     * Adds HTTP/2 at the end of a pipeline, once it is known that the client speaks it. On the channel's event loop.
     *
     * @param peer who is at the other end
     */
    public static void install(ChannelPipeline pipeline, Shared shared, LoopContext loop, Peer peer) {
        FloodMeter floods = new FloodMeter(loop.clock());
        Complaints complaints = new Complaints(shared, loop, peer);
        FrontFrameCodec codec = FrontFrameCodec.of(shared.settings().limits(), floods, complaints);
        FrontConnection connection = new FrontConnection(shared, loop);
        Http2MultiplexHandler streams = new Http2MultiplexHandler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel stream) {
                stream.pipeline().addLast(new StreamCodec(floods, complaints), new StreamHandler(shared, loop, peer));
                connection.opened(stream);
            }
        });
        pipeline.addLast(codec, streams, connection);
    }
}
