package dev.corral.core.spi;

import java.net.InetAddress;
import java.util.List;

/**
 * Ranges of addresses, of which few are given: looked through one by one. Immutable, any thread.
 *
 * @param ranges in the order given
 */
public record CidrSet(List<Cidr> ranges) {
    /** No address. */
    public static final CidrSet NONE = new CidrSet(List.of());

    public CidrSet {
        ranges = List.copyOf(ranges);
    }

    public boolean isEmpty() {
        return ranges.isEmpty();
    }

    /** Whether one of the ranges has the address. */
    public boolean contains(InetAddress address) {
        if (ranges.isEmpty()) {
            return false;
        }
        byte[] octets = address.getAddress();
        for (Cidr range : ranges) {
            if (range.contains(octets)) {
                return true;
            }
        }
        return false;
    }
}
