package dev.corral.server.admin;

import io.netty.util.NetUtil;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Keeps web pages out: a page whose name's DNS record was turned to a private address (DNS rebinding) is same-origin
 * with us for the browser, but its requests carry its own name in {@code Host}. An address in {@code Host} cannot be
 * had that way.
 */
final class HostCheck {
    private static final String LOCALHOST = "localhost";

    private final Set<String> names;

    /** Allows these names besides addresses and {@code localhost}, in any letter case. */
    HostCheck(Collection<String> names) {
        this.names = names.stream().map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Whether a request may be answered.
     *
     * @param hosts all Host fields
     * @param required whether the protocol version demands one (RFC 9112 section 3.2)
     */
    boolean allows(List<String> hosts, boolean required) {
        if (hosts.isEmpty()) {
            return !required;
        }
        return hosts.size() == 1 && allows(hosts.get(0));
    }

    private boolean allows(String host) {
        if (host.startsWith("[")) {
            int end = host.indexOf(']');
            return end > 0
                    && NetUtil.isValidIpV6Address(host.substring(1, end))
                    && (end + 1 == host.length() || (host.charAt(end + 1) == ':' && port(host.substring(end + 2))));
        }
        int colon = host.indexOf(':');
        String name = colon < 0 ? host : host.substring(0, colon);
        if (colon >= 0 && !port(host.substring(colon + 1))) {
            return false;
        }
        String lower = name.toLowerCase(Locale.ROOT);
        return NetUtil.isValidIpV4Address(name) || lower.equals(LOCALHOST) || names.contains(lower);
    }

    private static boolean port(String text) {
        return !text.isEmpty() && text.length() <= 5 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
