package dev.corral.server.config;

import static dev.corral.server.config.Types.BOOLEAN;
import static dev.corral.server.config.Types.duration;
import static dev.corral.server.config.Types.number;
import static dev.corral.server.config.Types.oneOf;
import static dev.corral.server.config.Types.optional;
import static dev.corral.server.config.Types.size;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.Limits;
import dev.corral.core.QueueSettings;
import dev.corral.core.Timeouts;
import dev.corral.core.UpstreamSettings;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Every setting there is, in the order of the reference, and the sections they stand in. Defaults live in the records. */
final class Settings {
    private static final List<Setting<?>> ALL_MUTABLE = new ArrayList<>();

    static final Setting<InetSocketAddress> LISTEN = setting(
            "listen", Types.LISTEN, "Where clients connect.", c -> c.core().listen());
    static final TlsKeys TLS = new TlsKeys();
    static final Setting<Optional<InetSocketAddress>> ADMIN_LISTEN = setting(
            "admin.listen",
            optional(Types.LISTEN, "off", "to have none"),
            "Where /metrics, /healthz and /readyz are served, without a key: keep it on loopback.",
            c -> Optional.ofNullable(c.admin().listen()));
    static final Setting<Addresses.HostPort> UPSTREAM_URL = setting(
            "upstream.url",
            Types.UPSTREAM_URL,
            "Where Ollama listens.",
            c -> new Addresses.HostPort(
                    c.core().upstream().host(), c.core().upstream().port()));
    static final Setting<Integer> UPSTREAM_MAX_IDLE = upstream(
            "max-idle-connections",
            number(0, 10_000),
            "Idle connections kept by each event loop.",
            UpstreamSettings::maxIdlePerLoop);
    static final Setting<Duration> UPSTREAM_IDLE_TTL = upstream(
            "idle-ttl",
            duration(seconds(1), hours(1)),
            "How long an idle connection is kept.",
            UpstreamSettings::idleTtl);
    static final Setting<Duration> UPSTREAM_PROBE = upstream(
            "probe-interval",
            duration(millis(100), hours(1)),
            "How often it is asked whether Ollama is there.",
            UpstreamSettings::probeInterval);
    static final Setting<Duration> UPSTREAM_MODELS = upstream(
            "models-interval",
            duration(seconds(1), hours(24)),
            "How often Ollama's list of models is read, to know which of them run on ollama.com.",
            UpstreamSettings::modelsInterval);
    static final Setting<Integer> UPSTREAM_PARALLEL = queue(
            "upstream.parallel",
            number(1, 9_999),
            "How many requests for models Ollama gets at one time; the rest waits in Corral, where everybody has a fair"
                    + " share. The default is $OLLAMA_NUM_PARALLEL, where Corral sees it too; docs/limits.md tells what"
                    + " fits which machine.",
            QueueSettings::parallel);
    static final Setting<Integer> QUEUE_WAITING = queue(
            "queue.waiting",
            number(0, 100_000),
            "Requests that wait; one more is refused with 503.",
            QueueSettings::waiting);
    static final Setting<Integer> QUEUE_WAITING_PER_KEY = queue(
            "queue.waiting-per-key",
            number(0, 100_000),
            "Of these, requests with the same key; one more is refused with 429.",
            QueueSettings::waitingPerKey);
    static final Setting<Duration> QUEUE_MAX_WAIT = queue(
            "queue.max-wait",
            duration(seconds(1), hours(24)),
            "How long a request waits before it is refused with 503.",
            QueueSettings::maxWait);
    static final Setting<Boolean> QUEUE_PREFER_LOADED = queue(
            "queue.prefer-loaded",
            BOOLEAN,
            "Whether a request whose model is loaded may go before one whose model is not; a few times, then it is the"
                    + " other's turn.",
            QueueSettings::preferLoaded);
    static final Setting<Path> STATE_DIR = setting(
            "state-dir",
            Types.PATH,
            "Where Corral keeps its files. The default is $STATE_DIRECTORY, as systemd sets it, or $XDG_STATE_HOME/corral,"
                    + " where one of them is set.",
            CorralConfig::stateDir);
    static final Setting<Path> KEYS_FILE = setting(
            "keys-file", Types.PATH, "The key file. The default is keys.json in state-dir.", CorralConfig::keysFile);
    static final Setting<StateUrl> STATE_URL = setting(
            "state.url",
            StateTypes.URL,
            "Which store: sqlite is the file usage.db in state-dir; with the others several Corrals share keys, limits and usage;"
                    + " ${NAME} takes the password from the environment.",
            c -> c.state().url());
    static final Setting<StateSettings.WhenAway> STATE_WHEN_AWAY = setting(
            "state.when-away",
            oneOf(StateSettings.WhenAway.values()),
            "While a store that is shared cannot be reached: deny refuses requests, with local each Corral counts on its"
                    + " own.",
            c -> c.state().whenAway());
    static final Setting<String> STATE_PREFIX = setting(
            "state.prefix",
            StateTypes.PREFIX,
            "Begins every name in a store that is shared.",
            c -> c.state().prefix());
    static final Setting<Optional<ZoneId>> USAGE_ZONE = setting(
            "usage.time-zone",
            optional(StateTypes.ZONE, "local", "for this machine's"),
            "Where days and months begin, for limits and for what was used.",
            c -> Optional.ofNullable(c.usage().timeZone()));
    static final Setting<Duration> USAGE_RETENTION = setting(
            "usage.retention",
            StateTypes.DAYS,
            "How long it is known what each key used of which model on which day.",
            c -> c.usage().retention());
    static final Setting<Boolean> ANONYMOUS_LIVENESS = setting(
            "anonymous-liveness",
            BOOLEAN,
            "Whether HEAD / and GET / are answered without a key, by Corral itself; the ollama command begins with one.",
            c -> c.core().anonymousLiveness());
    static final Setting<Optional<String>> PUBLIC_URL = setting(
            "public-url",
            optional(Types.ORIGIN_URL, "none", "to go by each request's Host"),
            "How clients reach Corral, for links in error messages.",
            c -> Optional.ofNullable(c.core().publicUrl()));
    static final EdgeKeys EDGE = new EdgeKeys();
    static final Setting<Map<String, Role>> ROLES = setting(
            "roles",
            new RolesType(),
            "What keys may do, by role; a key without one is a user. A role named here is added, or replaces the one that"
                    + " ships with the same name, whole; what it leaves out is as shown for user. docs/policy.md has the"
                    + " reasons.",
            CorralConfig::roles);
    static final AuthKeys AUTH = new AuthKeys();
    static final SignatureKeys SIGNATURES = new SignatureKeys();
    static final Setting<Boolean> SHOW_CHANGES = setting(
            "show-changes",
            BOOLEAN,
            "Whether answers say in the header X-Corral-Changes what the role's rules changed in the request.",
            c -> c.core().showChanges());
    static final Setting<List<String>> CORS_ORIGINS = setting(
            "cors.origins",
            Types.CORS_ORIGINS,
            "Which web pages may call. The list given replaces the default, which is Ollama's own.",
            c -> c.core().cors().origins());
    static final Setting<Duration> CORS_MAX_AGE = setting(
            "cors.max-age",
            duration(seconds(0), hours(24)),
            "How long browsers may remember the answer.",
            c -> c.core().cors().maxAge());

    static final Setting<Long> TARGET_SIZE = limit(
            "target-size", size(256, 64 << 10), "A request's path and query.", limits -> (long) limits.targetBytes());
    static final Setting<Long> HEADER_SIZE = limit(
            "header-size", size(1 << 10, 256 << 10), "A request's header section; at least target-size.", limits ->
                    (long) limits.headerBytes());
    static final Setting<Integer> HEADER_FIELDS =
            limit("header-fields", number(10, 1_000), "Fields in the header section.", Limits::headerFields);
    static final Setting<Long> BODY_SIZE = limit(
            "body-size",
            size(1 << 10, 1L << 30),
            "One request body; images are in it, in base64, or a recording.",
            Limits::bodyBytes);
    static final Setting<Long> UPLOAD_SIZE = limit(
            "upload-size",
            size(1 << 10, 16L << 40),
            "One model file uploaded with /api/blobs; streamed, not held.",
            Limits::uploadBytes);
    static final Setting<Long> BUFFERED_BODIES = limit(
            "buffered-bodies",
            size(1 << 20, 64L << 30),
            "All request bodies held at one time, of which one key holds a quarter at most; at least body-size, and at most"
                    + " half of Java's direct memory, of which the default is a quarter where that is less.",
            Limits::bufferedBodyBytes);
    static final Setting<Integer> CONNECTIONS =
            limit("connections", number(1, 1_000_000), "Client connections.", Limits::connections);
    static final Setting<Integer> CONNECTIONS_PER_ADDRESS = limit(
            "connections-per-address",
            number(1, 1_000_000),
            "Client connections from one address; at most connections. Those of trusted-proxies are not counted here.",
            Limits::connectionsPerAddress);
    static final Setting<Integer> STRANGERS = limit(
            "strangers-per-minute",
            number(1, 100_000_000),
            "Requests without a valid key from one address, or one IPv6 network of 64 bits, in a minute; more are refused"
                    + " with 429. Behind another proxy all come from one, unless it is in trusted-proxies.",
            Limits::strangersPerMinute);

    static final LockOutKeys LOCK_OUT = new LockOutKeys();
    static final Http2Keys HTTP2 = new Http2Keys();

    static final Setting<Duration> HEADERS = timeout(
            "headers", millis(100), minutes(5), "From a request's first byte to its complete head.", Timeouts::headers);
    static final Setting<Duration> KEEP_ALIVE = timeout(
            "keep-alive",
            millis(100),
            hours(1),
            "From the start of a connection, or the end of a response, to the next request.",
            Timeouts::keepAlive);
    static final Setting<Duration> BODY_PROGRESS = timeout(
            "body-progress", millis(100), minutes(10), "Between two pieces of a request body.", Timeouts::bodyProgress);
    static final Setting<Duration> CONNECT =
            timeout("connect", millis(10), minutes(2), "For a connection to Ollama.", Timeouts::connect);
    static final Setting<Duration> FIRST_BYTE = timeout(
            "first-byte",
            seconds(1),
            hours(24),
            "From the request sent to the head of the response: queueing, loading the model, reading the prompt.",
            Timeouts::firstByte);
    static final Setting<Duration> STREAM_IDLE =
            timeout("stream-idle", seconds(1), hours(24), "Between two pieces of a response.", Timeouts::streamIdle);
    static final Setting<Duration> LONG_STREAM_IDLE = timeout(
            "long-stream-idle",
            seconds(1),
            hours(24),
            "The same for pull, push and create; at least stream-idle.",
            Timeouts::longStreamIdle);
    static final Setting<Duration> CLIENT_STALL = timeout(
            "client-stall",
            seconds(1),
            hours(1),
            "How long a client may not read what waits for it; while it holds a place at the GPU, twice as long in all, and a"
                    + " second more for each 256 KiB of the answer.",
            Timeouts::clientStall);
    static final Setting<Duration> LINGER = timeout(
            "linger",
            seconds(0),
            minutes(1),
            "How long the rest of a refused request is still read, so that the refusal arrives.",
            Timeouts::linger);
    static final Setting<Duration> DRAIN = timeout(
            "drain",
            seconds(0),
            hours(1),
            "When Corral is told to stop: how long running exchanges may go on.",
            Timeouts::drain);

    static final Setting<Transport> TRANSPORT = setting(
            "transport",
            oneOf(Transport.values()),
            "Which event loop implementation; auto takes the best that works here.",
            c -> c.core().transport());
    static final Setting<Integer> EVENT_LOOPS = setting(
            "event-loops",
            number(0, 256),
            "Worker threads; 0 for one per core, at least two.",
            c -> c.core().eventLoops());

    static final Setting<LogLevel> LOG_LEVEL = setting(
            "log.level",
            oneOf(LogLevel.values()),
            "How much Corral says about itself.",
            c -> c.log().level());
    static final LogFileKeys ACCESS = new LogFileKeys("log.access", c -> c.log().access());
    static final LogFileKeys AUDIT = new LogFileKeys("log.audit", c -> c.log().audit());

    /** All of them in the order of the reference. */
    static final List<Setting<?>> ALL = List.copyOf(ALL_MUTABLE);

    /** What each section is about, for the reference. */
    static final Map<String, String> SECTIONS = SectionTexts.all();

    private static final Map<String, Setting<?>> BY_PATH = byPath();

    private Settings() {}

    /** The setting at this path, null if there is none. */
    static @Nullable Setting<?> at(String path) {
        return BY_PATH.get(path);
    }

    /** All paths, in the order of the reference. */
    static List<String> paths() {
        return ALL.stream().<String>map(Setting::path).toList();
    }

    /** The words that may stand directly in a section, in order; the top level is the section "". */
    static List<String> keysOf(String section) {
        String prefix = section.isEmpty() ? "" : section + ".";
        return paths().stream()
                .filter(path -> path.startsWith(prefix))
                .map(path -> path.substring(prefix.length()))
                .map(rest -> rest.indexOf('.') < 0 ? rest : rest.substring(0, rest.indexOf('.')))
                .distinct()
                .toList();
    }

    /** Adds to {@link #ALL}: called while this class is initialised, by the classes that have sections of their own. */
    static <T> Setting<T> setting(String path, Type<T> type, String description, Function<CorralConfig, T> of) {
        Setting<T> setting = new Setting<>(path, type, description, of);
        ALL_MUTABLE.add(setting);
        return setting;
    }

    private static <T> Setting<T> upstream(
            String key, Type<T> type, String description, Function<UpstreamSettings, T> of) {
        return setting(
                "upstream." + key, type, description, c -> of.apply(c.core().upstream()));
    }

    private static <T> Setting<T> queue(String path, Type<T> type, String description, Function<QueueSettings, T> of) {
        return setting(path, type, description, c -> of.apply(c.core().queue()));
    }

    private static <T> Setting<T> limit(String key, Type<T> type, String description, Function<Limits, T> of) {
        return setting(
                "limits." + key, type, description, c -> of.apply(c.core().limits()));
    }

    private static Setting<Duration> timeout(
            String key, Duration min, Duration max, String description, Function<Timeouts, Duration> of) {
        return setting(
                "timeouts." + key,
                duration(min, max),
                description,
                c -> of.apply(c.core().timeouts()));
    }

    private static Map<String, Setting<?>> byPath() {
        Map<String, Setting<?>> settings = new LinkedHashMap<>();
        ALL.forEach(setting -> settings.put(setting.path(), setting));
        return settings;
    }

    private static Duration millis(long n) {
        return Duration.ofMillis(n);
    }

    private static Duration seconds(long n) {
        return Duration.ofSeconds(n);
    }

    private static Duration minutes(long n) {
        return Duration.ofMinutes(n);
    }

    private static Duration hours(long n) {
        return Duration.ofHours(n);
    }
}
