package dev.corral.server.metrics;

import dev.corral.auth.jwt.IssuerCounts;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** What is known of the configured issuers of tokens, read when scraped. Thread-safe. */
public final class IssuerMetrics {
    private static final int MAX_ISSUERS = 64;

    private IssuerMetrics() {}

    /**
     * Registers theirs.
     *
     * @param issuers always the same, in the same order; asked by scrapes, must not block
     */
    public static void register(MeterRegistry registry, Supplier<List<IssuerCounts>> issuers) {
        Set<String> names = new LinkedHashSet<>();
        List<IssuerCounts> now = issuers.get();
        for (int i = 0; i < now.size() && i < MAX_ISSUERS; i++) {
            int index = i;
            Supplier<IssuerCounts> one = () -> issuers.get().get(index);
            String host = host(now.get(i).issuer());
            // Realms of one server are issuers of their own.
            String name = names.contains(host) ? host + " " + (i + 1) : host;
            names.add(name);
            gauge(registry, EdgeMetricNames.ISSUER_KEYS, name, one, IssuerCounts::keys);
            gauge(registry, EdgeMetricNames.ISSUER_AGE, name, one, IssuerCounts::ageSeconds);
            fetches(registry, name, "ok", one, IssuerCounts::fetched);
            fetches(registry, name, "failed", one, IssuerCounts::failed);
        }
    }

    private static String host(String issuer) {
        URI uri = URI.create(issuer);
        return uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort();
    }

    private static void gauge(
            MeterRegistry registry,
            MetricNames.Metric metric,
            String issuer,
            Supplier<IssuerCounts> source,
            ToDoubleFunction<IssuerCounts> value) {
        Gauge.builder(metric.id(), () -> value.applyAsDouble(source.get()))
                .description(metric.help())
                .tags("issuer", issuer)
                .register(registry);
    }

    private static void fetches(
            MeterRegistry registry,
            String issuer,
            String result,
            Supplier<IssuerCounts> source,
            ToDoubleFunction<IssuerCounts> value) {
        // The meter keeps only a weak reference to its object: the function has to hold the source.
        FunctionCounter.builder(EdgeMetricNames.ISSUER_FETCHES.id(), source, weak -> value.applyAsDouble(source.get()))
                .description(EdgeMetricNames.ISSUER_FETCHES.help())
                .tags("issuer", issuer, "result", result)
                .register(registry);
    }
}
