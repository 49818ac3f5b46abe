package dev.corral.server.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The listener for operators: {@code /metrics}, {@code /healthz}, {@code /readyz}. It has one event loop and one thread
 * for scrapes, both its own, so that neither the data path nor the health checks wait for a scrape.
 *
 * <p>Thread-safe. {@link #close} blocks: not for event loops.
 */
@SuppressWarnings("FutureReturnValueIgnored") // there is nothing to do about a close that fails
public final class AdminListener implements AutoCloseable {
    private static final int MAX_REQUEST_BYTES = 8 << 10;
    private static final int MAX_CONNECTIONS = 64;
    private static final int MAX_WAITING_SCRAPES = 4;

    private final EventLoopGroup loop;
    private final ExecutorService scraper;
    private final ChannelGroup connections;
    private final Channel server;

    private AdminListener(EventLoopGroup loop, ExecutorService scraper, ChannelGroup connections, Channel server) {
        this.loop = loop;
        this.scraper = scraper;
        this.connections = connections;
        this.server = server;
    }

    /**
     * Opens the listener.
     *
     * @param listen port 0 for any free one
     * @param names host names, besides addresses and {@code localhost}, that requests may call the listener by
     * @param source what to show
     * @throws IOException if the address cannot be bound
     */
    public static AdminListener start(InetSocketAddress listen, Collection<String> names, AdminSource source)
            throws IOException {
        return start(listen, names, source, AdminTimeouts.DEFAULTS);
    }

    static AdminListener start(
            InetSocketAddress listen, Collection<String> names, AdminSource source, AdminTimeouts timeouts)
            throws IOException {
        HostCheck hosts = new HostCheck(names);
        ThreadPoolExecutor scraper = new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MAX_WAITING_SCRAPES),
                new DefaultThreadFactory("corral-scrape", true));
        EventLoopGroup loop = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("corral-admin", true), NioIoHandler.newFactory());
        ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
        ChannelFuture bound = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (connections.size() >= MAX_CONNECTIONS) {
                            channel.close();
                            return;
                        }
                        connections.add(channel);
                        AdminDeadlines deadlines = new AdminDeadlines(timeouts);
                        channel.pipeline()
                                .addLast(deadlines)
                                .addLast(new HttpServerCodec(new HttpDecoderConfig()
                                        .setMaxInitialLineLength(MAX_REQUEST_BYTES / 2)
                                        .setMaxHeaderSize(MAX_REQUEST_BYTES)))
                                .addLast(new HttpObjectAggregator(MAX_REQUEST_BYTES, true))
                                .addLast(new AdminHandler(source, hosts, scraper, deadlines));
                    }
                })
                .bind(listen)
                .awaitUninterruptibly();
        AdminListener listener = new AdminListener(loop, scraper, connections, bound.channel());
        if (!bound.isSuccess()) {
            listener.close();
            throw new IOException("admin.listen: cannot listen on " + listen, bound.cause());
        }
        return listener;
    }

    /** The address bound, with the real port. */
    public InetSocketAddress address() {
        return (InetSocketAddress) server.localAddress();
    }

    /** Closes the listener and its connections. Idempotent. */
    @Override
    public void close() {
        server.close().awaitUninterruptibly();
        connections.close().awaitUninterruptibly();
        scraper.shutdownNow();
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
