package dev.corral.server.metrics;

import dev.corral.core.spi.ExchangeObserver;
import dev.corral.core.spi.ExchangeSummary;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetAddress;
import java.time.Duration;
import java.util.function.IntSupplier;

/** Counts addresses that were locked out, and connections from where none may come; never says which. Thread-safe; never blocks. */
public final class AddressMetrics implements ExchangeObserver {
    private final PrometheusMeterRegistry registry;
    private final Counter lockOuts;
    private final Counter forbidden;

    /** Registers the counters. */
    public AddressMetrics(PrometheusMeterRegistry registry) {
        this.registry = registry;
        Meters meters = new Meters(registry);
        lockOuts = meters.counter(EdgeMetricNames.LOCK_OUTS);
        forbidden = meters.counter(EdgeMetricNames.FORBIDDEN);
    }

    /**
     * Registers the gauge.
     *
     * @param lockedOut how many are locked out now; asked by scrapes
     */
    public void watch(IntSupplier lockedOut) {
        Gauge.builder(EdgeMetricNames.LOCKED_OUT.id(), lockedOut::getAsInt)
                .description(EdgeMetricNames.LOCKED_OUT.help())
                .register(registry);
    }

    @Override
    public void finished(ExchangeSummary summary) {
        // Refusals are counted with all others.
    }

    @Override
    public void connectionForbidden() {
        forbidden.increment();
    }

    @Override
    public void lockedOut(InetAddress address, Duration time) {
        lockOuts.increment();
    }
}
