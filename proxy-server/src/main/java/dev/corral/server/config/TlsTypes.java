package dev.corral.server.config;

import dev.corral.core.spi.AddressText;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The types of settings about certificates. */
final class TlsTypes {
    private static final String LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
    private static final Pattern HOST = Pattern.compile("(?=.{1,253}$)" + LABEL + "(\\." + LABEL + ")*");
    private static final Pattern PUBLIC_HOST = Pattern.compile("(?=.{1,253}$)" + LABEL + "(\\." + LABEL + ")+");
    private static final Pattern EMAIL = Pattern.compile("[A-Za-z0-9._%+-]{1,64}@" + LABEL + "(\\." + LABEL + ")+");

    private static final Map<String, URI> DIRECTORIES =
            Map.of("letsencrypt", AcmeSettings.LETS_ENCRYPT, "letsencrypt-staging", AcmeSettings.LETS_ENCRYPT_STAGING);

    /** Names for a certificate of our own. */
    static final ListType<String> NAMES = new ListType<>(
            "a list of host names and addresses, such as [gpu.lab, 192.168.1.5]",
            new ScalarType<>(
                    "a host name such as gpu.lab or \"*.gpu.lab\", or an IP address",
                    (text, in) -> name(text.toLowerCase(Locale.ROOT)),
                    name -> name));

    /** Names for a certificate of a public authority. */
    static final ListType<String> DOMAINS = new ListType<>(
            "a list of host names such as [gpu.example.org]",
            new ScalarType<>("a public host name such as gpu.example.org", TlsTypes::domain, name -> name));

    static final ScalarType<String> MAIL =
            new ScalarType<>("a mail address", (text, in) -> EMAIL.matcher(text).matches() ? text : null, mail -> mail);

    static final ScalarType<URI> DIRECTORY = new ScalarType<>(
            "letsencrypt, letsencrypt-staging, or the https:// URL of an ACME server's directory",
            (text, in) -> DIRECTORIES.containsKey(text) ? DIRECTORIES.get(text) : url(text),
            TlsTypes::word);

    private TlsTypes() {}

    private static @Nullable String name(String text) {
        InetAddress address = AddressText.address(text);
        if (address != null) {
            return NetUtil.toAddressString(address);
        }
        String host = text.startsWith("*.") ? text.substring(2) : text;
        boolean number = host.matches("[0-9.]+");
        return !number && HOST.matcher(host).matches() ? text : null;
    }

    private static @Nullable String domain(String text, Reading in) throws ScalarType.Unexpected {
        String name = text.toLowerCase(Locale.ROOT);
        if (name.startsWith("*.")) {
            throw new ScalarType.Unexpected("a host name without *, for which an authority wants changes of DNS");
        }
        if (name.indexOf(':') >= 0 || name.matches("[0-9.]+")) {
            throw new ScalarType.Unexpected("a host name, no address and no port");
        }
        if (name.endsWith(".local") || name.endsWith(".lan") || name.endsWith(".internal")) {
            throw new ScalarType.Unexpected("a host name of the public internet; `tls: local` is for names of a LAN");
        }
        return PUBLIC_HOST.matcher(name).matches() ? name : null;
    }

    // Whoever is in between could else give us a certificate of theirs, or learn what we ask for.
    private static @Nullable URI url(String text) {
        try {
            URI url = new URI(text);
            String host = url.getHost();
            if (host == null || url.getUserInfo() != null || url.getFragment() != null) {
                return null;
            }
            boolean loopback = host.equals("localhost") || host.equals("127.0.0.1") || host.equals("[::1]");
            boolean safe = "https".equals(url.getScheme()) || "http".equals(url.getScheme()) && loopback;
            return safe ? url : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }

    private static String word(URI directory) {
        return DIRECTORIES.entrySet().stream()
                .filter(one -> one.getValue().equals(directory))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(directory.toString());
    }

    /** The words of the challenges. */
    static ScalarType<AcmeSettings.Challenge> challenge() {
        return Types.oneOf(List.of(AcmeSettings.Challenge.values()), AcmeSettings.Challenge::label);
    }
}
