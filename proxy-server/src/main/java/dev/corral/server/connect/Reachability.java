package dev.corral.server.connect;

import dev.corral.core.spi.ExchangeObserver;
import dev.corral.core.spi.ExchangeSummary;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says when the other Corral cannot be reached any more, and when it can again. Any thread. */
final class Reachability implements ExchangeObserver {
    private static final Logger LOG = LoggerFactory.getLogger(Reachability.class);

    private final RemoteUrl url;
    private final AtomicBoolean away = new AtomicBoolean();

    Reachability(RemoteUrl url) {
        this.url = url;
    }

    @Override
    public void finished(ExchangeSummary summary) {
        // Programs are told by their answers.
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
