package dev.corral.server.connect;

import dev.corral.server.connect.ConnectException.Reason;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Where the other Corral is.
 *
 * @param tls whether it is {@code https}
 * @param host name or address, without brackets
 * @param port TCP port
 * @param prefix before every path, such as {@code /t/KEY}, without a slash at its end; empty for none
 */
public record RemoteUrl(boolean tls, String host, int port, String prefix) {
    private static final int HTTP = 80;
    private static final int HTTPS = 443;
    // What Corral takes of a path without reading it in two ways: no encoding, no empty or dot segments.
    private static final Pattern PREFIX = Pattern.compile("(/(?!\\.)[A-Za-z0-9._~-]+)*");
    private static final String EXPECTED = " (expected: a URL such as https://gpu.lab or https://gpu.lab:11435)";

    /**
     * Reads a URL.
     *
     * @throws ConnectException for anything else; its message does not tell the path, which may hold a key
     */
    public static RemoteUrl parse(String text) throws ConnectException {
        URI uri;
        try {
            uri = new URI(text.strip());
        } catch (URISyntaxException e) {
            throw wrong("the URL is none" + EXPECTED);
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        boolean tls = scheme.equals("https");
        String host = uri.getHost();
        if (!tls && !scheme.equals("http")) {
            throw wrong("the URL has no https:// or http:// in front" + EXPECTED);
        }
        if (host == null || uri.getPort() == 0 || uri.getPort() > 0xffff) {
            throw wrong("the URL names no host" + EXPECTED);
        }
        if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw wrong("the URL has a user, a query or a fragment" + EXPECTED
                    + "; the key goes into a file: --key-file FILE");
        }
        String prefix = uri.getRawPath() == null ? "" : uri.getRawPath().replaceFirst("/+$", "");
        if (prefix.equals("/v1") || prefix.endsWith("/v1") || prefix.equals("/api")) {
            throw wrong("the URL ends in " + prefix.substring(prefix.lastIndexOf('/'))
                    + ", which programs add themselves (expected: the URL without it)");
        }
        if (!PREFIX.matcher(prefix).matches()) {
            throw wrong("the URL's path holds what no path of Corral's does" + EXPECTED);
        }
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        int port = uri.getPort() > 0 ? uri.getPort() : tls ? HTTPS : HTTP;
        return new RemoteUrl(tls, bare, port, prefix);
    }

    private static ConnectException wrong(String message) {
        return new ConnectException(Reason.USAGE, message);
    }

    /** As in a Host field: without the port that the scheme means anyway. */
    public String authority() {
        String shown = host.indexOf(':') < 0 ? host : '[' + host + ']';
        return port == (tls ? HTTPS : HTTP) ? shown : shown + ':' + port;
    }

    /** For people: without the prefix, which may hold a key. */
    public String shown() {
        return (tls ? "https://" : "http://") + authority();
    }

    /** Whether what is sent can be read on the way. */
    public boolean readableOnTheWay() {
        return !tls && !host.equals("localhost") && !loopback(host);
    }

    /** Whether this address leads back to where {@code corral connect} itself listens. */
    boolean is(LocalAddress local) {
        return port == local.port() && (host.equals("localhost") || host.equals(local.host()));
    }

    /** Whether a text is an address, in any spelling, that only this machine has. */
    static boolean loopback(String literal) {
        if (!NetUtil.isValidIpV4Address(literal) && !NetUtil.isValidIpV6Address(literal)) {
            return false;
        }
        try {
            return InetAddress.getByAddress(NetUtil.createByteArrayFromIpAddressString(literal))
                    .isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** Never the prefix. */
    @Override
    public String toString() {
        return shown();
    }
}
