package dev.corral.core.spi;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** IP addresses as text, strictly: four decimal octets, or RFC 4291 section 2.2; no names, no zones, nothing short or octal. */
public final class AddressText {
    private static final int MAX = 45;
    private static final int GROUPS = 8;

    private AddressText() {}

    /**
     * The octets of an address: 4, or 16 that are not IPv4's within IPv6.
     *
     * @return null where the text is not an address
     */
    public static byte @Nullable [] parse(String text) {
        if (text.length() > MAX) {
            return null;
        }
        boolean colon = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            colon |= c == ':';
            boolean known =
                    c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' || c == '.' || c == ':';
            if (!known) {
                return null;
            }
        }
        return colon ? literal(text) : octets(text);
    }

    /** The same as an address. */
    public static @Nullable InetAddress address(String text) {
        byte[] octets = parse(text);
        try {
            return octets == null ? null : InetAddress.getByAddress(octets);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 or 16 octets are an address", e);
        }
    }

    /**
     * An address as text: the one form that RFC 5952 recommends, so that the same address is always the same text.
     * Without the interface that it is on.
     */
    public static String format(InetAddress address) {
        return format(address.getAddress());
    }

    static String format(byte[] octets) {
        StringBuilder text = new StringBuilder(MAX);
        if (octets.length == 4) {
            for (byte octet : octets) {
                text.append(text.length() == 0 ? "" : ".").append(octet & 0xff);
            }
        } else {
            groups(octets, text);
        }
        return text.toString();
    }

    // Section 4.2: the longest run of noughts is left out, the first of equal ones, and none of a single group.
    private static void groups(byte[] octets, StringBuilder text) {
        int from = -1;
        int length = 1;
        for (int i = 0; i < GROUPS; i++) {
            int run = 0;
            while (i + run < GROUPS && group(octets, i + run) == 0) {
                run++;
            }
            if (run > length) {
                from = i;
                length = run;
            }
        }
        for (int i = 0; i < GROUPS; i++) {
            if (i == from) {
                text.append("::");
                i += length - 1;
            } else {
                boolean apart = i > 0 && text.charAt(text.length() - 1) != ':';
                text.append(apart ? ":" : "").append(Integer.toHexString(group(octets, i)));
            }
        }
    }

    private static int group(byte[] octets, int index) {
        return (octets[2 * index] & 0xff) << 8 | octets[2 * index + 1] & 0xff;
    }

    // What has a colon is never looked up as a name.
    private static byte @Nullable [] literal(String text) {
        try {
            return InetAddress.getByName(text).getAddress();
        } catch (UnknownHostException e) {
            return null;
        }
    }

    private static byte @Nullable [] octets(String text) {
        byte[] octets = new byte[4];
        int at = 0;
        for (int i = 0; i < 4; i++) {
            int from = at;
            int number = 0;
            while (at < text.length() && text.charAt(at) != '.') {
                int digit = text.charAt(at++) - '0';
                if (digit < 0 || digit > 9 || at - from > 3) {
                    return null;
                }
                number = number * 10 + digit;
            }
            boolean padded = at - from > 1 && text.charAt(from) == '0';
            if (at == from || padded || number > 255 || (i < 3) != (at < text.length())) {
                return null;
            }
            octets[i] = (byte) number;
            at++;
        }
        return octets;
    }
}
