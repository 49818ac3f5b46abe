package dev.corral.core;

import dev.corral.core.ListenerSettings.Kind;
import dev.corral.core.body.JsonFieldScanner;
import dev.corral.core.exchange.Deadlines;
import dev.corral.core.exchange.LoopContext;
import dev.corral.core.exchange.Shared;
import dev.corral.core.http.Drain;
import dev.corral.core.http.HttpDate;
import dev.corral.core.http.RequestIds;
import dev.corral.core.policy.LoadedModel;
import dev.corral.core.tls.Redirect;
import dev.corral.core.upstream.ConnectionPool;
import dev.corral.core.upstream.HealthProbe;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The data path: listens, decides, pumps. Thread-safe. */
public final class ProxyCore implements AutoCloseable {
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(32 << 10, 64 << 10);
    private static final int BACKLOG = 4096;
    private static final int MOST_TURNS_TO_END = 100;
    private static final long DRAIN_LOOK_MILLIS = 20;

    private final CoreWiring wiring;
    private final Shared shared;
    private final EventLoops loops;
    private final Map<EventLoop, LoopContext> contexts = new HashMap<>();
    // Stays closed: a connection that is still being set up then is closed by joining.
    private final ChannelGroup clients = new DefaultChannelGroup("clients", GlobalEventExecutor.INSTANCE, true);
    private final List<Channel> listeners = new ArrayList<>();
    private final Redirect redirect;
    private @Nullable HealthProbe probe;
    private boolean closed;

    private ProxyCore(CoreWiring wiring) {
        this.wiring = wiring;
        this.shared = new Shared(wiring);
        this.redirect = redirect(wiring);
        this.loops =
                new EventLoops(wiring.settings().transport(), wiring.settings().eventLoops());
        for (EventLoop loop : loops.all()) {
            contexts.put(loop, context(loop));
        }
    }

    /** Prepares everything but opens no socket. */
    public static ProxyCore create(CoreWiring wiring) {
        return new ProxyCore(wiring);
    }

    private static Redirect redirect(CoreWiring wiring) {
        CoreSettings settings = wiring.settings();
        return new Redirect(
                settings.publicUrl(),
                wiring.tls() == null ? null : wiring.tls().http(),
                settings.limits(),
                settings.timeouts(),
                wiring.observer());
    }

    private LoopContext contextOf(EventLoop loop) {
        return Objects.requireNonNull(contexts.get(loop));
    }

    private LoopContext context(EventLoop loop) {
        ConnectionPool pool = new ConnectionPool(
                loop,
                loops.clientChannel(),
                shared.upstream(),
                wiring.settings().timeouts().connect(),
                wiring.clock());
        return new LoopContext(
                pool,
                new Deadlines(wiring.clock()),
                new RequestIds(),
                new HttpDate(),
                new JsonFieldScanner(),
                wiring.clock());
    }

    /**
     * Opens the listeners and begins to look after the upstream.
     *
     * @return the address of the first, with the real port
     * @throws ListenException if an address cannot be bound
     */
    public synchronized InetSocketAddress bind() throws ListenException {
        int index = 0;
        for (EventLoop loop : loops.all()) {
            LoopContext context = contextOf(loop);
            int number = index++;
            loop.execute(() -> context.deadlines()
                    .start(loop, lag -> wiring.observer().eventLoopLag(number, lag), context.pool()::evictExpired));
        }
        for (ListenerSettings settings : wiring.settings().listeners()) {
            listeners.add(listen(settings));
        }
        redirectTo(false);
        redirectTo(true);
        shared.readCatalogue();
        shared.watchLoaded();
        probe = new HealthProbe(shared.upstream(), wiring.settings().timeouts().connect());
        return (InetSocketAddress) listeners.get(0).localAddress();
    }

    /** To the first of the listeners for TLS that are of this sort, where there is one: directly reached ones are better. */
    private void redirectTo(boolean direct) {
        List<ListenerSettings> settings = wiring.settings().listeners();
        for (int i = settings.size() - 1; i >= 0; i--) {
            if (settings.get(i).kind() == Kind.TLS && settings.get(i).proxyProtocol() != direct) {
                redirect.securePort(((InetSocketAddress) listeners.get(i).localAddress()).getPort());
            }
        }
    }

    private Channel listen(ListenerSettings settings) throws ListenException {
        ChannelFuture bound = new ServerBootstrap()
                // One of the loops accepts as well: a thread of its own would have to wake the loop of each connection.
                .group(loops.workers())
                .channel(loops.serverChannel())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                // TCP_NODELAY is Netty's default. SO_KEEPALIVE, which asks after two hours, comes after every deadline.
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .childHandler(new FrontInitializer(settings, shared, clients, this::contextOf, redirect))
                .bind(settings.address());
        bound.awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new ListenException(settings.address(), bound.cause());
        }
        return bound.channel();
    }

    /** Where clients can connect, with the real ports, in the order of {@link CoreSettings#listeners}. After {@link #bind}. */
    public synchronized List<InetSocketAddress> addresses() {
        return listeners.stream()
                .map(listener -> (InetSocketAddress) listener.localAddress())
                .toList();
    }

    /** The event loop implementation in use: {@code epoll} or {@code nio}. */
    public String transport() {
        return loops.transport();
    }

    /** A moment's look, for gauges. */
    public CoreStats stats() {
        return new CoreStats(
                shared.inFlight(),
                shared.connections().open(),
                shared.upstream().idle(),
                shared.upstream().leased(),
                shared.budget().held(),
                shared.upstream().reachable(),
                shared.queue().running(),
                shared.queue().waiting(),
                shared.draining());
    }

    /** Addresses that are locked out now because they sent too many wrong credentials. Looks through a table: for scrapes. */
    public int lockedOutAddresses() {
        return shared.lockedOut();
    }

    /** The models that the upstream has loaded, at most 64; none while that is not known, as before the first answer to the first call. */
    public List<LoadedModel> loadedModels() {
        return shared.loadedModels();
    }

    /**
     * Closes idle connections, refuses new requests and lets running exchanges finish; the listener stays open
     * meanwhile, so that callers get a refusal that they understand.
     *
     * @return completes when none is left and their answers have gone out, or the deadline has passed; with the number of
     *     exchanges, and of connections with unsent bytes, that are left
     */
    public CompletionStage<Integer> drain(Duration deadline) {
        shared.drain();
        clients.forEach(client -> client.pipeline().fireUserEventTriggered(Drain.BEGUN));
        CompletableFuture<Integer> drained = new CompletableFuture<>();
        long end = System.nanoTime() + deadline.toNanos();
        // Once each loop has told its connections.
        List<Future<?>> told = new ArrayList<>();
        loops.all().forEach(loop -> told.add(loop.submit(() -> {})));
        lookForEnd(told, drained, end);
        return drained;
    }

    private void lookForEnd(List<Future<?>> told, CompletableFuture<Integer> drained, long end) {
        // In this order: an exchange ends by handing its connection over to those that end.
        int running = shared.inFlight();
        int ending = shared.ending();
        boolean over = running + ending == 0 && told.stream().allMatch(Future::isDone);
        if (over || System.nanoTime() - end >= 0) {
            drained.complete(running + ending);
            return;
        }
        var unused = loops.workers()
                .next()
                .schedule(() -> lookForEnd(told, drained, end), DRAIN_LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Closes everything at once and ends the event loops. Idempotent; must not be called on an event loop. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        shared.close();
        if (probe != null) {
            probe.close();
        }
        for (Channel listener : listeners) {
            listener.close().awaitUninterruptibly();
        }
        clients.close().awaitUninterruptibly();
        letExchangesEnd();
        for (Map.Entry<EventLoop, LoopContext> entry : contexts.entrySet()) {
            entry.getKey().submit(() -> entry.getValue().pool().close()).awaitUninterruptibly();
        }
        loops.workers().shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    /**
     * An exchange hears in a later turn of its loop that its client's connection is closed, one of HTTP/2 in yet a later
     * one. Before that, what is closed towards the upstream would look like a failure of the upstream.
     */
    private void letExchangesEnd() {
        for (int turn = 0; turn < MOST_TURNS_TO_END && shared.inFlight() > 0; turn++) {
            loops.all().forEach(loop -> loop.submit(() -> {}).awaitUninterruptibly());
        }
    }
}
