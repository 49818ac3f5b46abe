package dev.corral.core.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A scripted upstream on a loopback port. Out of the box it answers every request with {@link Answer#OK}; a test
 * replaces answers by request number or whole scripts by connection number. Everything that arrives is recorded.
 *
 * <p>Health probes are answered and kept apart: they are neither counted nor numbered as requests.
 */
public final class FakeOllama implements AutoCloseable {
    private static final int BACKLOG = 1024;
    private static final int FILLER_TIMEOUT_MILLIS = 200;
    private static final long REFUSAL_NANOS = 5_000_000_000L;

    private final int port;
    private final List<FakeConnection> connections = new ArrayList<>();
    private final List<SeenRequest> requests = new ArrayList<>();
    private final List<SeenRequest> probes = new ArrayList<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final List<Thread> scripts = new CopyOnWriteArrayList<>();
    private final Map<Integer, Answer> answers = new ConcurrentHashMap<>();
    private final Map<Integer, Script> connectionScripts = new ConcurrentHashMap<>();
    private final List<Socket> fillers = new ArrayList<>();
    private volatile Answer answer = Answer.OK;
    private volatile Script script = Script.SERVE;
    // The proxy's own probe is the only request for the version that names no client.
    private volatile Predicate<SeenRequest> probe =
            request -> request.target().equals("/api/version") && request.header("X-Forwarded-For") == null;
    private @Nullable ServerSocket listener;

    private FakeOllama(ServerSocket listener) {
        this.listener = listener;
        this.port = listener.getLocalPort();
        accept(listener);
    }

    /** Listens on a free loopback port. */
    public static FakeOllama start() {
        try {
            return new FakeOllama(listen(0, BACKLOG));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return port;
    }

    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** The answer to every request that has none of its own. */
    public FakeOllama onRequest(Answer each) {
        answer = each;
        return this;
    }

    /** The answer to one request, counted from 0. */
    public FakeOllama onRequest(int number, Answer one) {
        answers.put(number, one);
        return this;
    }

    /** What is done with every connection accepted from now on that has no script of its own. */
    public FakeOllama onConnection(Script each) {
        script = each;
        return this;
    }

    /** What is done with one connection, counted from 0 since {@link #forget}. */
    public FakeOllama onConnection(int number, Script one) {
        connectionScripts.put(number, one);
        return this;
    }

    /** Which requests are health probes. */
    public FakeOllama probesAre(Predicate<SeenRequest> recogniser) {
        probe = recogniser;
        return this;
    }

    /** Forgets what was recorded, and begins counting at 0 again. */
    public synchronized FakeOllama forget() {
        connections.clear();
        requests.clear();
        probes.clear();
        return this;
    }

    /** All requests so far but probes, in order of their heads. */
    public synchronized List<SeenRequest> requests() {
        return List.copyOf(requests);
    }

    public synchronized List<SeenRequest> probes() {
        return List.copyOf(probes);
    }

    /** All connections so far, in order of accepting. */
    public synchronized List<FakeConnection> connections() {
        return List.copyOf(connections);
    }

    public SeenRequest request(int number) {
        return requests().get(number);
    }

    /** Waits until there were so many requests, and gives all. */
    public List<SeenRequest> awaitRequests(int count) {
        Await.until(
                Await.LONG,
                () -> count + " requests at the upstream, but " + requests(),
                () -> requests().size() >= count);
        return requests();
    }

    public List<FakeConnection> awaitConnections(int count) {
        Await.until(
                Await.LONG,
                () -> count + " connections to the upstream, but " + connections(),
                () -> connections().size() >= count);
        return connections();
    }

    public List<SeenRequest> awaitProbes(int count) {
        Await.until(Await.LONG, () -> count + " probes, but " + probes(), () -> probes().size() >= count);
        return probes();
    }

    /** Waits until a connection has ended, and tells how. */
    public Closing awaitClosed(FakeConnection connection, Duration within) {
        Await.until(within, () -> "the end of " + connection, () -> connection.closing() != null);
        Closing closing = connection.closing();
        if (closing == null) {
            throw new AssertionError("an ended connection is open again");
        }
        return closing;
    }

    /** Refuses new connections; those that are open go on. */
    public synchronized void refuse() throws IOException {
        if (listener != null) {
            listener.close();
            listener = null;
            awaitRefusal();
        }
        dropFillers();
    }

    // While a thread is still leaving accept(), the kernel takes connections that nobody will ever answer.
    private void awaitRefusal() throws IOException {
        long end = System.nanoTime() + REFUSAL_NANOS;
        while (System.nanoTime() - end < 0) {
            try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
                LockSupport.parkNanos(probe.isConnected() ? 1_000_000 : 0);
            } catch (SocketException e) {
                return;
            }
        }
        throw new IOException("port " + port + " still takes connections");
    }

    /** Stops like a killed process: refuses new connections and resets the open ones. */
    public void stop() throws IOException {
        refuse();
        for (Socket socket : open) {
            reset(socket);
        }
        scripts.forEach(Thread::interrupt);
    }

    /** Accepts again, on the same port. */
    public synchronized void restart() throws IOException {
        refuse();
        ServerSocket fresh = listenAgain(BACKLOG);
        listener = fresh;
        accept(fresh);
    }

    /** Keeps the port but never accepts: a full backlog, in which the kernel drops new connection attempts. */
    public synchronized void stopAccepting() throws IOException {
        refuse();
        listener = listenAgain(1);
        for (int i = 0; i < BACKLOG; i++) {
            Socket filler = new Socket();
            fillers.add(filler);
            try {
                filler.connect(address(), FILLER_TIMEOUT_MILLIS);
            } catch (SocketTimeoutException full) {
                return;
            }
        }
        throw new IOException("the backlog never filled");
    }

    /** Fails where a script failed with anything but the peer's leaving. */
    public void assertScriptsSucceeded() {
        if (!failures.isEmpty()) {
            AssertionError error = new AssertionError(failures.size() + " scripts failed");
            failures.forEach(error::addSuppressed);
            throw error;
        }
    }

    /** Stops. */
    @Override
    public void close() throws IOException {
        stop();
    }

    boolean isProbe(SeenRequest request) {
        return probe.test(request);
    }

    Answer answerFor(SeenRequest request) {
        return answers.getOrDefault(request.number(), answer);
    }

    synchronized SeenRequest record(FakeConnection connection, HttpHead head, Body body) {
        SeenRequest request = new SeenRequest(requests.size(), connection, System.nanoTime(), head, body);
        (isProbe(request) ? probes : requests).add(request);
        return request;
    }

    private static ServerSocket listen(int port, int backlog) throws IOException {
        return new ServerSocket(port, backlog, InetAddress.getLoopbackAddress());
    }

    /** A closed listener keeps its port until the thread that waited in accept has left it. */
    private ServerSocket listenAgain(int backlog) throws IOException {
        long end = System.nanoTime() + Await.LONG.toNanos();
        while (true) {
            try {
                return listen(port, backlog);
            } catch (BindException e) {
                if (System.nanoTime() - end > 0) {
                    throw e;
                }
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    private static void reset(Socket socket) throws IOException {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (SocketException e) {
            // Its script may close it at the same moment.
            if (!socket.isClosed()) {
                throw e;
            }
        }
    }

    private synchronized void dropFillers() throws IOException {
        for (Socket filler : fillers) {
            filler.close();
        }
        fillers.clear();
    }

    private void accept(ServerSocket from) {
        start("fake-ollama-accept", () -> {
            while (!from.isClosed()) {
                try {
                    Socket socket = from.accept();
                    socket.setTcpNoDelay(true);
                    begin(socket);
                } catch (IOException e) {
                    if (!from.isClosed()) {
                        failures.add(e);
                    }
                }
            }
        });
    }

    private void begin(Socket socket) {
        FakeConnection connection;
        synchronized (this) {
            connection = new FakeConnection(this, connections.size(), socket);
            connections.add(connection);
        }
        open.add(socket);
        start("fake-ollama-read", connection::pump);
        Script its = connectionScripts.getOrDefault(connection.number(), script);
        scripts.add(start("fake-ollama-script", () -> {
            run(its, connection);
            scripts.remove(Thread.currentThread());
            open.remove(socket);
        }));
    }

    private void run(Script its, FakeConnection connection) {
        try {
            its.run(connection);
            connection.close();
        } catch (MalformedException e) {
            failures.add(e);
            closeQuietly(connection);
        } catch (IOException | InterruptedException e) {
            // The peer left or the fake is being stopped: the connection's record tells how it ended.
            closeQuietly(connection);
        } catch (RuntimeException | Error e) {
            failures.add(e);
            closeQuietly(connection);
        }
    }

    private void closeQuietly(FakeConnection connection) {
        try {
            connection.close();
        } catch (IOException e) {
            failures.add(e);
        }
    }

    private static Thread start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
