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
        if (!take()) {
            return false;
        }
        if (!take(origin)) {
            open.decrementAndGet();
            return false;
        }
        channel.closeFuture().addListener(closed -> {
            open.decrementAndGet();
            release(origin);
        });
        return true;
    }

    /** The same for one whose address is not known yet, or speaks for many clients. */
    public boolean enter(Channel channel) {
        if (take()) {
            channel.closeFuture().addListener(closed -> open.decrementAndGet());
            return true;
        }
        return false;
    }

    /** The address of a connection that has entered is known now: takes one of its places, or refuses it, as above. */
    public boolean claim(Channel channel, InetAddress address) {
        InetAddress origin = key(address);
        if (take(origin)) {
            channel.closeFuture().addListener(closed -> release(origin));
            return true;
        }
        return false;
    }

    /** Connections open now. */
    public int open() {
        return open.get();
    }

    private boolean take() {
        if (open.incrementAndGet() > most) {
            open.decrementAndGet();
            observer.connectionRefused();
            return false;
        }
        return true;
    }

    private boolean take(InetAddress origin) {
        if (byAddress.merge(origin, 1, Integer::sum) > mostPerAddress) {
            release(origin);
            observer.connectionRefused();
            return false;
        }
        return true;
    }

    private void release(InetAddress origin) {
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
