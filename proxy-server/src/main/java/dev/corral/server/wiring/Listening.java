package dev.corral.server.wiring;

import dev.corral.core.ListenerSettings;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Addresses to listen on, as people read and write them. */
public final class Listening {
    private Listening() {}

    /** {@code 127.0.0.1:11435}, {@code [::1]:11435}. */
    public static String text(InetSocketAddress address) {
        String host = address.getAddress() == null ? address.getHostString() : text(address.getAddress());
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
    }

    // RFC 5952, of which the zone is no part.
    private static String text(InetAddress address) {
        String whole = address.getHostAddress();
        int zone = whole.indexOf('%');
        return NetUtil.toAddressString(address) + (zone < 0 ? "" : whole.substring(zone));
    }

    /**
     * The address that was bound, as the operator knows it: the system calls all interfaces {@code ::}, where there is
     * IPv6, whatever it was asked for.
     */
    static InetSocketAddress asConfigured(InetSocketAddress bound, InetSocketAddress configured) {
        return isAny(bound) && isAny(configured)
                ? new InetSocketAddress(configured.getAddress(), bound.getPort())
                : bound;
    }

    private static boolean isAny(InetSocketAddress address) {
        return address.getAddress() != null && address.getAddress().isAnyLocalAddress();
    }

    /**
     * How a client on this machine calls it; an address for all interfaces is called by loopback.
     *
     * @param address bound
     * @param tls whether TLS is spoken there
     */
    public static String url(InetSocketAddress address, boolean tls) {
        return (tls ? "https://" : "http://") + (isAny(address) ? "127.0.0.1:" + address.getPort() : text(address));
    }

    /** One of several listeners: where, and what is particular about it. */
    static String line(InetSocketAddress address, ListenerSettings settings) {
        String url = (settings.kind() == ListenerSettings.Kind.TLS ? "https://" : "http://") + text(address);
        return url
                + (settings.kind() == ListenerSettings.Kind.REDIRECT ? "  redirects to https" : "")
                + (settings.proxyProtocol() ? "  PROXY protocol" : "");
    }

    /**
     * Why it failed and what to do, for an address that could not be bound.
     *
     * @param option of the command line; null where there is none
     */
    static StartException failed(InetSocketAddress address, @Nullable String option, String setting, IOException e) {
        String cause = cause(e);
        String hint;
        if (cause.contains("in use")) {
            hint = "the address is in use, perhaps by another Corral: stop that program, or choose another address";
        } else if (cause.contains("denied")) {
            hint = "not permitted, as ports below 1024 are for privileged programs: choose another address";
        } else if (cause.contains("assign") || cause.contains("unresolved")) {
            hint = "this machine has no such address: choose one that it has";
        } else {
            hint = (cause.isEmpty() ? "the system refuses" : cause) + ": choose another address";
        }
        return new StartException(
                StartException.Reason.UNAVAILABLE,
                "cannot listen on " + text(address) + ": " + hint + " with "
                        + (option == null ? "" : option + " HOST:PORT or ") + '"' + setting
                        + "\" in the configuration",
                e);
    }

    private static String cause(IOException e) {
        StringBuilder all = new StringBuilder();
        int depth = 0;
        for (@Nullable Throwable cause = e; cause != null && depth < 8; cause = cause.getCause(), depth++) {
            if (cause.getMessage() != null) {
                all.append(cause.getMessage().toLowerCase(Locale.ROOT)).append(' ');
            }
        }
        return all.toString().strip();
    }
}
