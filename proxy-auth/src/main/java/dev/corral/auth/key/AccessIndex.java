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
     * What two keys have that are not revoked.
     *
     * @param what the credential, with its kind
     * @param first the one that was added before the other
     */
    record Conflict(String what, KeyRecord first, KeyRecord second) {
        /** In words, where nobody knows who had it before. */
        String text() {
            return what + " belongs to " + shown(first) + " and to " + shown(second);
        }

        /**
         * In words, where one wanted what the other has.
         *
         * @param before all keys before that
         */
        String text(KeyRing before) {
            KeyRecord owner = first.equals(before.byId(first.id())) ? first : second;
            return what + " belongs to " + shown(owner)
                    + " already (expected: another one; or first corral keys remove-credential " + owner.id()
                    + " ..., or corral keys revoke " + owner.id() + ")";
        }

        private static String shown(KeyRecord key) {
            return "key " + key.id() + " " + KeyNames.shown(key.name());
        }
    }

    /**
     * Adds the key. What belonged to a revoked key may belong to another one.
     *
     * @return null, or what another key that is not revoked has already; then the index is of no use any more
     */
    @Nullable
    Conflict add(KeyRecord key) {
        for (SshPublicKey sshKey : key.access().sshKeys()) {
            KeyRecord other = add(sshKeys, sshKey, key);
            if (other != null) {
                return new Conflict("ssh key " + sshKey.fingerprint(), other, key);
            }
        }
        for (String certificate : key.access().certificates()) {
            KeyRecord other = add(certificates, certificate, key);
            if (other != null) {
                return new Conflict("certificate " + KeyNames.shown(certificate), other, key);
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
