package dev.corral.server.connect;

import dev.corral.core.spi.ExchangeObserver;
import dev.corral.core.spi.ExchangeSummary;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says when the other Corral cannot be reached any more, and when it can again; notices answers that say something else
 * than was known of it. Any thread.
 */
final class Reachability implements ExchangeObserver {
    private static final Logger LOG = LoggerFactory.getLogger(Reachability.class);

    private final RemoteUrl url;
    private final AtomicBoolean away = new AtomicBoolean();
    private volatile @Nullable Standing known;
    private volatile boolean news;

    Reachability(RemoteUrl url) {
        this.url = url;
    }

    @Override
    public void finished(ExchangeSummary summary) {
        Standing before = known;
        // What is answered here, and not there, says nothing.
        if (before != null && summary.firstByteNanos() >= 0 && before.contradictedBy(summary.status())) {
            news = true;
        }
    }

    /** What is known from now on. */
    void know(Standing standing) {
        known = standing;
        news = false;
    }

    /** Whether an answer spoke against what is known. */
    boolean news() {
        return news;
    }

    @Override
    public void upstreamConnect(boolean success) {
        if (away.compareAndSet(success, !success)) {
            if (success) {
                LOG.info("{} can be reached again", url.shown());
            } else {
                LOG.warn("{} cannot be reached; programs get 502 and the reason until it can", url.shown());
            }
        }
    }
}
