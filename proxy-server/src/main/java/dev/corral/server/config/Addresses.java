package dev.corral.server.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Network addresses as text, without ever asking a name server. */
final class Addresses {
    /** A host name has at most 253 characters. */
    private static final int MAX = 300;

    private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final Pattern IPV4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:]*:[0-9a-fA-F:.]*");
    private static final Pattern NAME = Pattern.compile(
            "(?=.{1,253}$)[a-zA-Z0-9_]([a-zA-Z0-9_-]{0,62})" + "(\\.[a-zA-Z0-9_]([a-zA-Z0-9_-]{0,62}))*\\.?");
    private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");

    private static final String LOOPBACK = "127.0.0.1";

    private Addresses() {}

    /** IPv4's loopback address, whatever the JDK prefers. */
    static InetSocketAddress loopback(int port) {
        return Objects.requireNonNull(socketAddress(LOOPBACK + ":" + port));
    }

    /**
     * A host and a port, as in {@code example:80} and {@code [::1]:80}.
     *
     * @param host without brackets
     * @param port 0 to 65535
     */
    record HostPort(String host, int port) {
        /** With brackets around what has colons. */
        String text() {
            return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
        }
    }

    /**
     * Splits and checks.
     *
     * @param defaultPort -1 if there must be a port
     * @return null if the text is not a host (name or IP address) and a port
     */
    static @Nullable HostPort hostPort(String text, int defaultPort) {
        if (text.length() > MAX) {
            return null;
        }
        int end = text.startsWith("[") ? text.indexOf(']') + 1 : text.indexOf(':');
        if (end < 0) {
            end = text.length();
        }
        String host = text.substring(0, end);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        if (bracketed) {
            host = host.substring(1, host.length() - 1);
        }
        boolean valid = bracketed ? host.indexOf(':') >= 0 && literal(host) != null : isHost(host);
        if (!valid) {
            return null;
        }
        if (end == text.length()) {
            return defaultPort < 0 ? null : new HostPort(host, defaultPort);
        }
        String port = text.substring(end + 1);
        if (text.charAt(end) != ':' || !PORT.matcher(port).matches() || Integer.parseInt(port) > 0xffff) {
            return null;
        }
        return new HostPort(host, Integer.parseInt(port));
    }

    /** An address to listen on: an IP address, or {@code localhost} for 127.0.0.1; null if the text is not one. */
    static @Nullable InetSocketAddress socketAddress(String text) {
        HostPort parts = hostPort(text, -1);
        InetAddress address = parts == null ? null : literal(parts.host());
        return parts == null || address == null ? null : new InetSocketAddress(address, parts.port());
    }

    /** The address that an IP address or {@code localhost} names, keeping its spelling; null for any other text. */
    static @Nullable InetAddress literal(String host) {
        boolean localhost = host.equals("localhost");
        if (!localhost && !IPV4.matcher(host).matches() && !IPV6.matcher(host).matches()) {
            return null;
        }
        try {
            byte[] address = InetAddress.getAllByName(localhost ? LOOPBACK : host)[0].getAddress();
            return InetAddress.getByAddress(host, address);
        } catch (UnknownHostException e) {
            return null;
        }
    }

    /** As it was spelled. */
    static String format(InetSocketAddress address) {
        return new HostPort(address.getHostString(), address.getPort()).text();
    }

    /** A dotted name whose last part is a number is meant to be an IPv4 address, so it must be a right one. */
    private static boolean isHost(String host) {
        String last = host.substring(host.lastIndexOf('.') + 1);
        boolean numeric = !last.isEmpty() && last.chars().allMatch(c -> c >= '0' && c <= '9');
        return numeric ? IPV4.matcher(host).matches() : NAME.matcher(host).matches();
    }
}
