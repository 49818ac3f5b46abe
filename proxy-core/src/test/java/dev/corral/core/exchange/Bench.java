package dev.corral.core.exchange;

import dev.corral.core.CoreSettings;
import dev.corral.core.CoreWiring;
import dev.corral.core.EdgeSettings;
import dev.corral.core.Limits;
import dev.corral.core.LockOutSettings;
import dev.corral.core.QueueSettings;
import dev.corral.core.UpstreamSettings;
import dev.corral.core.admit.QueueTicket;
import dev.corral.core.body.JsonFieldScanner;
import dev.corral.core.http.FrontCodec;
import dev.corral.core.http.HttpDate;
import dev.corral.core.http.Peer;
import dev.corral.core.http.RequestIds;
import dev.corral.core.policy.RolePolicies;
import dev.corral.core.spi.AdmissionRule;
import dev.corral.core.spi.Authenticator;
import dev.corral.core.spi.CidrSet;
import dev.corral.core.spi.ExchangeObserver;
import dev.corral.core.spi.Limiter;
import dev.corral.core.testkit.Authenticators;
import dev.corral.core.testkit.CountingLimiter;
import dev.corral.core.testkit.CountingRule;
import dev.corral.core.testkit.Observed;
import dev.corral.core.testkit.TestClock;
import dev.corral.core.upstream.ConnectionPool;
import dev.corral.core.upstream.Pooled;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client connection and one pooled upstream connection, both without a socket but with everything else: bytes in,
 * bytes out, on the caller's thread. There is nothing to connect to, so a second upstream connection cannot be had.
 */
final class Bench implements AutoCloseable {
    final Observed observed;
    final CountingRule permits = new CountingRule();
    final CountingLimiter limiter = new CountingLimiter();
    final TestClock clock = new TestClock();
    final Shared shared;
    final LoopContext loop;
    final EmbeddedChannel upstream;
    final EmbeddedChannel client;
    private final FrontHandler front;
    private final List<QueueTicket> foreign = new ArrayList<>();
    private final StringBuilder answered = new StringBuilder();
    private final StringBuilder forwarded = new StringBuilder();

    Bench() {
        this(Authenticators.allowAll());
    }

    /**
     * A connection.
     *
     * @param between handlers between the codec and the handler of the client's connection
     */
    Bench(Authenticator authenticator, ChannelHandler... between) {
        this(authenticator, new Observed(), RolePolicies.OPEN, between);
    }

    /** Tells another observer; then there is nothing in {@link #observed}. */
    static Bench telling(ExchangeObserver observer, Authenticator authenticator) {
        return new Bench(authenticator, observer, RolePolicies.OPEN);
    }

    /** What roles may ask of the upstream, instead of everything. */
    static Bench governed(RolePolicies policies) {
        return new Bench(Authenticators.allowAll(), new Observed(), policies);
    }

    /** With rules and limits that are not counted. */
    static Bench admitting(
            Authenticator authenticator, List<AdmissionRule> rules, Limiter limiter, ExchangeObserver observer) {
        return new Bench(authenticator, rules, limiter, observer, RolePolicies.OPEN);
    }

    private Bench(
            Authenticator authenticator, ExchangeObserver observer, RolePolicies policies, ChannelHandler... between) {
        this(authenticator, null, null, observer, policies, between);
    }

    /** Where there are no rules or no limiter, those that count. */
    private Bench(
            Authenticator authenticator,
            @Nullable List<AdmissionRule> rules,
            @Nullable Limiter limits,
            ExchangeObserver observer,
            RolePolicies policies,
            ChannelHandler... between) {
        observed = observer instanceof Observed here ? here : new Observed();
        CoreSettings settings = settings();
        shared = new Shared(new CoreWiring(
                settings,
                authenticator,
                rules == null ? List.of(permits) : rules,
                limits == null ? limiter : limits,
                principal -> 1,
                (principal, queue) -> CompletableFuture.completedFuture("{}\n"),
                policies,
                false,
                observer,
                clock,
                null));
        ConnectionPool pool = new ConnectionPool(
                new EmbeddedChannel().eventLoop(),
                NioSocketChannel.class,
                shared.upstream(),
                Duration.ofSeconds(1),
                clock);
        loop = new LoopContext(
                pool, new Deadlines(clock), new RequestIds(), new HttpDate(), new JsonFieldScanner(), clock);
        upstream = Pooled.connection(pool);
        FrontCodec codec = new FrontCodec(settings.limits());
        ChannelHandler[] handlers = new ChannelHandler[between.length + 2];
        handlers[0] = codec;
        System.arraycopy(between, 0, handlers, 1, between.length);
        front = new FrontHandler(shared, loop, codec, new Peer(InetAddress.getLoopbackAddress(), false, null));
        handlers[handlers.length - 1] = front;
        client = new EmbeddedChannel(handlers);
        client.freezeTime();
        loop.deadlines().start(client.eventLoop(), lag -> {}, () -> {});
    }

    /** The defaults, but one place at the upstream, and any number of strangers and guesses: time passes only when told to. */
    private static CoreSettings settings() {
        CoreSettings defaults = CoreSettings.defaults(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), UpstreamSettings.DEFAULTS);
        Limits limits = defaults.limits();
        return new CoreSettings(
                defaults.listen(),
                guessing(),
                defaults.upstream(),
                defaults.timeouts(),
                new QueueSettings(1, 8, 8, Duration.ofMinutes(5), false),
                new Limits(
                        limits.targetBytes(),
                        limits.headerBytes(),
                        limits.headerFields(),
                        limits.bodyBytes(),
                        limits.uploadBytes(),
                        limits.bufferedBodyBytes(),
                        limits.connections(),
                        limits.connectionsPerAddress(),
                        limits.streamsPerConnection(),
                        Integer.MAX_VALUE),
                defaults.cors(),
                defaults.anonymousLiveness(),
                defaults.showChanges(),
                defaults.publicUrl(),
                defaults.transport(),
                defaults.eventLoops());
    }

    private static EdgeSettings guessing() {
        LockOutSettings off = new LockOutSettings(false, 1, Duration.ofMinutes(1), Duration.ofMinutes(1));
        return new EdgeSettings(false, false, List.of(), CidrSet.NONE, CidrSet.NONE, CidrSet.NONE, off, false);
    }

    /** The exchange that is going on. */
    Exchange exchange() {
        return Objects.requireNonNull(front.exchange());
    }

    /** The client sends, if it still can. */
    void send(String text) {
        write(client, text);
    }

    /** The upstream answers, if it still can. */
    void answer(String text) {
        write(upstream, text);
    }

    private static void write(EmbeddedChannel to, String text) {
        if (to.isOpen()) {
            to.writeInbound(Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.ISO_8859_1)));
        }
    }

    /** All that the client got so far. */
    String answered() {
        return drain(client, answered);
    }

    /** All that the upstream got so far. */
    String forwarded() {
        return drain(upstream, forwarded);
    }

    private static String drain(EmbeddedChannel from, StringBuilder into) {
        Object message;
        while ((message = from.readOutbound()) != null) {
            into.append(((ByteBuf) message).toString(StandardCharsets.ISO_8859_1));
            ReferenceCountUtil.release(message);
        }
        return into.toString();
    }

    /** Somebody else has the only place at the upstream. */
    void occupy() {
        foreign.add(shared.queue().enter("other", 1, 1, null, Runnable::run, () -> {}));
    }

    /** Nobody else has one any more. */
    void vacate() {
        foreign.forEach(ticket -> ticket.leave(0));
        foreign.clear();
        client.runPendingTasks();
    }

    /** The limiter answers its oldest question, if there is one. */
    void decide() {
        limiter.answerOne();
        client.runPendingTasks();
    }

    /** The same with all that are left. */
    void decideAll() {
        while (limiter.answerOne()) {
            client.runPendingTasks();
        }
    }

    /** Lets time pass, in steps short enough for every deadline to be noticed. */
    void pass(Duration time) {
        clock.advance(time);
        client.advanceTimeBy(Deadlines.TICK_NANOS, TimeUnit.NANOSECONDS);
        client.runScheduledPendingTasks();
    }

    /** Whether the client's connection is read. */
    boolean reads() {
        return client.config().isAutoRead();
    }

    /** Ends all connections. Idempotent. */
    void shut() {
        client.finishAndReleaseAll();
        loop.pool().close();
        upstream.finishAndReleaseAll();
    }

    @Override
    public void close() {
        shut();
    }
}
