package dev.corral.core.admit;

import java.net.InetAddress;

/**
 * Whom an address stands for as a number: IPv6 counts by /64, which one subscriber has whole.
 *
 * @param kind numbers of two kinds are never the same party
 */
record Party(long number, int kind) {
    private static final int KIND_4 = 0;
    private static final int KIND_6 = 1;

    static Party of(InetAddress address) {
        byte[] bytes = address.getAddress();
        return bytes.length == 4 ? new Party(number(bytes, 4), KIND_4) : new Party(number(bytes, 8), KIND_6);
    }

    private static long number(byte[] bytes, int length) {
        long number = 0;
        for (int i = 0; i < length; i++) {
            number = number << 8 | bytes[i] & 0xff;
        }
        return number;
    }

    /**
     * Its place in a table of 65,536, which nobody can work out who does not know the seed.
     *
     * @param seed a secret
     */
    int slot(long seed) {
        return (int) (mixed(number ^ mixed(seed + kind)) >>> 48);
    }

    // The finalizer of MurmurHash3, which lets every bit of the input flip half of the output's.
    private static long mixed(long value) {
        long mixed = value;
        mixed = (mixed ^ mixed >>> 33) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ mixed >>> 33;
    }
}
