package dev.corral.server.connect;

import dev.corral.server.connect.ConnectException.Reason;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where programs of this machine connect; never anywhere that others could: they would have the credential.
 *
 * @param host a loopback address, without brackets
 * @param port TCP port; 0 for any free one
 */
public record LocalAddress(String host, int port) {
    /** Where Ollama is when nobody says otherwise. */
    public static final LocalAddress OLLAMA = new LocalAddress("127.0.0.1", 11434);

    private static final Pattern TEXT = Pattern.compile("(localhost|[0-9.]+|\\[[0-9a-fA-F:.]+])(?::([0-9]{1,5}))?");

    /** Reads {@code HOST:PORT} or {@code HOST}. */
    public static LocalAddress parse(String text) throws ConnectException {
        Matcher parts = TEXT.matcher(text.strip());
        String name = parts.matches() ? parts.group(1) : "";
        String host = name.equals("localhost")
                ? OLLAMA.host
                : name.startsWith("[") ? name.substring(1, name.length() - 1) : name;
        int port = !parts.matches() || parts.group(2) == null ? OLLAMA.port : Integer.parseInt(parts.group(2));
        if (!RemoteUrl.loopback(host) || port > 0xffff) {
            throw new ConnectException(
                    Reason.USAGE,
                    "--listen: \"" + printable(text) + "\" (expected: an address of this machine alone, such as"
                            + " 127.0.0.1:11434; everybody who reaches it uses your key, so others cannot be served:"
                            + " they run their own corral connect)");
        }
        return new LocalAddress(host, port);
    }

    InetSocketAddress socketAddress() {
        try {
            return new InetSocketAddress(
                    InetAddress.getByAddress(NetUtil.createByteArrayFromIpAddressString(host)), port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(host, e);
        }
    }

    /** With brackets around what has colons. */
    String text() {
        return (host.indexOf(':') < 0 ? host : '[' + host + ']') + ':' + port;
    }

    private static String printable(String text) {
        return text.substring(0, Math.min(64, text.length())).replaceAll("[^ -~]", "?");
    }
}
