package dev.corral.auth.key;

import dev.corral.core.spi.CidrSet;
import java.util.HashSet;
import java.util.List;

/**
 * What else than a secret opens a key, and from where it may be used. Immutable.
 *
 * @param sshKeys whoever signs with one of these is the key's owner
 * @param certificates whoever shows one of these in TLS is; as {@link CertificateName} writes them
 * @param allowFrom where requests with this key may come from; empty for anywhere
 */
public record KeyAccess(List<SshPublicKey> sshKeys, List<String> certificates, CidrSet allowFrom) {
    /** A secret only, from anywhere: what nearly all keys have, so they share one. */
    public static final KeyAccess NONE = new KeyAccess(List.of(), List.of(), CidrSet.NONE);

    /** How many of each a key can have. */
    public static final int MAX = 64;

    public KeyAccess {
        sshKeys = List.copyOf(sshKeys);
        certificates = List.copyOf(certificates);
        if (sshKeys.size() > MAX
                || certificates.size() > MAX
                || allowFrom.ranges().size() > MAX) {
            throw new IllegalArgumentException("a key has " + sshKeys.size() + " ssh keys, " + certificates.size()
                    + " certificates and " + allowFrom.ranges().size() + " address ranges (expected: at most " + MAX
                    + " of each)");
        }
        if (new HashSet<>(sshKeys).size() < sshKeys.size()
                || new HashSet<>(certificates).size() < certificates.size()) {
            throw new IllegalArgumentException("a key has an ssh key or a certificate twice (expected: once)");
        }
    }

    /** Whether somebody can get in by this alone. */
    public boolean opens() {
        return !sshKeys.isEmpty() || !certificates.isEmpty();
    }

    /** Whether it says nothing. */
    public boolean isNone() {
        return !opens() && allowFrom.isEmpty();
    }
}
