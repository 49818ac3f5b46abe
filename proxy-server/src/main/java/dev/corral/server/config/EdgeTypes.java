package dev.corral.server.config;

import static dev.corral.server.config.Types.BOOLEAN;

import dev.corral.core.ListenerSettings;
import dev.corral.core.ListenerSettings.Kind;
import dev.corral.core.spi.Cidr;
import java.net.InetSocketAddress;
import java.util.List;

/** The types of settings about where clients connect, and from where. */
final class EdgeTypes {
    static final ListType<Cidr> RANGES = new ListType<>(
            "a list of networks such as 10.0.0.0/8 or \"2001:db8::/32\", and of single addresses",
            new ScalarType<>(
                    "a network such as 10.0.0.0/8 or \"2001:db8::/32\", with no bits set behind the prefix, or an IP address",
                    (text, in) -> Cidr.parse(text),
                    Cidr::toString));

    private static final Member<ListenerSettings, InetSocketAddress> LISTEN = new Member<>(
            "listen", Types.LISTEN, "Where clients connect.", ListenerSettings::address, Member.Presence.REQUIRED);
    private static final Member<ListenerSettings, Boolean> TLS =
            new Member<>("tls", BOOLEAN, "Whether TLS is spoken.", listener -> listener.kind() == Kind.TLS);
    private static final Member<ListenerSettings, Boolean> REDIRECT = new Member<>(
            "redirect",
            BOOLEAN,
            "Whether callers are only sent to https.",
            listener -> listener.kind() == Kind.REDIRECT);
    private static final Member<ListenerSettings, Boolean> PROXY_PROTOCOL = new Member<>(
            "proxy-protocol",
            BOOLEAN,
            "Whether connections begin with a PROXY protocol header.",
            ListenerSettings::proxyProtocol);

    static final ListType<ListenerSettings> LISTENERS = new ListType<>(
            "a list of sections with listen, tls, redirect, proxy-protocol",
            new Section<>(
                    List.of(LISTEN, TLS, REDIRECT, PROXY_PROTOCOL),
                    EdgeTypes::listener,
                    new ListenerSettings(Addresses.loopback(0), Kind.PLAIN, false)));

    private EdgeTypes() {}

    private static ListenerSettings listener(Values<ListenerSettings> values) {
        InetSocketAddress listen = values.get(LISTEN);
        boolean tls = values.get(TLS);
        boolean redirect = values.get(REDIRECT);
        boolean proxyProtocol = values.get(PROXY_PROTOCOL);
        if (tls && redirect) {
            values.expected(REDIRECT, "\"true\"", "without `tls: true`: it sends callers to a listener that has it");
        }
        return new ListenerSettings(listen, tls ? Kind.TLS : redirect ? Kind.REDIRECT : Kind.PLAIN, proxyProtocol);
    }
}
