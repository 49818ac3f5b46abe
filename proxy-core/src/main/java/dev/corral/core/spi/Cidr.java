package dev.corral.core.spi;

import java.net.InetAddress;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A range of addresses in CIDR notation (RFC 4632, RFC 4291 section 2.3). Immutable, any thread. IPv4 within IPv6
 * ({@code ::ffff:10.0.0.1}) is IPv4 here, as Java has it.
 */
public final class Cidr {
    private final byte[] network;
    private final int bits;

    private Cidr(byte[] network, int bits) {
        this.network = network;
        this.bits = bits;
    }

    /**
     * Reads {@code 10.0.0.0/8}, {@code 2001:db8::/32}, or one address, which is a range of its own. Never asks a name
     * server.
     *
     * @return null where the text is anything else, also where bits behind the prefix are set
     */
    public static @Nullable Cidr parse(String text) {
        int slash = text.indexOf('/');
        byte[] address = AddressText.parse(slash < 0 ? text : text.substring(0, slash));
        if (address == null) {
            return null;
        }
        int bits = slash < 0 ? address.length * 8 : prefix(text.substring(slash + 1));
        if (bits < 0 || bits > address.length * 8) {
            return null;
        }
        Cidr range = new Cidr(masked(address, bits), bits);
        return Arrays.equals(range.network, address) ? range : null;
    }

    /** Whether the address lies in the range; one of the other family never does. */
    public boolean contains(InetAddress address) {
        return contains(address.getAddress());
    }

    boolean contains(byte[] address) {
        if (address.length != network.length) {
            return false;
        }
        int whole = bits >>> 3;
        for (int i = 0; i < whole; i++) {
            if (address[i] != network[i]) {
                return false;
            }
        }
        int rest = bits & 7;
        return rest == 0 || (address[whole] & 0xff) >>> 8 - rest == (network[whole] & 0xff) >>> 8 - rest;
    }

    private static int prefix(String digits) {
        if (digits.isEmpty() || digits.length() > 3 || digits.length() > 1 && digits.charAt(0) == '0') {
            return -1;
        }
        int number = 0;
        for (int i = 0; i < digits.length(); i++) {
            char c = digits.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            number = number * 10 + c - '0';
        }
        return number;
    }

    private static byte[] masked(byte[] address, int bits) {
        byte[] masked = address.clone();
        for (int i = 0; i < masked.length; i++) {
            int kept = Math.max(0, Math.min(8, bits - 8 * i));
            masked[i] &= (byte) (0xff << 8 - kept);
        }
        return masked;
    }

    /** In CIDR notation; one address without its prefix. */
    @Override
    public String toString() {
        String text = AddressText.format(network);
        return bits == network.length * 8 ? text : text + '/' + bits;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Cidr range && range.bits == bits && Arrays.equals(range.network, network);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(network) * 31 + bits;
    }
}
