package dev.corral.core;

import dev.corral.core.spi.CidrSet;
import java.net.InetAddress;
import java.util.List;

/**
 * How clients reach Corral, and from where.
 *
 * @param tls whether TLS is spoken on {@link CoreSettings#listen}
 * @param proxyProtocol whether connections there begin with a PROXY protocol header
 * @param listeners further places where clients connect
 * @param trustedProxies peers whose {@code X-Forwarded-For} is believed
 * @param allow where clients must come from; everywhere, where this is empty
 * @param deny where they must not come from, also where {@code allow} has them
 * @param lockOut what becomes of addresses that send wrong credentials
 * @param pathTokens whether a key may stand in the path, {@code /t/KEY/…}
 */
public record EdgeSettings(
        boolean tls,
        boolean proxyProtocol,
        List<ListenerSettings> listeners,
        CidrSet trustedProxies,
        CidrSet allow,
        CidrSet deny,
        LockOutSettings lockOut,
        boolean pathTokens) {
    /** One plain listener for everybody. */
    public static final EdgeSettings DEFAULTS = new EdgeSettings(
            false, false, List.of(), CidrSet.NONE, CidrSet.NONE, CidrSet.NONE, LockOutSettings.DEFAULTS, false);

    public EdgeSettings {
        listeners = List.copyOf(listeners);
    }

    /** Whether clients may come from this address. */
    public boolean admits(InetAddress address) {
        return (allow.isEmpty() || allow.contains(address)) && !deny.contains(address);
    }
}
