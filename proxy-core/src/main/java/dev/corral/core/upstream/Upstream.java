package dev.corral.core.upstream;

import dev.corral.core.RemoteSettings;
import dev.corral.core.UpstreamSettings;
import dev.corral.core.spi.ExchangeObserver;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One Ollama, or another Corral: where it is, how it is. Shared by all event loops; any thread. */
public final class Upstream {
    private final UpstreamSettings settings;
    private final ExchangeObserver observer;
    private final String authority;
    private final @Nullable RemoteTls tls;
    private final AtomicInteger idle = new AtomicInteger();
    private final AtomicInteger leased = new AtomicInteger();
    private volatile @Nullable InetSocketAddress address;
    private volatile boolean reachable;

    public Upstream(UpstreamSettings settings, ExchangeObserver observer) {
        this.settings = settings;
        this.observer = observer;
        // Ollama on a loopback listener answers 403 to any name it does not know (ollama-api section 2.1).
        boolean literal = NetUtil.isValidIpV4Address(settings.host()) || NetUtil.isValidIpV6Address(settings.host());
        String host =
                !literal ? "localhost" : settings.host().contains(":") ? '[' + settings.host() + ']' : settings.host();
        RemoteSettings remote = settings.remote();
        authority = remote == null ? host + ':' + settings.port() : remote.authority();
        tls = remote == null || !remote.tls() ? null : new RemoteTls(settings, remote);
        if (literal) {
            byte[] bytes = NetUtil.createByteArrayFromIpAddressString(settings.host());
            try {
                address = new InetSocketAddress(InetAddress.getByAddress(bytes), settings.port());
            } catch (UnknownHostException e) {
                throw new IllegalArgumentException("upstream host: \"" + settings.host() + "\"", e);
            }
        }
    }

    /** Looks the host name up again; blocks, so never on an event loop. Keeps the old address where that fails. */
    void resolve() throws UnknownHostException {
        InetSocketAddress now = address;
        if (now == null
                || !NetUtil.isValidIpV4Address(settings.host()) && !NetUtil.isValidIpV6Address(settings.host())) {
            address = new InetSocketAddress(InetAddress.getByName(settings.host()), settings.port());
        }
    }

    /** Where to connect; null while the host name has not been resolved. */
    @Nullable
    InetSocketAddress address() {
        return address;
    }

    UpstreamSettings settings() {
        return settings;
    }

    ExchangeObserver observer() {
        return observer;
    }

    /** What is spoken on connections to it; null for nothing but HTTP. */
    @Nullable
    RemoteTls tls() {
        return tls;
    }

    /** Where it is another Corral; null where it is an Ollama. */
    public @Nullable RemoteSettings remote() {
        return settings.remote();
    }

    /** What requests carry as Host: always a name that the upstream accepts, never the client's. */
    public String authority() {
        return authority;
    }

    /** Whether the last probe or connection attempt succeeded. */
    public boolean reachable() {
        return reachable;
    }

    void reachable(boolean reachable) {
        this.reachable = reachable;
    }

    /** Connections waiting in pools. */
    public int idle() {
        return idle.get();
    }

    /** Connections in use. */
    public int leased() {
        return leased.get();
    }

    void countIdle(int change) {
        idle.addAndGet(change);
    }

    void countLeased(int change) {
        leased.addAndGet(change);
    }
}
