package dev.corral.core.tls;

import dev.corral.core.Limits;
import dev.corral.core.Timeouts;
import dev.corral.core.http.FrontCodec;
import dev.corral.core.spi.ExchangeObserver;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** What listeners without TLS do that only say where TLS is. Any thread. */
public final class Redirect {
    private static final int HTTPS = 443;

    final Limits limits;
    final Timeouts timeouts;
    final ExchangeObserver observer;
    private final @Nullable String publicUrl;
    private final @Nullable HttpChallenges challenges;
    private final HttpDecoderConfig decoding;
    private volatile int securePort = HTTPS;

    /**
     * Nothing is sent anywhere yet.
     *
     * @param publicUrl how clients reach Corral; null to go by each request's Host
     * @param challenges of ACME, answered here; null for none
     * @param observer told of credentials, not of requests
     */
    public Redirect(
            @Nullable String publicUrl,
            @Nullable HttpChallenges challenges,
            Limits limits,
            Timeouts timeouts,
            ExchangeObserver observer) {
        this.publicUrl = publicUrl != null && publicUrl.startsWith("https://") ? publicUrl : null;
        this.challenges = challenges;
        this.limits = limits;
        this.timeouts = timeouts;
        this.observer = observer;
        this.decoding = FrontCodec.config(limits);
    }

    /** Where TLS is spoken. */
    public void securePort(int port) {
        securePort = port;
    }

    /** Answers one request of a new connection; on its event loop. */
    public void begin(Channel channel, InetAddress client) {
        channel.pipeline().addLast(new FrontCodec(decoding), new RedirectHandler(this, client));
    }

    /** The answer to an ACME server; null where the path is no challenge's. */
    @Nullable
    String challenge(String path) {
        return challenges == null ? null : challenges.answer(path);
    }

    /**
     * The same over TLS.
     *
     * @param host as the request names it, valid; null where it names none
     * @param target path and query
     * @return null where it is not known
     */
    @Nullable
    String location(@Nullable String host, String target) {
        if (publicUrl != null) {
            return publicUrl + target;
        }
        if (host == null) {
            return null;
        }
        int port = securePort;
        return "https://" + withoutPort(host) + (port == HTTPS ? "" : ":" + port) + target;
    }

    private static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    }
}
