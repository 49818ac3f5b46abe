package dev.corral.auth.ssh;

import java.net.InetAddress;
import java.util.HexFormat;

/** Whose an address is: IPv6 by its network of 64 bits, which one subscriber has whole. */
final class AddressPlace {
    private static final int NETWORK = 8;

    private AddressPlace() {}

    static String of(InetAddress address) {
        byte[] octets = address.getAddress();
        return HexFormat.of().formatHex(octets, 0, Math.min(octets.length, NETWORK));
    }
}
