package dev.corral.auth.key;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds keys by their ssh keys and certificates. Grows while it is filled; afterwards it is read by any thread. Keys that
 * have neither take no room. What is in it was let in by an operator, so nobody can choose it to collide.
 */
final class AccessIndex {
    private final Map<SshPublicKey, KeyRecord> sshKeys = new HashMap<>(0);
    private final Map<String, KeyRecord> certificates = new HashMap<>(0);

    /**
     * Adds the key. What belonged to a revoked key may belong to another one.
     *
     * @return null, or in words what another key that is not revoked has already; then the index is of no use any more
     */
    @Nullable
    String add(KeyRecord key) {
        for (SshPublicKey sshKey : key.access().sshKeys()) {
            KeyRecord other = add(sshKeys, sshKey, key);
            if (other != null) {
                return "ssh key " + sshKey.fingerprint() + " belongs to key " + other.id() + " and to key " + key.id();
            }
        }
        for (String certificate : key.access().certificates()) {
            KeyRecord other = add(certificates, certificate, key);
            if (other != null) {
                return "certificate " + KeyNames.shown(certificate) + " belongs to key " + other.id() + " and to key "
                        + key.id();
            }
        }
        return null;
    }

    private static <K> @Nullable KeyRecord add(Map<K, KeyRecord> index, K credential, KeyRecord key) {
        KeyRecord before = index.get(credential);
        if (before != null && before.revoked() == null) {
            return key.revoked() == null ? before : null;
        }
        index.put(credential, key);
        return null;
    }

    @Nullable
    KeyRecord bySshKey(SshPublicKey sshKey) {
        return sshKeys.get(sshKey);
    }

    @Nullable
    KeyRecord byCertificate(String certificate) {
        return certificates.get(certificate);
    }
}
