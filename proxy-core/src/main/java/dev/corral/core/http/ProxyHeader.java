package dev.corral.core.http;

import dev.corral.core.spi.AddressText;
import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads a PROXY protocol header, version 1 or 2 (proxy-protocol.txt of HAProxy, 2020/03/05), with which a proxy begins a
 * connection to say whose it is. Strict: what is not exactly one is wrong from its first wrong byte on.
 */
final class ProxyHeader {
    /** What the bytes so far are. */
    sealed interface Reading {
        /** The beginning of a header. */
        enum More implements Reading {
            INSTANCE
        }

        /** Something else. */
        enum Wrong implements Reading {
            INSTANCE
        }

        /**
         * A header, which is consumed.
         *
         * @param client null where it names nobody: the proxy speaks for itself, or does not know
         */
        record Whole(@Nullable InetAddress client) implements Reading {}
    }

    // Section 2.1: with the end of the line.
    private static final int MAX_LINE = 107;
    // Addresses, and additions of the proxy such as the client's certificate, which are not looked at.
    private static final int MAX_REST = 4_096;

    private static final byte[] TEXT = "PROXY ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BINARY = {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};
    private static final int BINARY_HEAD = 16;

    private static final Reading NOBODY = new Reading.Whole(null);

    private ProxyHeader() {}

    /** Looks at what has come so far. */
    static Reading read(ByteBuf in) {
        if (!in.isReadable()) {
            return Reading.More.INSTANCE;
        }
        boolean text = in.getByte(in.readerIndex()) == TEXT[0];
        byte[] signature = text ? TEXT : BINARY;
        for (int i = 0; i < Math.min(signature.length, in.readableBytes()); i++) {
            if (in.getByte(in.readerIndex() + i) != signature[i]) {
                return Reading.Wrong.INSTANCE;
            }
        }
        return text ? line(in) : block(in);
    }

    private static Reading line(ByteBuf in) {
        int length = in.bytesBefore(Math.min(MAX_LINE, in.readableBytes()), (byte) '\n') + 1;
        if (length == 0) {
            return in.readableBytes() < MAX_LINE ? Reading.More.INSTANCE : Reading.Wrong.INSTANCE;
        }
        String line = in.toString(in.readerIndex(), length, StandardCharsets.ISO_8859_1);
        if (line.indexOf('\r') != length - 2) {
            return Reading.Wrong.INSTANCE;
        }
        String[] words = line.substring(0, length - 2).split(" ", -1);
        Reading reading = words[1].equals("UNKNOWN") ? NOBODY : named(words);
        in.skipBytes(reading instanceof Reading.Whole ? length : 0);
        return reading;
    }

    private static Reading named(String[] words) {
        boolean six = words[1].equals("TCP6");
        if (words.length != 6 || !six && !words[1].equals("TCP4")) {
            return Reading.Wrong.INSTANCE;
        }
        InetAddress client = address(words[2], six);
        InetAddress server = address(words[3], six);
        return client == null || server == null || !isPort(words[4]) || !isPort(words[5])
                ? Reading.Wrong.INSTANCE
                : new Reading.Whole(client);
    }

    private static @Nullable InetAddress address(String text, boolean six) {
        return text.indexOf(':') >= 0 == six ? AddressText.address(text) : null;
    }

    private static boolean isPort(String text) {
        boolean digits = !text.isEmpty() && text.length() <= 5 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits && (text.length() == 1 || text.charAt(0) != '0') && Integer.parseInt(text) <= 65_535;
    }

    private static Reading block(ByteBuf in) {
        int at = in.readerIndex();
        if (in.readableBytes() < BINARY_HEAD) {
            return Reading.More.INSTANCE;
        }
        int command = in.getUnsignedByte(at + 12);
        int family = in.getUnsignedByte(at + 13);
        int rest = in.getUnsignedShort(at + 14);
        boolean local = command == 0x20;
        // Of a connection of its own a proxy need not say more. 0x31 is a socket of its machine's.
        int needed = local ? 0 : rest(family);
        if (!local && command != 0x21 || needed < 0 || rest < needed || rest > MAX_REST) {
            return Reading.Wrong.INSTANCE;
        }
        if (in.readableBytes() < BINARY_HEAD + rest) {
            return Reading.More.INSTANCE;
        }
        int octets = local ? 0 : family == 0x11 ? 4 : family == 0x21 ? 16 : 0;
        byte[] client = new byte[octets];
        in.getBytes(at + BINARY_HEAD, client);
        in.skipBytes(BINARY_HEAD + rest);
        return octets == 0 ? NOBODY : new Reading.Whole(address(client));
    }

    /** The length of the addresses of this family; -1 for what is no stream, or unknown. */
    private static int rest(int family) {
        return switch (family) {
            case 0x00 -> 0;
            case 0x11 -> 12;
            case 0x21 -> 36;
            case 0x31 -> 216;
            default -> -1;
        };
    }

    private static InetAddress address(byte[] octets) {
        try {
            return InetAddress.getByAddress(octets);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 or 16 octets are an address", e);
        }
    }
}
