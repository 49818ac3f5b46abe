package dev.corral.server.config;

import dev.corral.core.CoreSettings;
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
 * @param admin the listener for metrics and health
 * @param stateDir where files are kept that Corral writes; absolute; may not exist yet
 * @param keysFile the key file; absolute; may not exist yet
 * @param roles by name, the shipped ones included
 * @param log what is written down
 */
public record CorralConfig(
        CoreSettings core,
        AdminSettings admin,
        Path stateDir,
        Path keysFile,
        Map<String, Role> roles,
        LogSettings log) {
    /** The two roles there are without any configuration: {@code user} and {@code admin}. */
    public static final Map<String, Role> SHIPPED_ROLES = Role.SHIPPED;

    private static final InetSocketAddress LISTEN = Addresses.loopback(11435);

    public CorralConfig {
        roles = Collections.unmodifiableMap(new LinkedHashMap<>(roles));
    }

    /** The configuration of somebody who has configured nothing but where state is kept. */
    public static CorralConfig defaults(Path stateDir) {
        return new CorralConfig(
                CoreSettings.defaults(LISTEN, UpstreamSettings.DEFAULTS),
                AdminSettings.DEFAULTS,
                stateDir,
                stateDir.resolve("keys.json"),
                SHIPPED_ROLES,
                LogSettings.defaults(stateDir));
    }
}
