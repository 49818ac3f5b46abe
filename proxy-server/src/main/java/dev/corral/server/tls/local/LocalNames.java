package dev.corral.server.tls.local;

import dev.corral.core.spi.AddressText;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * By what clients may call this machine: host names in lower case, and addresses in one form (RFC 5952).
 *
 * @param wanted those that the operator has named, in order
 * @param found those that the machine has itself, in order
 */
public record LocalNames(List<String> wanted, List<String> found) {
    public LocalNames {
        wanted = sorted(wanted);
        found = sorted(found);
    }

    /** All of them, once each. */
    List<String> all() {
        return sorted(Stream.concat(wanted.stream(), found.stream()).toList());
    }

    static boolean isAddress(String name) {
        return AddressText.parse(name) != null;
    }

    private static List<String> sorted(Collection<String> names) {
        return List.copyOf(names.stream().map(LocalNames::form).collect(Collectors.toCollection(TreeSet::new)));
    }

    private static String form(String name) {
        InetAddress address = AddressText.address(name);
        return address == null ? name : NetUtil.toAddressString(address);
    }
}
