package dev.corral.core.upstream;

import dev.corral.core.RemoteSettings;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Why another Corral cannot be reached, in words for the person who runs this one. */
public final class RemoteTrouble {
    private static final int DEPTH = 8;

    private RemoteTrouble() {}

    /**
     * One sentence without a text of the other side's making.
     *
     * @param cause of a connection that was not opened; null where it is not known
     */
    public static String text(RemoteSettings remote, @Nullable Throwable cause) {
        return remote.url() + " cannot be reached: " + why(remote, cause);
    }

    private static String why(RemoteSettings remote, @Nullable Throwable cause) {
        int depth = 0;
        for (Throwable one = cause; one != null && depth < DEPTH; one = one.getCause(), depth++) {
            String message = String.valueOf(one.getMessage()).toLowerCase(Locale.ROOT);
            if (one instanceof CertificateException) {
                return message.contains("no name matching") || message.contains("no subject alternative")
                        ? "its certificate is for another name than " + remote.authority()
                        : message.contains("validity") || message.contains("expired")
                                ? "its certificate is not valid at this time; is the clock right?"
                                : "its certificate is not one that is trusted here; if it is of a private authority,"
                                        + " say which: --ca-file FILE";
            }
            if (one instanceof UnknownHostException) {
                return "no such host";
            }
            if (one instanceof NoRouteToHostException) {
                return "there is no way to it from here";
            }
            if (one instanceof ConnectException) {
                return message.contains("timed out") ? "no answer in time" : "connection refused";
            }
        }
        if (cause instanceof SSLException) {
            String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
            return message.contains("timed out")
                    ? "no answer to the TLS handshake in time"
                    : message.contains("not an ssl/tls record")
                            ? "it does not speak TLS there; is it http:// and not https://?"
                            : "the TLS handshake failed";
        }
        return "the connection was closed at once";
    }
}
