package dev.corral.core.http;

import dev.corral.core.spi.AddressText;
import dev.corral.core.spi.CidrSet;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whom a request is attributed to: the peer or, while that is a trusted proxy, whom it names in X-Forwarded-For. Each
 * proxy adds the peer it had at the end, so the list is read from there, to the first address that is no trusted
 * proxy's; what stands in front of that anybody may have written. Immutable, any thread.
 */
public final class ClientAddresses {
    /** The field that proxies extend. */
    public static final String FIELD = "X-Forwarded-For";

    // More proxies in a row than anybody has.
    private static final int MAX_HOPS = 32;
    private static final int MAX_PORT = 65_535;

    private final CidrSet trusted;

    public ClientAddresses(CidrSet trusted) {
        this.trusted = trusted;
    }

    /** Whether this peer is believed when it says whom it speaks for. */
    public boolean believes(InetAddress peer) {
        return trusted.contains(peer);
    }

    /**
     * The address of the client.
     *
     * @param peer the other end of the connection
     * @param forwardedFor the values of the field, in order
     * @return null where a trusted proxy passes on something that is no address, so that nobody knows who asks
     */
    public @Nullable InetAddress of(InetAddress peer, List<String> forwardedFor) {
        InetAddress client = peer;
        int hops = 0;
        for (int field = forwardedFor.size() - 1; field >= 0; field--) {
            String list = forwardedFor.get(field);
            int end = list.length();
            while (end >= 0) {
                if (!believes(client)) {
                    return client;
                }
                int comma = list.lastIndexOf(',', end - 1);
                String entry = trimmed(list, comma + 1, end);
                end = comma;
                // Empty members of a list mean nothing (RFC 9110 section 5.6.1.2).
                if (!entry.isEmpty()) {
                    InetAddress named = address(entry);
                    if (named == null || ++hops > MAX_HOPS) {
                        return null;
                    }
                    client = named;
                }
            }
        }
        return client;
    }

    private static String trimmed(String text, int from, int to) {
        int begin = from;
        int end = to;
        while (begin < end && isSpace(text.charAt(begin))) {
            begin++;
        }
        while (begin < end && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(begin, end);
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t';
    }

    /** An address alone, or as some proxies write it: {@code 192.0.2.1:80}, {@code [2001:db8::1]}, {@code [2001:db8::1]:80}. */
    private static @Nullable InetAddress address(String entry) {
        int bracket = entry.lastIndexOf(']');
        if (entry.charAt(0) == '[') {
            boolean whole = bracket == entry.length() - 1 || bracket > 0 && isPort(entry, bracket + 1);
            String inner = whole ? entry.substring(1, bracket) : "";
            return inner.indexOf(':') < 0 ? null : AddressText.address(inner);
        }
        int colon = entry.indexOf(':');
        if (colon > 0 && colon == entry.lastIndexOf(':')) {
            return isPort(entry, colon) ? AddressText.address(entry.substring(0, colon)) : null;
        }
        return AddressText.address(entry);
    }

    private static boolean isPort(String text, int colon) {
        int digits = text.length() - colon - 1;
        if (text.charAt(colon) != ':' || digits < 1 || digits > 5) {
            return false;
        }
        int port = 0;
        for (int i = colon + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return false;
            }
            port = port * 10 + c - '0';
        }
        return port <= MAX_PORT;
    }
}
