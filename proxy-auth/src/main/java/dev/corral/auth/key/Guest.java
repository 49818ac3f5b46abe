package dev.corral.auth.key;

import dev.corral.core.spi.Principal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.Normalizer;

/** A caller who has no key record here, and is known by somebody else. */
public final class Guest {
    private static final long IDS = 218_340_105_584_896L; // 62 to the power of 8
    private static final int MAX_TRIES = 16;

    private Guest() {}

    /**
     * The principal, always the same for the same subject of the same issuer, whose id no key in the ring has. It may
     * come to have another one if a key with that id is made afterwards, which one in 2 to the power of 47 is.
     *
     * @param name shown in logs as far as it can be the name of a key
     */
    public static Principal principal(KeyRing ring, String issuer, String subject, String name, String role) {
        return new Principal(id(ring, issuer, subject), name(name), role);
    }

    private static String id(KeyRing ring, String issuer, String subject) {
        for (int i = 0; i < MAX_TRIES; i++) {
            String id = id(issuer, subject, i);
            if (ring.byId(id) == null) {
                return id;
            }
        }
        throw new IllegalStateException("no id is free");
    }

    private static String id(String issuer, String subject, int attempt) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            // Every Java platform has it (MessageDigest's class documentation).
            throw new IllegalStateException("this Java runtime has no SHA-256", e);
        }
        // With the length of the first, so that no two pairs are the same bytes.
        byte[] first = issuer.getBytes(StandardCharsets.UTF_8);
        digest.update(
                ByteBuffer.allocate(8).putInt(attempt).putInt(first.length).array());
        digest.update(first);
        digest.update(subject.getBytes(StandardCharsets.UTF_8));
        long value = ByteBuffer.wrap(digest.digest()).getLong();
        return Base62.encode(Long.remainderUnsigned(value, IDS), PresentedKey.ID_LENGTH);
    }

    private static String name(String text) {
        StringBuilder plain = new StringBuilder();
        Normalizer.normalize(text, Normalizer.Form.NFC)
                .codePoints()
                .limit(KeyNames.MAX_LENGTH)
                .map(c -> c == ' ' || KeyNames.valid(Character.toString(c)) ? c : '_')
                .forEach(plain::appendCodePoint);
        String name = plain.toString().strip();
        return KeyNames.valid(name) ? name : "_";
    }
}
