package dev.corral.server.wiring;

import dev.corral.auth.key.CreatedKey;
import dev.corral.auth.key.KeyStore;
import dev.corral.auth.key.KeyStoreException;
import dev.corral.auth.key.NewKey;
import dev.corral.core.ListenException;
import dev.corral.core.ListenerSettings;
import dev.corral.core.spi.NanoClock;
import dev.corral.core.tls.TlsException;
import dev.corral.server.admin.AdminListener;
import dev.corral.server.config.CorralConfig;
import dev.corral.server.config.Durations;
import dev.corral.server.log.ConsoleLog;
import dev.corral.server.metrics.BuildInfo;
import dev.corral.server.metrics.KeyCounts;
import dev.corral.server.tls.PemException;
import dev.corral.server.tls.ServerTls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Corral from its start to its end: key file, logs, client listener, admin listener, first keys, watchers; and back,
 * with running exchanges given the time that {@code timeouts.drain} allows.
 *
 * <p>For the main thread; {@link #stop} for any.
 */
public final class Lifecycle implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration FLUSH = Duration.ofSeconds(2);
    // How much later than its deadline the data path may report that it has drained.
    private static final Duration SLACK = Duration.ofSeconds(5);
    private static final int INTERRUPTED = 130;

    private final CorralConfig config;
    private final Assembly parts;
    private final InetSocketAddress address;
    private final @Nullable AdminListener admin;
    private final List<CreatedKey> created;
    private final @Nullable String upstreamTrouble;

    private final CountDownLatch stop = new CountDownLatch(1);
    private final CompletableFuture<Integer> hurry = new CompletableFuture<>();
    private final AtomicInteger requests = new AtomicInteger();
    private volatile String reason = "";

    private Lifecycle(
            CorralConfig config,
            Assembly parts,
            InetSocketAddress address,
            @Nullable AdminListener admin,
            List<CreatedKey> created,
            @Nullable String upstreamTrouble) {
        this.config = config;
        this.parts = parts;
        this.address = address;
        this.admin = admin;
        this.created = created;
        this.upstreamTrouble = upstreamTrouble;
    }

    /**
     * Starts everything; serves clients when it returns.
     *
     * @param firstKeys made where there are no keys at all; may be none, but the key file is there afterwards
     * @throws StartException with nothing left running
     */
    public static Lifecycle start(CorralConfig config, List<NewKey> firstKeys) throws StartException {
        ConsoleLog.level(config.log().level().name().toLowerCase(Locale.ROOT));
        createDirectory(config.stateDir());
        Stores stores = Stores.open(config, NanoClock.SYSTEM);
        ServerTls tls = null;
        Assembly parts = null;
        try (StateOpening state = new StateOpening(config, stores, NanoClock.SYSTEM)) {
            KeyStore.Loaded keys = load(stores.keys());
            tls = tls(config);
            AuthSchemes.check(config);
            parts = new Assembly(config, stores, keys, tls, NanoClock.SYSTEM);
            return start(config, parts, state, firstKeys);
        } finally {
            if (parts == null) {
                stores.close();
                if (tls != null) {
                    tls.close();
                }
            }
        }
    }

    private static Lifecycle start(CorralConfig config, Assembly parts, StateOpening state, List<NewKey> firstKeys)
            throws StartException {
        AdminListener admin = null;
        boolean started = false;
        try {
            parts.limits.restore(state.await());
            InetSocketAddress address =
                    Listening.asConfigured(bind(parts, config), config.core().listen());
            admin = startAdmin(parts, config);
            List<CreatedKey> created = createFirst(config, parts, firstKeys);
            parts.watcher.start();
            if (parts.tls != null) {
                parts.tls.start();
            }
            parts.schemes.start();
            String trouble = parts.upstream.start(PATIENCE);
            if (parts.audit != null) {
                parts.audit.started("version " + BuildInfo.load().version() + ", " + Listening.text(address));
            }
            started = true;
            return new Lifecycle(config, parts, address, admin, created, trouble);
        } finally {
            if (!started) {
                close(admin);
                parts.close();
            }
        }
    }

    /** Where clients connect. */
    public InetSocketAddress address() {
        return address;
    }

    /** Where else clients connect, each with what is spoken there. */
    public List<String> furtherListeners() {
        List<ListenerSettings> listeners = config.core().edge().listeners();
        List<InetSocketAddress> bound = parts.core.addresses();
        return IntStream.range(0, listeners.size())
                .mapToObj(i -> Listening.line(
                        Listening.asConfigured(
                                bound.get(i + 1), listeners.get(i).address()),
                        listeners.get(i)))
                .toList();
    }

    /** Where the admin listener is; null where there is none. */
    public @Nullable InetSocketAddress adminAddress() {
        InetSocketAddress listen = config.admin().listen();
        return admin == null || listen == null ? null : Listening.asConfigured(admin.address(), listen);
    }

    /** What clients on this machine call Corral by. */
    public String url() {
        return Listening.url(address, config.tls().on());
    }

    /** The certificates in force, in words; null where TLS is off. */
    public @Nullable String certificates() {
        return parts.tls == null ? null : parts.tls.summary();
    }

    /** The keys made at this start. */
    public List<CreatedKey> created() {
        return created;
    }

    /** The keys in force. */
    public KeyCounts keys() {
        return parts.keyAudit.counts(parts.keys.current());
    }

    /** Where the keys are: a file, or a store that others share. */
    public String keysPlace() {
        return parts.store.place();
    }

    public String upstreamUrl() {
        return UpstreamWatch.url(config.core().upstream());
    }

    /** Why the upstream did not answer at the start; null where it did. */
    public @Nullable String upstreamTrouble() {
        return upstreamTrouble;
    }

    /** Takes SIGTERM, SIGINT and SIGHUP for requests to stop. */
    public void stopOnSignals() {
        Signals.handle(this::stop);
    }

    /**
     * Asks for the end; returns at once. The second time running exchanges are not waited for any longer, the third time
     * nothing is.
     *
     * @param why such as a signal's name, for the log
     */
    public void stop(String why) {
        switch (requests.incrementAndGet()) {
            case 1 -> {
                reason = why;
                stop.countDown();
            }
            case 2 -> hurry.complete(parts.core.stats().inFlight());
            default -> Runtime.getRuntime().halt(INTERRUPTED);
        }
    }

    /**
     * Waits until the end is asked for, then drains and closes.
     *
     * @return the number of exchanges that were cut
     */
    public int awaitEnd() {
        int cut;
        try {
            stop.await();
            cut = drain();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            cut = parts.core.stats().inFlight();
        }
        String summary = cut == 0 ? "every exchange was finished" : cut + " exchanges were cut";
        if (parts.audit != null) {
            parts.audit.stopped(reason + ", " + summary);
        }
        close();
        LOG.info("stopped; {}", summary);
        ConsoleLog.flush(FLUSH);
        return cut;
    }

    /** Ends everything without waiting for exchanges. Idempotent. */
    @Override
    public void close() {
        // The admin listener last: readiness and metrics can be asked for while the rest ends.
        parts.close();
        close(admin);
    }

    private int drain() throws InterruptedException {
        Duration deadline = config.core().timeouts().drain();
        int running = parts.core.stats().inFlight();
        parts.upstream.close();
        LOG.info(
                "{}: {} exchanges are running and have {} to finish; new requests are refused; the same again to end at"
                        + " once",
                reason,
                running,
                Durations.format(deadline));
        CompletableFuture<Integer> drained = parts.core.drain(deadline).toCompletableFuture();
        try {
            return (Integer) CompletableFuture.anyOf(drained, hurry)
                    .get(deadline.plus(SLACK).toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.error("draining failed", e);
            return parts.core.stats().inFlight();
        }
    }

    private static void close(@Nullable AdminListener admin) {
        if (admin != null) {
            admin.close();
        }
    }

    private static InetSocketAddress bind(Assembly parts, CorralConfig config) throws StartException {
        try {
            return parts.core.bind();
        } catch (ListenException e) {
            boolean first = e.address().equals(config.core().listen());
            throw Listening.failed(e.address(), first ? "--listen" : null, first ? "listen" : "listeners", e);
        }
    }

    private static @Nullable AdminListener startAdmin(Assembly parts, CorralConfig config) throws StartException {
        InetSocketAddress listen = config.admin().listen();
        if (listen == null) {
            return null;
        }
        try {
            return AdminListener.start(listen, names(config, listen), parts.admin);
        } catch (IOException e) {
            throw Listening.failed(listen, "--admin-listen", "admin.listen", e);
        }
    }

    // By what names the operator's own configuration calls this machine.
    private static List<String> names(CorralConfig config, InetSocketAddress listen) {
        String publicUrl = config.core().publicUrl();
        String host = publicUrl == null ? null : URI.create(publicUrl).getHost();
        return host == null ? List.of(listen.getHostString()) : List.of(listen.getHostString(), host);
    }

    private static @Nullable ServerTls tls(CorralConfig config) throws StartException {
        try {
            return ServerTls.open(config, NanoClock.SYSTEM);
        } catch (PemException | TlsException | IOException e) {
            throw new StartException(StartException.Reason.CONFIG, "tls: " + e.getMessage(), e);
        }
    }

    private static KeyStore.Loaded load(KeyStore store) throws StartException {
        try {
            return store.loadVersion();
        } catch (KeyStoreException e) {
            throw failed(e);
        }
    }

    private static List<CreatedKey> createFirst(CorralConfig config, Assembly parts, List<NewKey> wanted)
            throws StartException {
        if (config.state().url().shared()) {
            // Where a shared store has lost its keys, new ones would end those that other Corrals still know.
            return List.of();
        }
        if (!parts.keys.current().isEmpty()) {
            return List.of();
        }
        try {
            List<CreatedKey> created = parts.store.createIfEmpty(wanted);
            if (!created.isEmpty()) {
                parts.keys.replace(parts.store.load());
            }
            return created;
        } catch (KeyStoreException e) {
            throw failed(e);
        }
    }

    private static StartException failed(KeyStoreException e) {
        StartException.Reason reason = switch (e.kind()) {
            case CANNOT_CREATE -> StartException.Reason.CANNOT_CREATE;
            case IO -> StartException.Reason.IO;
            case BAD_FILE, NO_SUCH_KEY, NAME_TAKEN, CREDENTIAL_TAKEN, INVALID -> StartException.Reason.BAD_KEY_FILE;
        };
        return new StartException(reason, String.valueOf(e.getMessage()), e);
    }

    private static void createDirectory(Path directory) throws StartException {
        try {
            if (!Files.isDirectory(directory)) {
                Files.createDirectories(
                        directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
        } catch (IOException | UnsupportedOperationException e) {
            throw new StartException(
                    StartException.Reason.CANNOT_CREATE,
                    "state-dir: cannot create " + directory + " ("
                            + e.getClass().getSimpleName() + "): make it yourself, or name another directory",
                    e);
        }
    }
}
