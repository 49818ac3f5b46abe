package dev.corral.server.connect;

import dev.corral.core.CoreSettings;
import dev.corral.core.CorsSettings;
import dev.corral.core.EdgeSettings;
import dev.corral.core.Limits;
import dev.corral.core.QueueSettings;
import dev.corral.core.RemoteSettings;
import dev.corral.core.Timeouts;
import dev.corral.core.UpstreamSettings;
import dev.corral.core.spi.UpstreamCredential;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;

/**
 * What {@code corral connect} was told.
 *
 * @param url where the other Corral is
 * @param listen where programs connect
 * @param credential what makes requests good there
 * @param authorities who vouches for its certificate; where there are none, those that Java trusts
 * @param bufferedBodies how many bytes of request bodies are held at one time
 */
public record ConnectSettings(
        RemoteUrl url,
        LocalAddress listen,
        UpstreamCredential credential,
        List<X509Certificate> authorities,
        long bufferedBodies) {
    private static final int LOOPS = 2;
    private static final int IDLE_CONNECTIONS = 16;
    // Less than any Corral keeps them, and than a router forgets them.
    private static final Duration IDLE_TTL = Duration.ofSeconds(25);
    // How often the other's name is looked up again: a laptop changes its network.
    private static final Duration NAME = Duration.ofSeconds(5);

    public ConnectSettings {
        authorities = List.copyOf(authorities);
    }

    /** The same without the credential, on a port of this machine that nobody knows. */
    ConnectSettings bare() {
        return new ConnectSettings(
                url, new LocalAddress("127.0.0.1", 0), UpstreamCredential.NONE, authorities, bufferedBodies);
    }

    CoreSettings core() {
        return new CoreSettings(
                listen.socketAddress(),
                EdgeSettings.DEFAULTS,
                new UpstreamSettings(
                        url.host(),
                        url.port(),
                        IDLE_CONNECTIONS,
                        IDLE_TTL,
                        NAME,
                        UpstreamSettings.DEFAULTS.modelsInterval(),
                        new RemoteSettings(url.authority(), url.prefix(), url.tls(), authorities, credential)),
                timeouts(),
                // The waiting room is the other's.
                new QueueSettings(Integer.MAX_VALUE, 0, 0, Duration.ofMinutes(1), false),
                limits(),
                CorsSettings.DEFAULTS,
                false,
                false,
                null,
                CoreSettings.Transport.AUTO,
                LOOPS);
    }

    // Whatever takes long there, a queue included, the other Corral ends, and says why: here it may take longer still.
    private static Timeouts timeouts() {
        Timeouts usual = Timeouts.DEFAULTS;
        return new Timeouts(
                usual.headers(),
                usual.keepAlive(),
                usual.bodyProgress(),
                Duration.ofSeconds(10),
                Duration.ofHours(1),
                Duration.ofMinutes(15),
                Duration.ofHours(1),
                usual.clientStall(),
                usual.linger(),
                Duration.ofSeconds(10));
    }

    private Limits limits() {
        Limits usual = Limits.DEFAULTS;
        return new Limits(
                usual.targetBytes(),
                usual.headerBytes(),
                usual.headerFields(),
                usual.bodyBytes(),
                usual.uploadBytes(),
                bufferedBodies,
                usual.connections(),
                usual.connectionsPerAddress(),
                usual.streamsPerConnection(),
                usual.strangersPerMinute());
    }
}
