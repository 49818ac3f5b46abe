package dev.corral.core.upstream;

import dev.corral.core.http.BackCodec;
import dev.corral.core.spi.NanoClock;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's connections to the upstream, newest first: both channels of an exchange live on one loop, so
 * nothing here is locked. Confined to its event loop.
 */
public final class ConnectionPool {
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(32 << 10, 128 << 10);

    private final EventLoop loop;
    private final Class<? extends Channel> channelType;
    private final Upstream upstream;
    private final Duration connectTimeout;
    private final NanoClock clock;
    private final boolean remote;
    private final long idleTtl;
    private final ArrayDeque<UpstreamConnection> idle = new ArrayDeque<>();
    private final Set<UpstreamConnection> opening = new HashSet<>();
    private boolean closed;

    public ConnectionPool(
            EventLoop loop,
            Class<? extends Channel> channelType,
            Upstream upstream,
            Duration connectTimeout,
            NanoClock clock) {
        this.loop = loop;
        this.channelType = channelType;
        this.upstream = upstream;
        this.connectTimeout = connectTimeout;
        this.clock = clock;
        this.remote = upstream.remote() != null;
        this.idleTtl = upstream.settings().idleTtl().toNanos();
    }

    /** Leases the connection that was used last, or returns null where none is waiting. */
    public @Nullable UpstreamConnection acquireNow(UpstreamListener listener) {
        long now = now();
        UpstreamConnection connection;
        while ((connection = idle.pollFirst()) != null) {
            upstream.countIdle(-1);
            if (connection.fresh(now, idleTtl)) {
                connection.lease(listener);
                return connection;
            }
            connection.discard();
        }
        return null;
    }

    /**
     * Opens a connection and leases it.
     *
     * @param done called once on the event loop, later: with the connection, or with null and
     *     the cause, such as that the pool is closed. A caller that wants it no longer discards it
     */
    public void acquireLater(
            UpstreamListener listener, BiConsumer<@Nullable UpstreamConnection, @Nullable Throwable> done) {
        // Once what epoll has reported is dealt with: Netty 4.2 knows sockets by their numbers, and would close a new
        // one for
        // the end of another that had its number until a moment ago.
        loop.execute(() -> open(listener, done));
    }

    private void open(UpstreamListener listener, BiConsumer<@Nullable UpstreamConnection, @Nullable Throwable> done) {
        InetSocketAddress address = upstream.address();
        if (closed) {
            done.accept(null, new ClosedChannelException());
            return;
        }
        if (address == null) {
            done.accept(
                    null, new java.net.UnknownHostException(upstream.settings().host()));
            return;
        }
        RemoteTls tls = upstream.tls();
        SslHandler secured = tls == null ? null : tls.handler(connectTimeout);
        BackCodec codec = new BackCodec();
        UpstreamConnection connection = new UpstreamConnection(this, codec);
        opening.add(connection);
        Bootstrap bootstrap = new Bootstrap();
        (remote ? RemoteSocket.prepare(bootstrap, channelType) : bootstrap)
                .group(loop)
                .channel(channelType)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) connectTimeout.toMillis())
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (secured != null) {
                            channel.pipeline().addLast(secured);
                        }
                        channel.pipeline().addLast(codec, connection);
                    }
                })
                .connect(address)
                .addListener(connected -> {
                    if (connected.isSuccess() && secured != null) {
                        secured.handshakeFuture().addListener(shaken -> opened(connection, listener, shaken, done));
                    } else {
                        opened(connection, listener, connected, done);
                    }
                });
    }

    private void opened(
            UpstreamConnection connection,
            UpstreamListener listener,
            Future<?> result,
            BiConsumer<@Nullable UpstreamConnection, @Nullable Throwable> done) {
        opening.remove(connection);
        if (!closed) {
            upstream.observer().upstreamConnect(result.isSuccess());
            upstream.reachable(result.isSuccess());
        }
        if (result.isSuccess()) {
            connection.lease(listener);
            done.accept(connection, null);
        } else {
            done.accept(null, result.cause());
        }
    }

    /** Closes idle connections that nobody has wanted for the time allowed. */
    public void evictExpired() {
        long now = now();
        UpstreamConnection oldest;
        while ((oldest = idle.peekLast()) != null && oldest.stale(now, idleTtl)) {
            remove(oldest);
            oldest.discard();
        }
    }

    /**
     * Closes the idle connections and those being opened, and opens none from now on; leased ones are closed by their
     * exchanges. An event loop that is shut down must find none: Netty 4.2 may end it without closing them.
     */
    public void close() {
        closed = true;
        UpstreamConnection connection;
        while ((connection = idle.pollFirst()) != null) {
            upstream.countIdle(-1);
            connection.discard();
        }
        List.copyOf(opening).forEach(UpstreamConnection::discard);
    }

    Upstream upstream() {
        return upstream;
    }

    /** In nanoseconds, for how long a connection was idle. */
    long now() {
        // A laptop's other clock stands still while it sleeps; then its old connections are dead.
        return remote ? TimeUnit.MILLISECONDS.toNanos(clock.epochMillis()) : clock.nanos();
    }

    void put(UpstreamConnection connection) {
        if (closed || idle.size() >= upstream.settings().maxIdlePerLoop()) {
            connection.discard();
            return;
        }
        idle.addFirst(connection);
        upstream.countIdle(1);
    }

    void remove(UpstreamConnection connection) {
        if (idle.remove(connection)) {
            upstream.countIdle(-1);
        }
    }
}
