package dev.corral.server.config;

import dev.corral.core.CoreSettings;
import dev.corral.core.CorsSettings;
import dev.corral.core.EdgeSettings;
import dev.corral.core.Limits;
import dev.corral.core.LockOutSettings;
import dev.corral.core.QueueSettings;
import dev.corral.core.Timeouts;
import dev.corral.core.UpstreamSettings;
import dev.corral.core.spi.CidrSet;
import java.nio.file.Path;
import java.util.List;

/** Puts the values into the records. Each setting is asked for once. */
final class ConfigAssembler {
    private final Input input;
    private final CorralConfig defaults;
    private final TlsConfig tls;

    private ConfigAssembler(Input input, CorralConfig defaults) {
        this.input = input;
        this.defaults = defaults;
        this.tls = tls(input, defaults);
    }

    /** The records; where a value is broken, the default stands in, and a problem has been reported. */
    static CorralConfig assemble(Input input, Environment environment) {
        Path stateDir = input.value(Settings.STATE_DIR, CorralConfig.defaults(environment.stateDirectory()));
        int parallel = environment.parallel(QueueSettings.DEFAULTS.parallel());
        long bodies = environment.bufferedBodies(Limits.DEFAULTS.bufferedBodyBytes());
        // The other files' defaults lie in the state directory that is in force.
        return new ConfigAssembler(input, CorralConfig.defaults(stateDir, parallel, bodies)).config(stateDir);
    }

    private CorralConfig config(Path stateDir) {
        return new CorralConfig(
                core(),
                tls,
                new AdminSettings(get(Settings.ADMIN_LISTEN).orElse(null)),
                stateDir,
                get(Settings.KEYS_FILE),
                get(Settings.ROLES),
                new SignatureSettings(get(Settings.SIGNATURES.skew)),
                new UsageSettings(get(Settings.USAGE_ZONE).orElse(null), get(Settings.USAGE_RETENTION)),
                new StateSettings(get(Settings.STATE_URL), get(Settings.STATE_WHEN_AWAY), get(Settings.STATE_PREFIX)),
                new AuthSettings(get(Settings.AUTH.jwt)),
                new LogSettings(get(Settings.LOG_LEVEL), log(Settings.ACCESS), log(Settings.AUDIT)));
    }

    private CoreSettings core() {
        return new CoreSettings(
                get(Settings.LISTEN),
                edge(),
                upstream(),
                timeouts(),
                queue(),
                limits(),
                new CorsSettings(get(Settings.CORS_ORIGINS), get(Settings.CORS_MAX_AGE)),
                get(Settings.ANONYMOUS_LIVENESS),
                get(Settings.SHOW_CHANGES),
                get(Settings.PUBLIC_URL).orElse(null),
                get(Settings.TRANSPORT),
                get(Settings.EVENT_LOOPS));
    }

    private EdgeSettings edge() {
        return new EdgeSettings(
                tls.on(),
                get(Settings.EDGE.proxyProtocol),
                get(Settings.EDGE.listeners),
                new CidrSet(get(Settings.EDGE.trustedProxies)),
                new CidrSet(get(Settings.EDGE.allow)),
                new CidrSet(get(Settings.EDGE.deny)),
                lockOut(),
                get(Settings.AUTH.pathTokens));
    }

    private LockOutSettings lockOut() {
        return new LockOutSettings(
                get(Settings.LOCK_OUT.enabled),
                get(Settings.LOCK_OUT.failures),
                get(Settings.LOCK_OUT.first),
                get(Settings.LOCK_OUT.longest));
    }

    private static TlsConfig tls(Input input, CorralConfig defaults) {
        TlsKeys keys = Settings.TLS;
        TlsConfig.Mode mode = input.value(keys.mode, defaults);
        List<TlsConfig.Pair> certificates = input.value(keys.certificates, defaults);
        // Files that are named are meant to be used.
        boolean unsaid = !input.isGiven(keys.mode) && !certificates.isEmpty();
        return new TlsConfig(
                unsaid ? TlsConfig.Mode.FILES : mode,
                certificates,
                input.value(keys.names, defaults),
                keys.acme.read(input, defaults),
                input.value(keys.provider, defaults),
                input.value(keys.clientCertificates, defaults),
                input.value(keys.clientCa, defaults).orElse(null));
    }

    private QueueSettings queue() {
        return new QueueSettings(
                get(Settings.UPSTREAM_PARALLEL),
                get(Settings.QUEUE_WAITING),
                get(Settings.QUEUE_WAITING_PER_KEY),
                get(Settings.QUEUE_MAX_WAIT),
                get(Settings.QUEUE_PREFER_LOADED));
    }

    private UpstreamSettings upstream() {
        Addresses.HostPort url = get(Settings.UPSTREAM_URL);
        return new UpstreamSettings(
                url.host(),
                url.port(),
                get(Settings.UPSTREAM_MAX_IDLE),
                get(Settings.UPSTREAM_IDLE_TTL),
                get(Settings.UPSTREAM_PROBE),
                get(Settings.UPSTREAM_MODELS));
    }

    private Timeouts timeouts() {
        return new Timeouts(
                get(Settings.HEADERS),
                get(Settings.KEEP_ALIVE),
                get(Settings.BODY_PROGRESS),
                get(Settings.CONNECT),
                get(Settings.FIRST_BYTE),
                get(Settings.STREAM_IDLE),
                get(Settings.LONG_STREAM_IDLE),
                get(Settings.CLIENT_STALL),
                get(Settings.LINGER),
                get(Settings.DRAIN));
    }

    private Limits limits() {
        return new Limits(
                Math.toIntExact(get(Settings.TARGET_SIZE)),
                Math.toIntExact(get(Settings.HEADER_SIZE)),
                get(Settings.HEADER_FIELDS),
                get(Settings.BODY_SIZE),
                get(Settings.UPLOAD_SIZE),
                get(Settings.BUFFERED_BODIES),
                get(Settings.CONNECTIONS),
                get(Settings.CONNECTIONS_PER_ADDRESS),
                get(Settings.HTTP2.maxStreams),
                get(Settings.STRANGERS));
    }

    private LogFileSettings log(LogFileKeys log) {
        return new LogFileSettings(get(log.file).orElse(null), get(log.maxSize), get(log.keep), get(log.enabled));
    }

    private <T> T get(Setting<T> setting) {
        return input.value(setting, defaults);
    }
}
