package dev.corral.auth.key;

import org.jspecify.annotations.Nullable;

/** Decodes base64 strictly (RFC 4648 section 4) and without exceptions, which strangers could cause at will. */
public final class Base64Text {
    private Base64Text() {}

    /** The decoded rest of the text, or null where it is not base64 with padding and zero pad bits. */
    public static byte @Nullable [] decode(String text, int from) {
        int length = text.length() - from;
        if (length == 0 || length % 4 != 0) {
            return null;
        }
        int end = text.length();
        int padding = text.charAt(end - 1) != '=' ? 0 : text.charAt(end - 2) != '=' ? 1 : 2;
        byte[] decoded = new byte[length / 4 * 3 - padding];
        int at = 0;
        int bits = 0;
        int count = 0;
        for (int i = from; i < end - padding; i++) {
            int value = value(text.charAt(i));
            if (value < 0) {
                return null;
            }
            bits = (bits << 6 | value) & 0xFFFF;
            count += 6;
            if (count >= 8) {
                count -= 8;
                decoded[at++] = (byte) (bits >> count);
            }
        }
        return (bits & ((1 << count) - 1)) == 0 ? decoded : null;
    }

    private static int value(char c) {
        if (c >= 'A' && c <= 'Z') {
            return c - 'A';
        }
        if (c >= 'a' && c <= 'z') {
            return c - 'a' + 26;
        }
        if (c >= '0' && c <= '9') {
            return c - '0' + 52;
        }
        return c == '+' ? 62 : c == '/' ? 63 : -1;
    }
}
