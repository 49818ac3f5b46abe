package dev.corral.auth.jwt;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which addresses keys are fetched from: whoever could change them on the way could sign tokens. */
public final class IssuerUris {
    /** What such an address looks like. */
    public static final String EXPECTED = "https://HOST/…; http:// only on localhost, 127.0.0.1 or [::1]";

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private IssuerUris() {}

    /** The address in the text; null if it is none, or keys must not be fetched from there. */
    public static @Nullable URI secure(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            return null;
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        String host = uri.getHost();
        if (host == null || uri.getRawUserInfo() != null || uri.getRawFragment() != null) {
            return null;
        }
        return scheme.equals("https") || scheme.equals("http") && LOOPBACK.contains(host) ? uri : null;
    }

    static URI parse(String text) throws IssuerException {
        URI uri = secure(text);
        if (uri == null) {
            throw new IssuerException("its keys are at an address that is not " + EXPECTED);
        }
        return uri;
    }
}
