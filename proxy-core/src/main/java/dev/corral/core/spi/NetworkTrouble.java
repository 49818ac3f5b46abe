package dev.corral.core.spi;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Why a server was not reached, in words for the operator; none of them of the server's making. */
public final class NetworkTrouble {
    private static final int DEPTH = 8;
    private static final int HTTP = 80;
    private static final int HTTPS = 443;

    private NetworkTrouble() {}

    /**
     * {@code connection refused}, {@code no such host}, {@code no answer in time}, what is wrong with its certificate, or the
     * like.
     *
     * @param failure of the JDK's HTTP client, which wraps each of these in a {@link ConnectException} without a message
     * @return null where it is of another kind
     */
    public static @Nullable String text(@Nullable Throwable failure) {
        String text = null;
        int depth = 0;
        for (Throwable one = failure; one != null && depth < DEPTH; one = one.getCause(), depth++) {
            String kind = kind(one);
            // The innermost knows best, save for the channel that was closed because of it.
            text = kind == null ? text : kind;
        }
        return text;
    }

    /** {@code gpu.lab:443}: with the port, also where the URL has none. */
    public static String place(URI url) {
        int port = url.getPort() >= 0 ? url.getPort() : "http".equals(url.getScheme()) ? HTTP : HTTPS;
        return url.getHost() + ":" + port;
    }

    private static @Nullable String kind(Throwable one) {
        String message = String.valueOf(one.getMessage()).toLowerCase(Locale.ROOT);
        if (one instanceof UnknownHostException || one instanceof UnresolvedAddressException) {
            return "no such host";
        }
        if (one instanceof NoRouteToHostException || message.contains("network is unreachable")) {
            return "there is no way to it from here";
        }
        if (one instanceof HttpTimeoutException || one instanceof SocketTimeoutException) {
            return "no answer in time";
        }
        if (one instanceof CertificateExpiredException) {
            return "by the clock here its certificate has expired";
        }
        if (one instanceof CertificateNotYetValidException) {
            return "by the clock here its certificate is not valid yet";
        }
        if (one instanceof CertPathBuilderException) {
            return "nobody who is trusted here has signed its certificate";
        }
        if (one instanceof ConnectException) {
            return message.contains("timed out") ? "no answer in time" : "connection refused";
        }
        return null;
    }
}
