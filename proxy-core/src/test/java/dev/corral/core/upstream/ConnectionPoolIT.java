package dev.corral.core.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.UpstreamSettings;
import dev.corral.core.spi.NanoClock;
import dev.corral.core.testkit.Await;
import dev.corral.core.testkit.FakeOllama;
import dev.corral.core.testkit.Observed;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A pool that is closed leaves no socket behind, whatever its connections were doing. */
final class ConnectionPoolIT {
    private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final EventLoop loop = loops.next();
    private final FakeOllama ollama = FakeOllama.start();
    private final Observed observed = new Observed();
    private final ConnectionPool pool = new ConnectionPool(
            loop,
            NioSocketChannel.class,
            new Upstream(settings(ollama.port()), observed),
            Duration.ofSeconds(10),
            NanoClock.SYSTEM);
    private final List<Object> outcomes = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void close() throws IOException {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
        ollama.close();
    }

    private static UpstreamSettings settings(int port) {
        UpstreamSettings defaults = UpstreamSettings.DEFAULTS;
        return new UpstreamSettings(
                "127.0.0.1",
                port,
                defaults.maxIdlePerLoop(),
                defaults.idleTtl(),
                defaults.probeInterval(),
                defaults.modelsInterval());
    }

    private void acquire() {
        pool.acquireLater(
                IgnoredAnswers.INSTANCE,
                (connection, cause) -> outcomes.add(Objects.requireNonNullElse(connection, cause)));
    }

    private void allHungUp() {
        Await.until("no open connection", () -> ollama.connections().stream().allMatch(one -> one.closing() != null));
    }

    @Test
    void closedWhileConnecting_theCallerIsTold_andNothingStaysOpen() {
        loop.submit(() -> {
                    acquire();
                    // Behind the task that opens, and before the one that connects.
                    loop.execute(pool::close);
                    acquire();
                })
                .syncUninterruptibly();
        Await.until("two outcomes", () -> outcomes.size() == 2);
        assertThat(outcomes).allMatch(ClosedChannelException.class::isInstance);
        assertThat(observed.failedConnects()).isZero();
        allHungUp();
    }

    @Test
    void closedWhileLeased_theExchangeDecidesTheEnd() {
        loop.submit(this::acquire).syncUninterruptibly();
        Await.until("a connection", () -> outcomes.size() == 1);
        assertThat(outcomes).singleElement().isInstanceOf(UpstreamConnection.class);
        ollama.awaitConnections(1);
        UpstreamConnection leased = (UpstreamConnection) outcomes.get(0);
        loop.submit(pool::close).syncUninterruptibly();
        assertThat(leased.channel().isOpen()).isTrue();
        loop.submit(() -> {
                    leased.giveBack();
                    leased.channel().pipeline().fireChannelReadComplete();
                })
                .syncUninterruptibly();
        allHungUp();
    }

    @Test
    void closedBefore_nothingIsOpened() {
        loop.submit(() -> {
                    pool.close();
                    acquire();
                })
                .syncUninterruptibly();
        Await.until("an outcome", () -> outcomes.size() == 1);
        assertThat(outcomes).singleElement().isInstanceOf(ClosedChannelException.class);
        assertThat(ollama.connections()).isEmpty();
    }
}
