package dev.corral.auth.key;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * A key string of the right form, whoever sent it: {@code crl_} + id (8) + {@code _} + secret (43) + checksum (6), all
 * base62. The checksum is the CRC-32 of everything before it, so that a typo is refused without a look-up and secret
 * scanners can tell a key from a look-alike. It proves nothing.
 *
 * <p>Immutable. Holds a secret: never shown by {@link #toString}.
 */
final class PresentedKey {
    static final String PREFIX = "crl_";
    static final int ID_LENGTH = 8;
    static final int SECRET_LENGTH = 43;
    static final int CHECKSUM_LENGTH = 6;
    static final int LENGTH = 62;

    private static final int ID_END = PREFIX.length() + ID_LENGTH;
    private static final int CHECKED_LENGTH = LENGTH - CHECKSUM_LENGTH;

    private final String id;
    private final byte[] ascii;

    private PresentedKey(String id, byte[] ascii) {
        this.id = id;
        this.ascii = ascii;
    }

    /** The key in the text, or null where the text is anything else; never throws, whatever the text. */
    static @Nullable PresentedKey parse(String text) {
        return parse(text, 0, text.length());
    }

    /** As {@link #parse(String)}, of the part from {@code from} (inclusive) to {@code to} (exclusive). */
    static @Nullable PresentedKey parse(String text, int from, int to) {
        if (to - from != LENGTH || !text.startsWith(PREFIX, from) || text.charAt(from + ID_END) != '_') {
            return null;
        }
        byte[] ascii = new byte[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            char c = text.charAt(from + i);
            if (i >= PREFIX.length() && i != ID_END && !Base62.isDigit(c)) {
                return null;
            }
            ascii[i] = (byte) c;
        }
        if (!Base62.isEncoded(crc(ascii), ascii, CHECKED_LENGTH, LENGTH)) {
            return null;
        }
        return new PresentedKey(text.substring(from + PREFIX.length(), from + ID_END), ascii);
    }

    /** Puts a key together; the parts must have their fixed widths. */
    static String format(String id, String secret) {
        String checked = PREFIX + id + '_' + secret;
        if (checked.length() != CHECKED_LENGTH) {
            throw new IllegalArgumentException("parts of a key have the wrong length (expected: " + ID_LENGTH + " and "
                    + SECRET_LENGTH + " characters)");
        }
        return checked + checksum(checked.getBytes(StandardCharsets.US_ASCII));
    }

    private static String checksum(byte[] ascii) {
        return Base62.encode(crc(ascii), CHECKSUM_LENGTH);
    }

    private static long crc(byte[] ascii) {
        CRC32 crc = new CRC32();
        crc.update(ascii, 0, CHECKED_LENGTH);
        return crc.getValue();
    }

    static boolean isId(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!Base62.isDigit(text.charAt(i))) {
                return false;
            }
        }
        return text.length() == ID_LENGTH;
    }

    /** The id it claims; says nothing yet about who presented it. */
    String id() {
        return id;
    }

    /** The whole key in ASCII; borrowed, must not be changed or kept. */
    byte[] ascii() {
        return ascii;
    }

    /** Whether both are the same text. */
    boolean sameAs(PresentedKey other) {
        return MessageDigest.isEqual(ascii, other.ascii);
    }

    @Override
    public String toString() {
        return "PresentedKey[" + id + "]";
    }
}
