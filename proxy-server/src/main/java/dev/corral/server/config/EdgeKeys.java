package dev.corral.server.config;

import static dev.corral.server.config.Types.BOOLEAN;

import dev.corral.core.EdgeSettings;
import dev.corral.core.ListenerSettings;
import dev.corral.core.spi.Cidr;
import java.util.List;
import java.util.function.Function;

/** The settings of how clients connect, and from where. */
final class EdgeKeys {
    final Setting<Boolean> proxyProtocol = edge(
            "proxy-protocol",
            BOOLEAN,
            "Whether every connection to listen begins with a PROXY protocol header, version 1 or 2, which names the client;"
                    + " connections without are closed, and those of peers that are not in trusted-proxies, where there"
                    + " are any.",
            EdgeSettings::proxyProtocol);
    final Setting<List<ListenerSettings>> listeners = edge(
            "listeners",
            EdgeTypes.LISTENERS,
            "Further places where clients connect, each with `listen: ADDRESS:PORT`, and as it is meant with `tls: true`,"
                    + " with `redirect: true` to do nothing but send callers to https, with `proxy-protocol: true`.",
            EdgeSettings::listeners);
    final Setting<List<Cidr>> trustedProxies = edge(
            "trusted-proxies",
            EdgeTypes.RANGES,
            "Where the proxies in front of Corral are: from there X-Forwarded-For is believed, read from its end to the"
                    + " first address that is not here; docs/addresses.md.",
            edge -> edge.trustedProxies().ranges());
    final Setting<List<Cidr>> allow = edge(
            "clients.allow",
            EdgeTypes.RANGES,
            "Where clients must come from; everywhere, where none is named.",
            edge -> edge.allow().ranges());
    final Setting<List<Cidr>> deny = edge(
            "clients.deny",
            EdgeTypes.RANGES,
            "Where clients must not come from, also where clients.allow has it.",
            edge -> edge.deny().ranges());

    private static <T> Setting<T> edge(String path, Type<T> type, String description, Function<EdgeSettings, T> of) {
        return Settings.setting(path, type, description, c -> of.apply(c.core().edge()));
    }
}
