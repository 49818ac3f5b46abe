package dev.corral.server.metrics;

import dev.corral.core.spi.ExchangeObserver;
import dev.corral.core.spi.ExchangeSummary;
import dev.corral.core.spi.NanoClock;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Several observers as one. What one of them throws is counted and logged at most once a minute; it neither reaches
 * the event loop nor keeps the others from hearing of the event.
 *
 * <p>Thread-safe.
 */
public final class Observers implements ExchangeObserver {
    private static final Logger LOG = LoggerFactory.getLogger(Observers.class);
    private static final long MINUTE = 60_000_000_000L;

    private final ExchangeObserver[] observers;
    private final NanoClock clock;
    private final AtomicLong failures = new AtomicLong();
    private final AtomicLong lastLogged;

    /** Composes; {@code observers} are told in the order given. */
    public Observers(List<? extends ExchangeObserver> observers, NanoClock clock) {
        this.observers = observers.toArray(ExchangeObserver[]::new);
        this.clock = clock;
        this.lastLogged = new AtomicLong(clock.nanos() - MINUTE);
    }

    /** How many calls threw. */
    public long failures() {
        return failures.get();
    }

    @Override
    public void finished(ExchangeSummary summary) {
        // Written out: this one comes with every exchange.
        for (ExchangeObserver observer : observers) {
            try {
                observer.finished(summary);
            } catch (Throwable e) { // an Error must not end an exchange half-way either
                failed(observer, e);
            }
        }
    }

    @Override
    public void eventLoopLag(int loop, long nanos) {
        each(observer -> observer.eventLoopLag(loop, nanos));
    }

    @Override
    public void connectionRefused() {
        each(ExchangeObserver::connectionRefused);
    }

    @Override
    public void connectionForbidden() {
        each(ExchangeObserver::connectionForbidden);
    }

    @Override
    public void lockedOut(InetAddress address, Duration time) {
        each(observer -> observer.lockedOut(address, time));
    }

    @Override
    public void http2Closed(InetAddress client, boolean flood) {
        each(observer -> observer.http2Closed(client, flood));
    }

    @Override
    public void upstreamConnect(boolean success) {
        each(observer -> observer.upstreamConnect(success));
    }

    @Override
    public void upstreamPoisoned() {
        each(ExchangeObserver::upstreamPoisoned);
    }

    @Override
    public void credentialOverPlainHttp(InetAddress client) {
        each(observer -> observer.credentialOverPlainHttp(client));
    }

    private void each(Consumer<ExchangeObserver> call) {
        for (ExchangeObserver observer : observers) {
            try {
                call.accept(observer);
            } catch (Throwable e) { // as above
                failed(observer, e);
            }
        }
    }

    private void failed(ExchangeObserver observer, Throwable e) {
        long count = failures.incrementAndGet();
        long last = lastLogged.get();
        long now = clock.nanos();
        if (now - last >= MINUTE && lastLogged.compareAndSet(last, now)) {
            LOG.error(
                    "{} threw ({} failures of observers so far)",
                    observer.getClass().getName(),
                    count,
                    e);
        }
    }
}
