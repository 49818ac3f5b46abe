package dev.corral.server.config;

import dev.corral.core.CoreSettings;
import dev.corral.core.Limits;
import dev.corral.core.QueueSettings;
import dev.corral.core.UpstreamSettings;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The whole configuration, complete and checked.
 *
 * @param core the data path's
 * @param tls whether and how clients are spoken to in TLS
 * @param admin the listener for metrics and health
 * @param stateDir where files are kept that Corral writes; absolute; may not exist yet
 * @param keysFile the key file; absolute; may not exist yet
 * @param roles by name, the shipped ones included
 * @param signatures how requests are verified that the {@code ollama} command signs
 * @param usage how usage is added up
 * @param state where limits and usage are kept
 * @param auth who else than the holders of keys may call
 * @param log what is written down
 */
public record CorralConfig(
        CoreSettings core,
        TlsConfig tls,
        AdminSettings admin,
        Path stateDir,
        Path keysFile,
        Map<String, Role> roles,
        SignatureSettings signatures,
        UsageSettings usage,
        StateSettings state,
        AuthSettings auth,
        LogSettings log) {
    /** The two roles there are without any configuration: {@code user} and {@code admin}. */
    public static final Map<String, Role> SHIPPED_ROLES = Role.SHIPPED;

    private static final InetSocketAddress LISTEN = Addresses.loopback(11435);

    public CorralConfig {
        roles = Collections.unmodifiableMap(new LinkedHashMap<>(roles));
    }

    /** The configuration of somebody who has configured nothing but where state is kept. */
    public static CorralConfig defaults(Path stateDir) {
        return defaults(stateDir, QueueSettings.DEFAULTS.parallel(), Limits.DEFAULTS.bufferedBodyBytes());
    }

    /** The same where it is known how many requests the upstream works on at one time, and how much memory there is. */
    static CorralConfig defaults(Path stateDir, int parallel, long bufferedBodies) {
        return new CorralConfig(
                core(parallel, bufferedBodies),
                TlsConfig.OFF,
                AdminSettings.DEFAULTS,
                stateDir,
                stateDir.resolve("keys.json"),
                SHIPPED_ROLES,
                SignatureSettings.DEFAULTS,
                UsageSettings.DEFAULTS,
                StateSettings.DEFAULTS,
                AuthSettings.DEFAULTS,
                LogSettings.defaults(stateDir));
    }

    private static CoreSettings core(int parallel, long bufferedBodies) {
        CoreSettings core = CoreSettings.defaults(LISTEN, UpstreamSettings.DEFAULTS);
        QueueSettings queue = core.queue();
        Limits limits = core.limits();
        return new CoreSettings(
                core.listen(),
                core.edge(),
                core.upstream(),
                core.timeouts(),
                new QueueSettings(
                        parallel, queue.waiting(), queue.waitingPerKey(), queue.maxWait(), queue.preferLoaded()),
                new Limits(
                        limits.targetBytes(),
                        limits.headerBytes(),
                        limits.headerFields(),
                        limits.bodyBytes(),
                        limits.uploadBytes(),
                        bufferedBodies,
                        limits.connections(),
                        limits.connectionsPerAddress(),
                        limits.streamsPerConnection(),
                        limits.strangersPerMinute()),
                core.cors(),
                core.anonymousLiveness(),
                core.showChanges(),
                core.publicUrl(),
                core.transport(),
                core.eventLoops());
    }
}
