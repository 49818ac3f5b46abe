package dev.corral.core.testkit;

import dev.corral.core.spi.ExchangeObserver;
import dev.corral.core.spi.ExchangeSummary;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Collects what an observer is told. Thread-safe. */
public final class Observed implements ExchangeObserver {
    private final List<ExchangeSummary> summaries = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger refusedConnections = new AtomicInteger();
    private final AtomicInteger forbiddenConnections = new AtomicInteger();
    private final List<String> lockedOut = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger floods = new AtomicInteger();
    private final AtomicInteger broken = new AtomicInteger();
    private final AtomicInteger connects = new AtomicInteger();
    private final AtomicInteger failedConnects = new AtomicInteger();
    private final AtomicInteger poisoned = new AtomicInteger();
    private final AtomicInteger plainCredentials = new AtomicInteger();

    @Override
    public void finished(ExchangeSummary summary) {
        summaries.add(summary);
    }

    @Override
    public void connectionRefused() {
        refusedConnections.incrementAndGet();
    }

    @Override
    public void connectionForbidden() {
        forbiddenConnections.incrementAndGet();
    }

    @Override
    public void lockedOut(InetAddress address, Duration time) {
        lockedOut.add(address.getHostAddress() + " " + time);
    }

    @Override
    public void http2Closed(InetAddress client, boolean flood) {
        (flood ? floods : broken).incrementAndGet();
    }

    @Override
    public void upstreamConnect(boolean success) {
        (success ? connects : failedConnects).incrementAndGet();
    }

    @Override
    public void upstreamPoisoned() {
        poisoned.incrementAndGet();
    }

    @Override
    public void credentialOverPlainHttp(InetAddress client) {
        plainCredentials.incrementAndGet();
    }

    /** How many credentials came over plain HTTP. */
    public int plainCredentials() {
        return plainCredentials.get();
    }

    public List<ExchangeSummary> summaries() {
        synchronized (summaries) {
            return List.copyOf(summaries);
        }
    }

    /** Waits until so many exchanges have ended, and gives all. */
    public List<ExchangeSummary> await(int count) {
        return await(count, Await.LONG);
    }

    public List<ExchangeSummary> await(int count, Duration within) {
        Await.until(within, () -> count + " finished exchanges, but " + summaries(), () -> summaries.size() >= count);
        return summaries();
    }

    /** Waits for the first exchange to end. */
    public ExchangeSummary awaitFirst() {
        return await(1).get(0);
    }

    /** Addresses that were locked out, each with the time. */
    public List<String> lockedOut() {
        synchronized (lockedOut) {
            return List.copyOf(lockedOut);
        }
    }

    /** Connections closed because of where they came from or how they began. */
    public int forbiddenConnections() {
        return forbiddenConnections.get();
    }

    public int refusedConnections() {
        return refusedConnections.get();
    }

    /** Connections of HTTP/2 closed because of too much that carries nothing. */
    public int floods() {
        return floods.get();
    }

    /** Connections of HTTP/2 closed because they broke the protocol. */
    public int broken() {
        return broken.get();
    }

    /** Connections to the upstream that were there in the end; probes are not counted. */
    public int connects() {
        return connects.get();
    }

    public int failedConnects() {
        return failedConnects.get();
    }

    public int poisoned() {
        return poisoned.get();
    }
}
