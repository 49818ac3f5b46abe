package dev.corral.server.cli;

import dev.corral.auth.key.KeyAccess;
import dev.corral.auth.key.KeyRecord;
import dev.corral.auth.key.SshPublicKey;
import dev.corral.core.spi.Cidr;
import dev.corral.core.spi.CidrSet;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What opens a key and from where, as people write and read it. */
final class AccessOptions {
    private AccessOptions() {}

    static CidrSet ranges(List<String> texts) throws CliException {
        List<Cidr> ranges = new ArrayList<>();
        for (String text : texts) {
            Cidr range = Cidr.parse(text);
            if (range == null) {
                throw new CliException(
                        ExitCode.USAGE,
                        "address range: " + Words.quote(text)
                                + " (expected: an address or a range such as 10.0.0.0/8 or 2001:db8::/32, with nothing but"
                                + " zeros behind the prefix)");
            }
            if (!ranges.contains(range)) {
                ranges.add(range);
            }
        }
        if (ranges.size() > KeyAccess.MAX) {
            throw new CliException(
                    ExitCode.USAGE, "address ranges: " + ranges.size() + " (expected: at most " + KeyAccess.MAX + ")");
        }
        return ranges.isEmpty() ? CidrSet.NONE : new CidrSet(ranges);
    }

    static List<String> ranges(KeyAccess access) {
        return access.allowFrom().ranges().stream().map(Cidr::toString).toList();
    }

    static List<String> fingerprints(KeyAccess access) {
        return access.sshKeys().stream().map(SshPublicKey::fingerprint).toList();
    }

    /** What can be taken away one by one: fingerprints and certificates. */
    static List<String> credentials(KeyAccess access) {
        return Stream.concat(fingerprints(access).stream(), access.certificates().stream())
                .toList();
    }

    /** {@code secret, 2 ssh, certificate}: what can open it. */
    static String with(KeyRecord key) {
        List<String> parts = new ArrayList<>();
        add(parts, key.secrets().size() > 0 ? 1 : 0, "secret");
        add(parts, key.access().sshKeys().size(), "ssh");
        add(parts, key.access().certificates().size(), "certificate");
        return String.join(", ", parts);
    }

    private static void add(List<String> parts, int count, String what) {
        if (count > 0) {
            parts.add(count == 1 ? what : count + " " + what);
        }
    }

    static String from(KeyAccess access) {
        List<String> ranges = ranges(access);
        return ranges.isEmpty() ? "anywhere" : String.join(" ", ranges);
    }
}
