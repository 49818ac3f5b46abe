package dev.corral.core.upstream;

import dev.corral.core.RemoteSettings;
import dev.corral.core.UpstreamSettings;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.NetUtil;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * TLS with another Corral. Its certificate must be for the name that it is called by, and be vouched for; there is no way
 * to do without. Java's own implementation: a few connections from a user's machine need no faster one. Any thread.
 */
final class RemoteTls {
    // A connection that is given up must end soon, whatever is still on its way.
    private static final long CLOSE_MILLIS = 200;

    private final SslContext context;
    private final String host;
    private final int port;
    private final @Nullable SNIServerName name;

    RemoteTls(UpstreamSettings settings, RemoteSettings remote) {
        host = settings.host();
        port = settings.port();
        boolean literal = NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host);
        name = literal ? null : new SNIHostName(host);
        SslContextBuilder builder = SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .protocols("TLSv1.3", "TLSv1.2")
                .endpointIdentificationAlgorithm("HTTPS");
        if (!remote.authorities().isEmpty()) {
            builder.trustManager(remote.authorities().toArray(X509Certificate[]::new));
        }
        try {
            context = builder.build();
        } catch (SSLException e) {
            throw new IllegalStateException("TLS cannot be prepared", e);
        }
    }

    /**
     * For one connection; asks for the host by name (RFC 6066 section 3).
     *
     * @param within for the handshake
     */
    SslHandler handler(Duration within) {
        SslHandler handler = context.newHandler(ByteBufAllocator.DEFAULT, host, port);
        if (name != null) {
            // Java itself leaves names without a dot out, as those of a home's machines are.
            SSLParameters parameters = handler.engine().getSSLParameters();
            parameters.setServerNames(List.of(name));
            handler.engine().setSSLParameters(parameters);
        }
        handler.setHandshakeTimeoutMillis(within.toMillis());
        handler.setCloseNotifyFlushTimeout(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
        return handler;
    }
}
