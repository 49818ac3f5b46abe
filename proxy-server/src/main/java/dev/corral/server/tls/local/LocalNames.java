package dev.corral.server.tls.local;

import dev.corral.core.spi.AddressText;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * By what clients may call this machine: host names in lower case, and addresses as text.
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
        return List.copyOf(new TreeSet<>(names));
    }
}
