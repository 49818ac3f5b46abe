package dev.corral.core;

import dev.corral.core.exchange.FrontHandler;
import dev.corral.core.exchange.LoopContext;
import dev.corral.core.exchange.Shared;
import dev.corral.core.http.FrontCodec;
import dev.corral.core.http.Peer;
import dev.corral.core.http2.Http2Pipeline;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.handler.codec.http.HttpDecoderConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Function;

/** What a client's connection passes on one listener, in order: a place among those allowed, the protocol, exchanges. */
final class FrontInitializer extends ChannelInitializer<Channel> {
    private final ListenerSettings listener;
    private final Shared shared;
    private final ChannelGroup clients;
    private final Function<EventLoop, LoopContext> contexts;
    private final HttpDecoderConfig decoding;

    FrontInitializer(
            ListenerSettings listener, Shared shared, ChannelGroup clients, Function<EventLoop, LoopContext> contexts) {
        this.listener = listener;
        this.shared = shared;
        this.clients = clients;
        this.contexts = contexts;
        this.decoding = FrontCodec.config(shared.settings().limits());
    }

    @Override
    protected void initChannel(Channel channel) {
        // Null where the client has left already.
        InetSocketAddress client = (InetSocketAddress) channel.remoteAddress();
        if (client == null) {
            channel.close();
            return;
        }
        admit(channel, client.getAddress());
    }

    /** The client's address is known. */
    private void admit(Channel channel, InetAddress address) {
        if (!shared.connections().admit(channel, address)) {
            channel.close();
            return;
        }
        clients.add(channel);
        switch (listener.kind()) {
            case PLAIN -> http1(channel, new Peer(address, false, null));
            case PLAIN_HTTP2 -> http2(channel, new Peer(address, false, null));
            case TLS, REDIRECT -> channel.close();
        }
    }

    private void tls(Channel channel, InetAddress address) {
        TlsContexts tls = shared.tls();
        if (tls == null) {
            channel.close();
            return;
        }
        tls.secure(
                channel,
                shared.settings().timeouts().headers(),
                (place, protocol, certificate) -> http1(channel, new Peer(address, true, certificate)));
    }

    private void http1(Channel channel, Peer peer) {
        LoopContext context = contexts.apply(channel.eventLoop());
        FrontCodec codec = new FrontCodec(decoding);
        channel.pipeline().addLast(codec, new FrontHandler(shared, context, codec, peer));
    }

    private void http2(Channel channel, Peer peer) {
        Http2Pipeline.install(channel.pipeline(), shared, contexts.apply(channel.eventLoop()), peer);
    }
}
