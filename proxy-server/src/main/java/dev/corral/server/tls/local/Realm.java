package dev.corral.server.tls.local;

import dev.corral.core.spi.AddressText;
import dev.corral.core.spi.Cidr;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What a local authority may sign for, which stands in its certificate (RFC 5280 section 4.2.1.10): whoever steals its
 * key cannot pretend to be a bank towards those who trust it.
 *
 * @param domains names that it may sign for, and every name below them
 * @param networks ranges of addresses that it may sign for
 */
record Realm(List<String> domains, List<Cidr> networks) {
    // Nobody can own a public name that ends in one of these: RFC 6762, RFC 8375, and what ICANN keeps back;
    // "lab" is no public name either, and many call their machines so.
    private static final List<String> PRIVATE_DOMAINS =
            List.of("localhost", "local", "home.arpa", "internal", "lan", "home", "corp", "lab");

    private static final List<String> PRIVATE_NETWORKS = List.of(
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "100.64.0.0/10",
            "::1",
            "fc00::/7",
            "fe80::/10");

    Realm {
        domains = List.copyOf(domains);
        networks = List.copyOf(networks);
    }

    /** Private names and networks, and what this machine is called. */
    static Realm of(LocalNames names) {
        Set<String> domains = new LinkedHashSet<>(PRIVATE_DOMAINS);
        Set<Cidr> networks = new LinkedHashSet<>();
        PRIVATE_NETWORKS.forEach(text -> networks.add(cidr(text)));
        for (String name : names.all()) {
            InetAddress address = AddressText.address(name);
            if (address == null) {
                domains.add(parent(name));
            } else if (networks.stream().noneMatch(network -> network.contains(address))) {
                networks.add(network(address));
            }
        }
        return new Realm(List.copyOf(domains), List.copyOf(networks));
    }

    boolean covers(String name) {
        InetAddress address = AddressText.address(name);
        if (address != null) {
            return networks.stream().anyMatch(network -> network.contains(address));
        }
        String host = parent(name);
        return domains.stream().anyMatch(domain -> host.equals(domain) || host.endsWith("." + domain));
    }

    /** Of {@code *.lab}, {@code lab}. */
    private static String parent(String name) {
        return name.startsWith("*.") ? name.substring(2) : name;
    }

    // A machine's own part of its IPv6 address changes daily, where privacy is on; the network's does not.
    private static Cidr network(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return cidr(address.getHostAddress());
        }
        byte[] octets = address.getAddress();
        StringBuilder prefix = new StringBuilder();
        for (int i = 0; i < 8; i += 2) {
            prefix.append(Integer.toHexString((octets[i] & 0xff) << 8 | octets[i + 1] & 0xff))
                    .append(':');
        }
        return cidr(prefix + ":/64");
    }

    private static Cidr cidr(String text) {
        return Objects.requireNonNull(Cidr.parse(text), text);
    }
}
