package dev.corral.core.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.corral.core.UpstreamSettings;
import dev.corral.core.spi.NanoClock;
import dev.corral.core.testkit.Await;
import dev.corral.core.testkit.Observed;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;

/**
 * The kernel gives the number of a closed socket to the next one at once, while epoll's report about the old one may still
 * wait to be dealt with.
 */
final class ReusedNumberIT {
    private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final EventLoop loop = loops.next();

    @AfterEach
    void close() {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private Channel connect(ServerSocket to, ChannelHandler handler) {
        return new Bootstrap()
                .group(loop)
                .channel(EpollSocketChannel.class)
                .handler(handler)
                .connect(to.getLocalSocketAddress())
                .syncUninterruptibly()
                .channel();
    }

    @RepeatedTest(10)
    void connectionOpenedWhileAnotherEnds_isNotTakenForIt() throws IOException {
        assumeTrue(Epoll.isAvailable(), "epoll");
        AtomicReference<Object> outcome = new AtomicReference<>();
        CountDownLatch bothReady = new CountDownLatch(1);
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            UpstreamSettings defaults = UpstreamSettings.DEFAULTS;
            UpstreamSettings settings = new UpstreamSettings(
                    "127.0.0.1",
                    server.getLocalPort(),
                    defaults.maxIdlePerLoop(),
                    defaults.idleTtl(),
                    defaults.probeInterval(),
                    defaults.modelsInterval());
            ConnectionPool pool = new ConnectionPool(
                    loop,
                    EpollSocketChannel.class,
                    new Upstream(settings, new Observed()),
                    Duration.ofSeconds(10),
                    NanoClock.SYSTEM);
            Channel ending = connect(server, new ChannelInboundHandlerAdapter());
            try (Socket endingPeer = server.accept()) {
                Channel first = connect(server, new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext ctx, Object message) {
                        ReferenceCountUtil.release(message);
                        ending.close();
                        pool.acquireLater(
                                IgnoredAnswers.INSTANCE,
                                (made, cause) -> outcome.set(Objects.requireNonNullElse(made, cause)));
                    }
                });
                try (Socket firstPeer = server.accept()) {
                    loop.execute(() -> awaitQuietly(bothReady));
                    firstPeer.getOutputStream().write(1);
                    endingPeer.shutdownOutput();
                    bothReady.countDown();
                    Await.until("an outcome", () -> outcome.get() != null);
                    assertThat(outcome.get()).isInstanceOf(UpstreamConnection.class);
                }
                first.close().syncUninterruptibly();
            }
            loop.submit(pool::close).syncUninterruptibly();
            loop.submit(() -> ((UpstreamConnection) Objects.requireNonNull(outcome.get())).discard())
                    .syncUninterruptibly();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
