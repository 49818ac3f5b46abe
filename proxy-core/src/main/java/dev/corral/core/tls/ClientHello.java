package dev.corral.core.tls;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What decides about a connection before its handshake (RFC 8446 section 4.1.2).
 *
 * @param serverName the host name that the client wants, in lower case without a last dot; null where it names none, or
 *     what is no name
 * @param protocols what it offers to speak (ALPN, RFC 7301); empty where it does not say
 */
record ClientHello(@Nullable String serverName, List<String> protocols) {
    /** Nothing is known of it. */
    static final ClientHello EMPTY = new ClientHello(null, List.of());

    // Version and random.
    private static final int FIXED = 2 + 32;
    private static final int SERVER_NAME = 0;
    private static final int ALPN = 16;
    private static final int HOST_NAME = 0;
    private static final int MAX_NAME = 255;
    private static final int MAX_PROTOCOLS = 16;

    /**
     * Reads one.
     *
     * @param body without the header of record and message; its indices stay as they are
     * @return null where it is malformed
     */
    static @Nullable ClientHello parse(ByteBuf body) {
        ByteBuf in = body.slice();
        if (!skip(in, FIXED) || !skipVector(in, 1) || !skipVector(in, 2) || !skipVector(in, 1)) {
            return null;
        }
        if (!in.isReadable()) {
            return EMPTY;
        }
        ByteBuf extensions = vector(in, 2);
        if (extensions == null) {
            return null;
        }
        String name = null;
        List<String> protocols = List.of();
        while (extensions.isReadable()) {
            if (extensions.readableBytes() < 4) {
                return null;
            }
            int type = extensions.readUnsignedShort();
            ByteBuf data = vector(extensions, 2);
            if (data == null) {
                return null;
            }
            if (type == SERVER_NAME) {
                name = serverName(data);
            } else if (type == ALPN) {
                protocols = protocols(data);
            }
        }
        return new ClientHello(name, protocols);
    }

    private static @Nullable String serverName(ByteBuf extension) {
        ByteBuf names = vector(extension, 2);
        while (names != null && names.readableBytes() >= 3) {
            int type = names.readUnsignedByte();
            ByteBuf name = vector(names, 2);
            if (name != null && type == HOST_NAME) {
                return hostName(name.toString(StandardCharsets.US_ASCII));
            }
        }
        return null;
    }

    private static @Nullable String hostName(String text) {
        String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        if (name.isEmpty() || name.length() > MAX_NAME) {
            return null;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean fits = c >= 'a' && c <= 'z'
                    || c >= 'A' && c <= 'Z'
                    || c >= '0' && c <= '9'
                    || c == '-'
                    || c == '.'
                    || c == '_';
            if (!fits) {
                return null;
            }
        }
        return name.toLowerCase(Locale.ROOT);
    }

    private static List<String> protocols(ByteBuf extension) {
        List<String> found = new ArrayList<>();
        ByteBuf names = vector(extension, 2);
        while (names != null && names.isReadable() && found.size() < MAX_PROTOCOLS) {
            ByteBuf name = vector(names, 1);
            if (name == null) {
                break;
            }
            found.add(name.toString(StandardCharsets.ISO_8859_1));
        }
        return List.copyOf(found);
    }

    private static boolean skip(ByteBuf in, int bytes) {
        if (in.readableBytes() < bytes) {
            return false;
        }
        in.skipBytes(bytes);
        return true;
    }

    private static boolean skipVector(ByteBuf in, int lengthBytes) {
        return vector(in, lengthBytes) != null;
    }

    /** The bytes that a length of one or two bytes announces; null where they are not there. */
    private static @Nullable ByteBuf vector(ByteBuf in, int lengthBytes) {
        if (in.readableBytes() < lengthBytes) {
            return null;
        }
        int length = lengthBytes == 1 ? in.readUnsignedByte() : in.readUnsignedShort();
        return in.readableBytes() < length ? null : in.readSlice(length);
    }
}
