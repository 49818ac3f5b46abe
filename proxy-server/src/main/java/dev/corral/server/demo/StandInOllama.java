package dev.corral.server.demo;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A small honest stand-in for Ollama: two models, of which one repeats the caller's words and one makes vectors of
 * them, in every dialect that Ollama speaks. It binds a free loopback port. Thread-safe.
 */
public final class StandInOllama implements AutoCloseable {
    /** The model that talks. */
    public static final String MODEL = "stand-in";
    /** The model that embeds. */
    public static final String EMBEDDING_MODEL = "stand-in-embed";

    private static final Duration PACE = Duration.ofMillis(30);
    private static final int MAX_BODY = 64 << 20;

    private final EventLoopGroup group;
    private final InetSocketAddress address;
    private final AtomicInteger generating;

    private StandInOllama(EventLoopGroup group, InetSocketAddress address, AtomicInteger generating) {
        this.group = group;
        this.address = address;
        this.generating = generating;
    }

    /** Starts one that takes 30 ms for a token. */
    public static StandInOllama start() throws IOException {
        return start(PACE);
    }

    /**
     * Starts one.
     *
     * @param pace the time that one token takes; zero for as fast as it goes
     * @throws IOException if no loopback port can be bound
     */
    public static StandInOllama start(Duration pace) throws IOException {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("stand-in", true), NioIoHandler.newFactory());
        Routes routes = new Routes(pace);
        AtomicInteger generating = new AtomicInteger();
        ServerBootstrap server = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline()
                                .addLast(new HttpServerCodec())
                                .addLast(new HttpObjectAggregator(MAX_BODY))
                                .addLast(new StandInHandler(routes, pace, generating));
                    }
                });
        ChannelFuture bound = server.bind(InetAddress.getLoopbackAddress(), 0).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            group.shutdownGracefully(0, 0, TimeUnit.SECONDS).awaitUninterruptibly();
            throw new IOException("no loopback port for the stand-in", bound.cause());
        }
        InetSocketAddress address = (InetSocketAddress) bound.channel().localAddress();
        return new StandInOllama(group, address, generating);
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return address;
    }

    /** What a client would be given as {@code OLLAMA_HOST}. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + address.getPort());
    }

    /** How many answers are being made at this moment; falls when a client leaves. */
    public int generating() {
        return generating.get();
    }

    /** Ends it at once, with every connection. Idempotent. */
    @Override
    public void close() {
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
