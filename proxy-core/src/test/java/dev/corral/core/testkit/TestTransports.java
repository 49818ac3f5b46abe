package dev.corral.core.testkit;

import dev.corral.core.CoreSettings.Transport;
import io.netty.channel.epoll.Epoll;
import java.util.List;
import java.util.Locale;

/** The event loop implementations that socket tests run on. */
public final class TestTransports {
    private static final String PROPERTY = "corral.test.transport";

    private TestTransports() {}

    /** What {@code -Dcorral.test.transport=nio|epoll} says; without it every one that works here. */
    public static List<Transport> all() {
        return of(System.getProperty(PROPERTY, ""), Epoll.isAvailable());
    }

    static List<Transport> of(String wanted, boolean epollAvailable) {
        if (wanted.isEmpty()) {
            return epollAvailable ? List.of(Transport.NIO, Transport.EPOLL) : List.of(Transport.NIO);
        }
        Transport one = switch (wanted.toLowerCase(Locale.ROOT)) {
            case "nio" -> Transport.NIO;
            case "epoll" -> Transport.EPOLL;
            default ->
                throw new IllegalArgumentException(PROPERTY + ": \"" + wanted + "\" (expected: nio, epoll or nothing)");
        };
        if (one == Transport.EPOLL && !epollAvailable) {
            throw new IllegalStateException(PROPERTY + ": epoll does not work here", Epoll.unavailabilityCause());
        }
        return List.of(one);
    }
}
