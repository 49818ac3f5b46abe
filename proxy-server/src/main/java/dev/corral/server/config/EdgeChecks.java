package dev.corral.server.config;

import dev.corral.core.EdgeSettings;
import dev.corral.core.ListenerSettings;
import dev.corral.core.ListenerSettings.Kind;
import dev.corral.core.LockOutSettings;
import dev.corral.core.UpstreamSettings;
import dev.corral.core.spi.Cidr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/** Checks of the listeners, and of whom they believe. */
final class EdgeChecks {
    private static final String WITHOUT_TLS =
            "is reachable from other machines without TLS: keys and prompts can be read on the way;"
                    + " configure tls, or put a proxy that ends TLS in front and listen on loopback";
    private static final String BELIEVES =
            "believes the PROXY protocol header of whoever connects: name the proxies in trusted-proxies";

    private final CorralConfig config;
    private final EdgeSettings edge;
    private final Findings findings;

    EdgeChecks(CorralConfig config, Findings findings) {
        this.config = config;
        this.edge = config.core().edge();
        this.findings = findings;
    }

    void check() {
        mainListener();
        for (int i = 0; i < edge.listeners().size(); i++) {
            listener(i, edge.listeners().get(i));
        }
        lockOut();
    }

    /** What is legal but dangerous. */
    void warn() {
        InetSocketAddress listen = config.core().listen();
        if (isFar(listen) && !edge.tls()) {
            findings.warn(Settings.LISTEN, WITHOUT_TLS);
        }
        if (isFar(listen) && edge.proxyProtocol() && edge.trustedProxies().isEmpty()) {
            findings.warn(Settings.LISTEN, BELIEVES);
        }
        for (int i = 0; i < edge.listeners().size(); i++) {
            ListenerSettings listener = edge.listeners().get(i);
            String address = Addresses.format(listener.address());
            if (isFar(listener.address()) && listener.kind() == Kind.PLAIN) {
                findings.warn(Settings.EDGE.listeners, i, address, WITHOUT_TLS);
            }
            if (isFar(listener.address())
                    && listener.proxyProtocol()
                    && edge.trustedProxies().isEmpty()) {
                findings.warn(Settings.EDGE.listeners, i, address, BELIEVES);
            }
        }
        if (!edge.allow().isEmpty() && config.tls().mode() == TlsConfig.Mode.ACME) {
            findings.warn(
                    Settings.EDGE.allow,
                    "may keep out the certificate authority, which looks from addresses that nobody knows beforehand");
        }
        List<Cidr> trusted = edge.trustedProxies().ranges();
        for (int i = 0; i < trusted.size(); i++) {
            if (trusted.get(i).toString().endsWith("/0")) {
                findings.warn(
                        Settings.EDGE.trustedProxies,
                        i,
                        trusted.get(i).toString(),
                        "lets every caller say where it comes from: allow-from, clients.deny and the limits of addresses"
                                + " mean nothing then");
            }
        }
    }

    private void mainListener() {
        InetSocketAddress listen = config.core().listen();
        InetSocketAddress admin = config.admin().listen();
        if (admin != null && clash(listen, admin)) {
            findings.wrong(
                    Settings.ADMIN_LISTEN,
                    "another port than listen, which is " + Addresses.format(listen),
                    Settings.LISTEN);
        }
        if (reaches(config.core().upstream(), listen)) {
            findings.wrong(
                    Settings.UPSTREAM_URL,
                    "Ollama's address, not Corral's own listener: that is a loop",
                    Settings.LISTEN);
        } else if (admin != null && reaches(config.core().upstream(), admin)) {
            findings.wrong(
                    Settings.UPSTREAM_URL, "Ollama's address, not Corral's admin listener", Settings.ADMIN_LISTEN);
        }
    }

    private void listener(int index, ListenerSettings listener) {
        InetSocketAddress address = listener.address();
        InetSocketAddress admin = config.admin().listen();
        if (clash(address, config.core().listen())) {
            wrong(
                    index,
                    listener,
                    "another port than listen, which is "
                            + Addresses.format(config.core().listen()));
        } else if (admin != null && clash(address, admin)) {
            wrong(index, listener, "another port than admin.listen, which is " + Addresses.format(admin));
        } else if (edge.listeners().subList(0, index).stream().anyMatch(other -> clash(address, other.address()))) {
            wrong(index, listener, "another port than a listener before it");
        } else if (reaches(config.core().upstream(), address)) {
            wrong(index, listener, "another address than Ollama's: that is a loop");
        } else if (listener.kind() == Kind.REDIRECT && !edge.tls()) {
            wrong(
                    index,
                    listener,
                    "no `redirect: true`, as without the section tls there is no https to send callers to");
        } else if (listener.kind() == Kind.TLS && !edge.tls()) {
            wrong(index, listener, "no `tls: true`, as without the section tls there is no certificate");
        }
    }

    private void wrong(int index, ListenerSettings listener, String expectation) {
        findings.wrong(Settings.EDGE.listeners, index, Addresses.format(listener.address()), expectation);
    }

    private void lockOut() {
        LockOutSettings lockOut = edge.lockOut();
        if (lockOut.longest().compareTo(lockOut.first()) < 0) {
            findings.wrong(
                    Settings.LOCK_OUT.longest,
                    "at least lockout.first, " + Durations.format(lockOut.first()),
                    Settings.LOCK_OUT.first);
        }
    }

    private static boolean isFar(InetSocketAddress listener) {
        return !listener.getAddress().isLoopbackAddress();
    }

    private static boolean clash(InetSocketAddress a, InetSocketAddress b) {
        return a.getPort() != 0
                && a.getPort() == b.getPort()
                && (a.getAddress().equals(b.getAddress())
                        || a.getAddress().isAnyLocalAddress()
                        || b.getAddress().isAnyLocalAddress());
    }

    /** Whether a connection to the upstream would arrive at this listener, as far as can be told without asking DNS. */
    private static boolean reaches(UpstreamSettings upstream, InetSocketAddress listener) {
        InetAddress address = Addresses.literal(upstream.host());
        return address != null
                && upstream.port() == listener.getPort()
                && (address.equals(listener.getAddress())
                        || address.isAnyLocalAddress()
                        || (address.isLoopbackAddress() && listener.getAddress().isAnyLocalAddress()));
    }
}
