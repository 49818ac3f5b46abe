package dev.corral.core.admit;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.NanoClock;
import java.net.InetAddress;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/**
 * How many requests without a valid key one address may make: a minute's worth at once and then evenly ({@link Pace}).
 * IPv6 counts by /64, which one subscriber has whole. Thread-safe without locks.
 */
public final class StrangerLimit {
    private final Pace pace;
    private final int perMinute;

    /**
     * Nobody has called yet.
     *
     * @param perMinute at least 1
     */
    public StrangerLimit(int perMinute, NanoClock clock) {
        this(perMinute, clock, new SecureRandom().nextLong());
    }

    StrangerLimit(int perMinute, NanoClock clock, long seed) {
        if (perMinute < 1) {
            throw new IllegalArgumentException("strangers per minute: " + perMinute + " (expected: at least 1)");
        }
        this.perMinute = perMinute;
        this.pace = new Pace(perMinute, perMinute, clock, seed);
    }

    /**
     * Takes one request of this address.
     *
     * @return null if it may be answered; else the refusal, and nothing was taken
     */
    public @Nullable ProxyError take(InetAddress address) {
        int seconds = pace.take(Party.of(address));
        return seconds == 0
                ? null
                : ProxyError.tryAgain(
                        ErrorCode.STRANGER_RATE,
                        "more than " + perMinute + " requests without a valid key in a minute from this address",
                        seconds);
    }
}
