package dev.corral.core.http;

import dev.corral.core.spi.ExchangeObserver;
import io.netty.channel.Channel;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts one listener's connections, in all and by address (IPv6: by /64, which one subscriber has whole). Bounded:
 * an address is remembered only while it has a connection. Any thread.
 */
public final class ConnectionLimiter {
    private final int most;
    private final int mostPerAddress;
    private final ExchangeObserver observer;
    private final AtomicInteger open = new AtomicInteger();
    private final ConcurrentHashMap<InetAddress, Integer> byAddress = new ConcurrentHashMap<>();

    public ConnectionLimiter(int most, int mostPerAddress, ExchangeObserver observer) {
        this.most = most;
        this.mostPerAddress = mostPerAddress;
        this.observer = observer;
    }

    /** Takes a place for a connection until it closes, or refuses it; the caller closes it then. */
    public boolean admit(Channel channel, InetAddress address) {
        InetAddress origin = key(address);
        if (open.incrementAndGet() > most) {
            open.decrementAndGet();
            observer.connectionRefused();
            return false;
        }
        if (byAddress.merge(origin, 1, Integer::sum) > mostPerAddress) {
            release(origin);
            observer.connectionRefused();
            return false;
        }
        channel.closeFuture().addListener(closed -> release(origin));
        return true;
    }

    /** Connections open now. */
    public int open() {
        return open.get();
    }

    private void release(InetAddress origin) {
        open.decrementAndGet();
        byAddress.computeIfPresent(origin, (address, count) -> count == 1 ? null : count - 1);
    }

    private static InetAddress key(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return address;
        }
        try {
            return InetAddress.getByAddress(Arrays.copyOf(Arrays.copyOf(address.getAddress(), 8), 16));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("16 bytes are an address", e);
        }
    }
}
