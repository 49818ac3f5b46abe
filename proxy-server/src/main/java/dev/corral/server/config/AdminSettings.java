package dev.corral.server.config;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The listener for the people who run Corral: metrics and health.
 *
 * @param listen where, port 0 for any free one; null to have none
 */
public record AdminSettings(@Nullable InetSocketAddress listen) {
    public static final AdminSettings DEFAULTS = new AdminSettings(Addresses.loopback(11436));
}
