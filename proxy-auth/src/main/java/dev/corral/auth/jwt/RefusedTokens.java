package dev.corral.auth.jwt;

import dev.corral.core.spi.NanoClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says once a minute why tokens are refused: callers are not told, and whoever sets single sign-on up has to know. */
final class RefusedTokens {
    private static final Logger LOG = LoggerFactory.getLogger(RefusedTokens.class);
    private static final long INTERVAL = Duration.ofMinutes(1).toNanos();

    private final NanoClock clock;
    private final AtomicLong next;
    private final AtomicInteger unsaid = new AtomicInteger();

    RefusedTokens(NanoClock clock) {
        this.clock = clock;
        next = new AtomicLong(clock.nanos());
    }

    void refused(String reason) {
        long due = next.get();
        long now = clock.nanos();
        if (now - due < 0 || !next.compareAndSet(due, now + INTERVAL)) {
            unsaid.incrementAndGet();
            return;
        }
        LOG.info("a token was refused: {} ({} others since the last line about one)", reason, unsaid.getAndSet(0));
    }
}
