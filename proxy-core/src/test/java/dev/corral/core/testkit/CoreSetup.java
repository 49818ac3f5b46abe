package dev.corral.core.testkit;

import dev.corral.core.CoreSettings;
import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.CoreWiring;
import dev.corral.core.CorsSettings;
import dev.corral.core.EdgeSettings;
import dev.corral.core.Limits;
import dev.corral.core.ListenerSettings;
import dev.corral.core.QueueSettings;
import dev.corral.core.RemoteSettings;
import dev.corral.core.UpstreamSettings;
import dev.corral.core.policy.RolePolicies;
import dev.corral.core.spi.Accounts;
import dev.corral.core.spi.AdmissionRule;
import dev.corral.core.spi.Authenticator;
import dev.corral.core.spi.Limiter;
import dev.corral.core.spi.NanoClock;
import dev.corral.core.spi.Principal;
import dev.corral.core.tls.TlsContexts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntUnaryOperator;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one {@link CoreFixture}. Without further words: everybody may do everything, one event loop, no deadline
 * ends within a test, one probe at the start.
 */
public final class CoreSetup {
    private final Transport transport;
    private final Map<Deadline, Duration> deadlines = new EnumMap<>(Deadline.class);
    private final List<AdmissionRule> rules = new ArrayList<>();
    private int loops = 1;
    private Limits limits = Limits.DEFAULTS;
    private CorsSettings cors = CorsSettings.DEFAULTS;
    private Authenticator authenticator = Authenticators.allowAll();
    private NanoClock clock = NanoClock.SYSTEM;
    private int maxIdlePerLoop = 64;
    private Duration idleTtl = Duration.ofMinutes(1);
    private Duration probeInterval = Duration.ofHours(1);
    private boolean upstreamDown;
    private boolean anonymousLiveness = true;
    private boolean showChanges;
    private RolePolicies policies = RolePolicies.OPEN;
    private boolean catalogue;
    private @Nullable Limiter limiter;
    private final CountingLimiter counting = new CountingLimiter();
    private ToIntFunction<Principal> weights = principal -> 1;
    private Accounts accounts = (principal, queue) -> CompletableFuture.completedFuture("{}\n");
    private QueueSettings queue = new QueueSettings(100_000, 0, 0, Duration.ofMinutes(1), false);
    private Duration modelsInterval = Duration.ofHours(1);
    private @Nullable String publicUrl;
    private EdgeSettings edge = EdgeSettings.DEFAULTS;
    private @Nullable TlsContexts tls;
    private @Nullable RemoteSettings remote;
    private String upstreamHost = "127.0.0.1";
    private IntUnaryOperator upstreamPort = port -> port;

    private CoreSetup(Transport transport) {
        this.transport = transport;
    }

    public static CoreSetup on(Transport transport) {
        return new CoreSetup(transport);
    }

    public CoreSetup loops(int count) {
        loops = count;
        return this;
    }

    public CoreSetup deadline(Deadline name, Duration value) {
        deadlines.put(name, value);
        return this;
    }

    public CoreSetup limits(UnaryOperator<Limits> change) {
        limits = change.apply(limits);
        return this;
    }

    /**
     * The bounds on request bodies.
     *
     * @param one bytes of one body
     * @param all bytes of all bodies held at one time
     */
    public CoreSetup bodies(long one, long all) {
        return limits(was -> new Limits(
                was.targetBytes(),
                was.headerBytes(),
                was.headerFields(),
                one,
                one,
                all,
                was.connections(),
                was.connectionsPerAddress(),
                was.streamsPerConnection(),
                was.strangersPerMinute()));
    }

    /** The bounds on client connections. */
    public CoreSetup connections(int all, int perAddress) {
        return limits(was -> new Limits(
                was.targetBytes(),
                was.headerBytes(),
                was.headerFields(),
                was.bodyBytes(),
                was.uploadBytes(),
                was.bufferedBodyBytes(),
                all,
                perAddress,
                was.streamsPerConnection(),
                was.strangersPerMinute()));
    }

    public CoreSetup cors(CorsSettings settings) {
        cors = settings;
        return this;
    }

    public CoreSetup authenticator(Authenticator who) {
        authenticator = who;
        return this;
    }

    /** A rule that is asked after the counting one. */
    public CoreSetup rule(AdmissionRule rule) {
        rules.add(rule);
        return this;
    }

    public CoreSetup clock(NanoClock source) {
        clock = source;
        return this;
    }

    /** How many idle upstream connections are kept, and how long. */
    public CoreSetup pool(int maxIdle, Duration ttl) {
        maxIdlePerLoop = maxIdle;
        idleTtl = ttl;
        return this;
    }

    public CoreSetup probeEvery(Duration interval) {
        probeInterval = interval;
        return this;
    }

    /** Begins with an upstream that refuses connections. */
    public CoreSetup upstreamDown() {
        upstreamDown = true;
        return this;
    }

    public CoreSetup anonymousLiveness(boolean open) {
        anonymousLiveness = open;
        return this;
    }

    /** What roles may ask of the upstream, instead of everything. */
    public CoreSetup policies(RolePolicies which) {
        policies = which;
        return this;
    }

    /** Reads the upstream's models in the background, at the start and after each interval. */
    public CoreSetup catalogueEvery(Duration interval) {
        catalogue = true;
        modelsInterval = interval;
        return this;
    }

    /** Tells callers what was changed. */
    public CoreSetup showChanges() {
        showChanges = true;
        return this;
    }

    /** Another limiter than the one that counts. */
    public CoreSetup limiter(Limiter which) {
        limiter = which;
        return this;
    }

    /** How many requests without a valid key one address may make in a minute. */
    public CoreSetup strangers(int perMinute) {
        return limits(was -> new Limits(
                was.targetBytes(),
                was.headerBytes(),
                was.headerFields(),
                was.bodyBytes(),
                was.uploadBytes(),
                was.bufferedBodyBytes(),
                was.connections(),
                was.connectionsPerAddress(),
                was.streamsPerConnection(),
                perMinute));
    }

    /** Places at the upstream and what waits for them, instead of room for everybody. */
    public CoreSetup queue(QueueSettings settings) {
        queue = settings;
        return this;
    }

    public CoreSetup weights(ToIntFunction<Principal> of) {
        weights = of;
        return this;
    }

    public CoreSetup accounts(Accounts which) {
        accounts = which;
        return this;
    }

    /** How clients connect, and from where. */
    public CoreSetup edge(EdgeSettings settings) {
        edge = settings;
        return this;
    }

    /** Further listeners. */
    public CoreSetup listeners(List<ListenerSettings> further) {
        edge = new EdgeSettings(
                edge.tls(),
                edge.proxyProtocol(),
                further,
                edge.trustedProxies(),
                edge.allow(),
                edge.deny(),
                edge.lockOut(),
                edge.pathTokens());
        return this;
    }

    /** Speaks TLS on the listener; who made the contexts closes them. */
    public CoreSetup tls(TlsContexts contexts) {
        tls = contexts;
        edge = new EdgeSettings(
                true,
                edge.proxyProtocol(),
                edge.listeners(),
                edge.trustedProxies(),
                edge.allow(),
                edge.deny(),
                edge.lockOut(),
                edge.pathTokens());
        return this;
    }

    /** One more listener that speaks HTTP/2 without TLS. */
    public CoreSetup http2() {
        EdgeSettings was = edge;
        return edge(new EdgeSettings(
                was.tls(),
                was.proxyProtocol(),
                List.of(new ListenerSettings(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        ListenerSettings.Kind.PLAIN_HTTP2,
                        false)),
                was.trustedProxies(),
                was.allow(),
                was.deny(),
                was.lockOut(),
                was.pathTokens()));
    }

    /** Stands in front of another Corral, which the scripted upstream plays. */
    public CoreSetup remote(RemoteSettings settings) {
        remote = settings;
        return this;
    }

    /**
     * What is between this proxy and the scripted upstream.
     *
     * @param host to connect to
     * @param portFor the port to connect to, for the upstream's
     */
    public CoreSetup upstream(String host, IntUnaryOperator portFor) {
        upstreamHost = host;
        upstreamPort = portFor;
        return this;
    }

    public CoreSetup publicUrl(String url) {
        publicUrl = url;
        return this;
    }

    /** Starts upstream and proxy, and waits for the first probe. */
    public CoreFixture start() throws IOException {
        FakeOllama ollama = FakeOllama.start();
        if (upstreamDown) {
            ollama.refuse();
        }
        if (catalogue) {
            // What Corral asks on its own account counts as a probe.
            ollama.probesAre(request -> request.header("X-Forwarded-For") == null);
        }
        CoreFixture fixture = start(ollama);
        if (remote == null) {
            fixture.awaitUpstream(!upstreamDown);
        }
        ollama.forget();
        return fixture;
    }

    private CoreFixture start(FakeOllama ollama) throws IOException {
        Observed observed = new Observed();
        CountingRule permits = new CountingRule();
        List<AdmissionRule> all = new ArrayList<>();
        all.add(permits);
        all.addAll(rules);
        return new CoreFixture(
                new CoreWiring(
                        settings(ollama.port()),
                        authenticator,
                        all,
                        limiter == null ? counting : limiter,
                        weights,
                        accounts,
                        policies,
                        catalogue,
                        observed,
                        clock,
                        tls),
                ollama,
                observed,
                permits,
                counting);
    }

    private CoreSettings settings(int ollamaPort) {
        return new CoreSettings(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                edge,
                new UpstreamSettings(
                        upstreamHost,
                        upstreamPort.applyAsInt(ollamaPort),
                        maxIdlePerLoop,
                        idleTtl,
                        probeInterval,
                        modelsInterval,
                        remote),
                Deadline.timeouts(deadlines),
                queue,
                limits,
                cors,
                anonymousLiveness,
                showChanges,
                publicUrl,
                transport,
                loops);
    }
}
