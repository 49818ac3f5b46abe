package dev.corral.core.testkit;

import dev.corral.core.CoreStats;
import dev.corral.core.CoreWiring;
import dev.corral.core.ProxyCore;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A proxy on a free loopback port in front of a {@link FakeOllama}. {@link #close} hangs up all clients and fails
 * where anything is left behind.
 */
public final class CoreFixture implements AutoCloseable {
    private static final Duration SETTLE = Duration.ofSeconds(10);

    private final ProxyCore core;
    private final InetSocketAddress address;
    private final FakeOllama ollama;
    private final Observed observed;
    private final CountingRule permits;
    private final CountingLimiter limiter;
    private final List<RawClient> clients = new CopyOnWriteArrayList<>();
    private final List<Http2Client> others = new CopyOnWriteArrayList<>();

    CoreFixture(CoreWiring wiring, FakeOllama ollama, Observed observed, CountingRule permits, CountingLimiter limiter)
            throws IOException {
        this.ollama = ollama;
        this.observed = observed;
        this.permits = permits;
        this.limiter = limiter;
        this.core = ProxyCore.create(wiring);
        this.address = core.bind();
        NothingLeft.opened(this);
    }

    public ProxyCore core() {
        return core;
    }

    /** Where the proxy listens. */
    public InetSocketAddress address() {
        return address;
    }

    public FakeOllama ollama() {
        return ollama;
    }

    public Observed observed() {
        return observed;
    }

    public CountingRule permits() {
        return permits;
    }

    /** Counts, unless the setup has another one. */
    public CountingLimiter limiter() {
        return limiter;
    }

    public CoreStats stats() {
        return core.stats();
    }

    /** A new connection to the proxy, hung up at the end. */
    public RawClient client() throws IOException {
        return client(0);
    }

    /** The same with a receive buffer of so many bytes. */
    public RawClient client(int receiveBuffer) throws IOException {
        RawClient client = RawClient.connect(address, receiveBuffer);
        clients.add(client);
        return client;
    }

    /** Hangs up with the others at the end. */
    public RawClient client(Socket socket) throws IOException {
        RawClient client = RawClient.over(socket);
        clients.add(client);
        return client;
    }

    /** A new connection of HTTP/2, where the setup has {@link CoreSetup#http2}; hung up at the end. */
    public Http2Client http2(int... settings) throws IOException {
        Http2Client client = Http2Client.connect(core.addresses().get(1), settings);
        others.add(client);
        return client;
    }

    /** Waits until a probe or a connection has shown the upstream up or down. */
    public void awaitUpstream(boolean reachable) {
        Await.until(
                "the upstream is " + (reachable ? "reachable" : "away"),
                () -> stats().upstreamReachable() == reachable);
    }

    /**
     * Waits until nothing of any exchange is left: call it when every client has left or been answered.
     *
     * @param openClients client connections that may stay
     */
    public void assertNothingLeft(int openClients) {
        assertNothingLeft(openClients, SETTLE);
    }

    void assertNothingLeft(int openClients, Duration within) {
        Await.until(
                within,
                () -> "nothing left, but " + leftovers(openClients),
                () -> leftovers(openClients).isEmpty());
    }

    /** Hangs up the clients, waits until nothing is left, and closes. */
    @Override
    public void close() throws IOException {
        List<Throwable> problems = new ArrayList<>();
        for (RawClient client : clients) {
            client.close();
        }
        for (Http2Client client : others) {
            client.close();
        }
        collect(problems, () -> assertNothingLeft(0));
        core.close();
        collect(problems, this::assertNoUpstreamConnectionLeft);
        ollama.close();
        collect(problems, ollama::assertScriptsSucceeded);
        NothingLeft.closed(this);
        if (!problems.isEmpty()) {
            AssertionError error = new AssertionError(problems.get(0).getMessage());
            problems.forEach(error::addSuppressed);
            throw error;
        }
    }

    private void assertNoUpstreamConnectionLeft() {
        Await.until(
                SETTLE,
                () -> "no open upstream connection, but " + ollama.connections(),
                () -> ollama.connections().stream().allMatch(connection -> connection.closing() != null));
    }

    private List<String> leftovers(int openClients) {
        CoreStats stats = core.stats();
        List<String> left = new ArrayList<>();
        check(left, "exchanges in flight", stats.inFlight());
        check(left, "client connections", Math.max(0, stats.clientConnections() - openClients));
        check(left, "leased upstream connections", stats.upstreamLeased());
        check(left, "buffered body bytes", stats.bufferedBodyBytes());
        check(left, "permits held", permits.held());
        check(left, "permits returned twice", permits.returnedAgain());
        check(left, "permits of the limiter held", limiter.held());
        check(left, "permits of the limiter returned twice", limiter.returnedAgain());
        check(left, "places at the upstream", stats.running());
        check(left, "requests in the queue", stats.queued());
        return left;
    }

    private static void check(List<String> left, String what, long count) {
        if (count != 0) {
            left.add(count + " " + what);
        }
    }

    private static void collect(List<Throwable> problems, Runnable check) {
        try {
            check.run();
        } catch (AssertionError e) {
            problems.add(e);
        }
    }
}
