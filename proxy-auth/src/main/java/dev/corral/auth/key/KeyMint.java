package dev.corral.auth.key;

import java.security.SecureRandom;
import java.util.function.Predicate;

/** Makes ids and secrets. */
final class KeyMint {
    private static final int SECRET_BYTES = 32;

    private final SecureRandom random = new SecureRandom();

    /** A fresh secret for an id: the string to hand out, and what to store of it. */
    record Minted(String text, KeySecret stored) {
        @Override
        public String toString() {
            return "Minted[" + stored + "]";
        }
    }

    String id(Predicate<String> taken) {
        while (true) {
            StringBuilder id = new StringBuilder(PresentedKey.ID_LENGTH);
            for (int i = 0; i < PresentedKey.ID_LENGTH; i++) {
                id.append(Base62.digit(random.nextInt(Base62.RADIX)));
            }
            if (!taken.test(id.toString())) {
                return id.toString();
            }
        }
    }

    Minted secret(String id) {
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        String text = PresentedKey.format(id, Base62.encode(bytes, PresentedKey.SECRET_LENGTH));
        PresentedKey key = PresentedKey.parse(text);
        if (key == null) {
            throw new IllegalStateException("a fresh key does not have the form of a key");
        }
        return new Minted(text, new KeySecret(KeyDigest.of(key), null));
    }
}
