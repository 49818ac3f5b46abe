package dev.corral.server.tls.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** What this machine is called, and its addresses, without asking a name server. */
public final class Machine {
    private static final Path NAME = Path.of("/proc/sys/kernel/hostname");
    private static final Pattern HOST =
            Pattern.compile("(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,62})(\\.[a-z0-9]([a-z0-9-]{0,62}))*");

    /** A machine with more has them for containers or customers, and none of them is what clients know it by. */
    private static final int MAX_ADDRESSES = 50;

    /** What every machine is called by itself. */
    static final List<String> LOOPBACK = List.of("localhost", "127.0.0.1", "::1");

    private Machine() {}

    /** Its names and its addresses, loopback included, those that hold on one link only not. */
    static List<String> names() throws SocketException {
        List<String> names = new ArrayList<>(LOOPBACK);
        String host = name();
        if (HOST.matcher(host).matches()) {
            names.add(host);
            if (host.indexOf('.') < 0) {
                // Its name where machines find each other by multicast (RFC 6762).
                names.add(host + ".local");
            }
        }
        for (NetworkInterface one : Collections.list(NetworkInterface.getNetworkInterfaces())) {
            for (InetAddress address : Collections.list(one.getInetAddresses())) {
                boolean useful = !address.isLinkLocalAddress() && !address.isLoopbackAddress();
                if (useful && names.size() < MAX_ADDRESSES && one.isUp()) {
                    names.add(address.getHostAddress().replaceFirst("%.*", ""));
                }
            }
        }
        return names;
    }

    /** In lower case; {@code localhost} where it has none. */
    public static String name() {
        try {
            String name = Files.isReadable(NAME)
                    ? Files.readString(NAME).strip()
                    : InetAddress.getLocalHost().getHostName();
            return name.isEmpty() ? "localhost" : name.toLowerCase(Locale.ROOT);
        } catch (UnknownHostException e) {
            return "localhost";
        } catch (IOException e) {
            return "localhost";
        }
    }
}
