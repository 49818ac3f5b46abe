package dev.corral.core;

import dev.corral.core.exchange.FrontHandler;
import dev.corral.core.exchange.LoopContext;
import dev.corral.core.exchange.Shared;
import dev.corral.core.http.FrontCodec;
import dev.corral.core.http.Peer;
import dev.corral.core.http.ProxyHeaderDecoder;
import dev.corral.core.http.Seldom;
import dev.corral.core.http2.Http2Pipeline;
import dev.corral.core.spi.AddressText;
import dev.corral.core.tls.Redirect;
import dev.corral.core.tls.SecureListener;
import dev.corral.core.tls.TlsContexts;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.handler.codec.http.HttpDecoderConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a client's connection passes on one listener, in order: a place among those allowed, the protocol, exchanges. */
final class FrontInitializer extends ChannelInitializer<Channel> {
    private static final Logger LOG = LoggerFactory.getLogger(FrontInitializer.class);

    private final ListenerSettings listener;
    private final Shared shared;
    private final ChannelGroup clients;
    private final Function<EventLoop, LoopContext> contexts;
    private final HttpDecoderConfig decoding;
    private final EdgeSettings edge;
    private final Duration headerTime;
    private final Seldom complaints;
    private final Redirect redirect;

    FrontInitializer(
            ListenerSettings listener,
            Shared shared,
            ChannelGroup clients,
            Function<EventLoop, LoopContext> contexts,
            Redirect redirect) {
        this.listener = listener;
        this.shared = shared;
        this.clients = clients;
        this.contexts = contexts;
        this.redirect = redirect;
        this.decoding = FrontCodec.config(shared.settings().limits());
        this.edge = shared.settings().edge();
        this.headerTime = shared.settings().timeouts().headers();
        this.complaints = new Seldom(shared.clock());
    }

    @Override
    protected void initChannel(Channel channel) {
        // Null where the client has left already.
        InetSocketAddress client = (InetSocketAddress) channel.remoteAddress();
        if (client == null) {
            channel.close();
            return;
        }
        InetAddress peer = client.getAddress();
        if (listener.proxyProtocol()) {
            awaitHeader(channel, peer);
        } else if (!admit(channel, peer)) {
            channel.close();
        }
    }

    private void awaitHeader(Channel channel, InetAddress peer) {
        if (!edge.trustedProxies().isEmpty() && !isTrusted(peer)) {
            refused(channel, peer, "is not in trusted-proxies");
            channel.close();
            return;
        }
        if (!shared.connections().enter(channel)) {
            channel.close();
            return;
        }
        clients.add(channel);
        channel.pipeline().addLast(new ProxyHeaderDecoder(headerTime, new ProxyHeaderDecoder.Next() {
            @Override
            public boolean named(@Nullable InetAddress address) {
                return begin(channel, address == null ? peer : address);
            }

            @Override
            public void refused() {
                FrontInitializer.this.refused(channel, peer, "began a connection without a PROXY protocol header");
            }
        }));
    }

    /** Takes a connection whose client is known from the start, or refuses it. */
    private boolean admit(Channel channel, InetAddress address) {
        boolean taken = isAllowed(address)
                && (isTrusted(address)
                        ? shared.connections().enter(channel)
                        : shared.connections().admit(channel, address));
        if (taken) {
            clients.add(channel);
            speak(channel, address);
        }
        return taken;
    }

    /** The same for one that has entered, and only now said who it is. */
    private boolean begin(Channel channel, InetAddress address) {
        boolean taken = isAllowed(address)
                && (isTrusted(address) || shared.connections().claim(channel, address));
        if (taken) {
            speak(channel, address);
        }
        return taken;
    }

    /** Whether this one speaks for many, and says for each request whom it is for. */
    private boolean isTrusted(InetAddress address) {
        return edge.trustedProxies().contains(address);
    }

    private boolean isAllowed(InetAddress address) {
        boolean allowed = isTrusted(address) || edge.admits(address);
        if (!allowed) {
            shared.observer().connectionForbidden();
        }
        return allowed;
    }

    private void refused(Channel channel, InetAddress peer, String why) {
        shared.observer().connectionForbidden();
        if (complaints.now()) {
            LOG.warn("{} {}: refused at {}", AddressText.format(peer), why, channel.localAddress());
        }
    }

    /** The client's address is known. */
    private void speak(Channel channel, InetAddress address) {
        switch (listener.kind()) {
            case PLAIN -> http1(channel, new Peer(address, false, null));
            case PLAIN_HTTP2 -> http2(channel, new Peer(address, false, null));
            case TLS -> tls(channel, address);
            case REDIRECT -> redirect.begin(channel, address);
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
                (protocol, certificate) -> secured(channel, protocol, new Peer(address, true, certificate)));
    }

    private void secured(Channel channel, @Nullable String protocol, Peer peer) {
        if (SecureListener.HTTP_2.equals(protocol)) {
            http2(channel, peer);
        } else {
            http1(channel, peer);
        }
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
