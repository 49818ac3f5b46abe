package dev.corral.core;

import dev.corral.core.ListenerSettings.Kind;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything core is told by the configuration.
 *
 * @param listen where clients connect; port 0 for any free one
 * @param edge how and from where they do
 * @param upstream the Ollama behind
 * @param timeouts the named deadlines
 * @param queue the waiting room in front of its models
 * @param limits bounds on memory and connections
 * @param cors which web pages may call
 * @param anonymousLiveness whether {@code HEAD /}, {@code GET /} and the help page are answered without a key
 * @param showChanges whether responses tell the caller, in {@code X-Corral-Changes}, what policy changed in the request
 * @param publicUrl how clients reach Corral, for links in error messages; null to go by the request's Host
 * @param transport which event loop implementation
 * @param eventLoops worker threads; 0 for one per core, at least two
 */
public record CoreSettings(
        InetSocketAddress listen,
        EdgeSettings edge,
        UpstreamSettings upstream,
        Timeouts timeouts,
        QueueSettings queue,
        Limits limits,
        CorsSettings cors,
        boolean anonymousLiveness,
        boolean showChanges,
        @Nullable String publicUrl,
        Transport transport,
        int eventLoops) {
    /** Which event loop implementation. */
    public enum Transport {
        /** The best that works here. */
        AUTO,
        /** Linux's epoll through Netty's native library. */
        EPOLL,
        /** The JDK's selector, everywhere. */
        NIO
    }

    /** All places where clients connect, {@code listen} first. */
    public List<ListenerSettings> listeners() {
        List<ListenerSettings> all = new ArrayList<>();
        all.add(new ListenerSettings(listen, edge.tls() ? Kind.TLS : Kind.PLAIN, edge.proxyProtocol()));
        all.addAll(edge.listeners());
        return all;
    }

    public static CoreSettings defaults(InetSocketAddress listen, UpstreamSettings upstream) {
        return new CoreSettings(
                listen,
                EdgeSettings.DEFAULTS,
                upstream,
                Timeouts.DEFAULTS,
                QueueSettings.DEFAULTS,
                Limits.DEFAULTS,
                CorsSettings.DEFAULTS,
                true,
                false,
                null,
                Transport.AUTO,
                0);
    }
}
