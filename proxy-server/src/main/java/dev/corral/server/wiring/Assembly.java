package dev.corral.server.wiring;

import dev.corral.auth.key.KeyStore;
import dev.corral.auth.key.KeyWatcher;
import dev.corral.auth.key.LiveKeyRing;
import dev.corral.auth.rule.RoleRule;
import dev.corral.auth.scheme.AllowedFrom;
import dev.corral.auth.scheme.AuthenticatorChain;
import dev.corral.core.CoreWiring;
import dev.corral.core.ProxyCore;
import dev.corral.core.policy.RolePolicies;
import dev.corral.core.policy.RolePolicy;
import dev.corral.core.spi.EndpointGroup;
import dev.corral.core.spi.ExchangeObserver;
import dev.corral.core.spi.NanoClock;
import dev.corral.server.admin.AdminSource;
import dev.corral.server.admin.Readiness;
import dev.corral.server.config.CorralConfig;
import dev.corral.server.config.LogFileSettings;
import dev.corral.server.config.Role;
import dev.corral.server.log.AccessLog;
import dev.corral.server.log.AuditLog;
import dev.corral.server.log.LogCounts;
import dev.corral.server.log.LogTarget;
import dev.corral.server.metrics.AddressMetrics;
import dev.corral.server.metrics.BuildInfo;
import dev.corral.server.metrics.ExchangeMetrics;
import dev.corral.server.metrics.IssuerMetrics;
import dev.corral.server.metrics.Observers;
import dev.corral.server.metrics.RuntimeMetrics;
import dev.corral.server.metrics.UsageMetrics;
import dev.corral.server.tls.ServerTls;
import dev.corral.server.tls.TlsCounts;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Every part of one Corral and how they know each other. Making it opens the logs and no socket. */
final class Assembly implements AutoCloseable {
    final KeyStore store;
    final LiveKeyRing keys;
    final KeyAudit keyAudit;
    final KeyWatcher watcher;
    final @Nullable AccessLog access;
    final @Nullable AuditLog audit;
    final ProxyCore core;
    final AdminSource admin;
    final UpstreamWatch upstream;
    final LimitState limits;
    final @Nullable ServerTls tls;
    final AuthSchemes schemes;
    private final Stores stores;
    private final Supplier<RuntimeMetrics> runtimeMetrics;
    private final PrometheusMeterRegistry registry;
    private @Nullable RuntimeMetrics runtime;
    private boolean closed;

    /** Takes ownership of the stores and of what speaks TLS, null where nothing does. */
    Assembly(CorralConfig config, Stores stores, KeyStore.Loaded initial, @Nullable ServerTls tls, NanoClock clock) {
        this.stores = stores;
        this.tls = tls;
        store = stores.keys();
        keys = new LiveKeyRing(initial.ring());
        LogFileSettings accessLog = config.log().access();
        access = accessLog.enabled() ? new AccessLog(target(accessLog), clock) : null;
        LogFileSettings auditLog = config.log().audit();
        audit = auditLog.enabled() ? new AuditLog(target(auditLog), clock) : null;
        keyAudit = new KeyAudit(audit, clock, initial.ring(), config.roles().keySet());
        watcher = new KeyWatcher(store, keys, keyAudit, initial.version());

        schemes = new AuthSchemes(config, keys, clock);
        registry = RuntimeMetrics.newRegistry();
        UsageMetrics usageMetrics = new UsageMetrics(registry);
        limits = new LimitState(config, keys, stores.shared(), usageMetrics::refused, clock);
        List<ExchangeObserver> observers = new ArrayList<>();
        observers.add(new ExchangeMetrics(registry));
        observers.add(usageMetrics);
        AddressMetrics addressMetrics = new AddressMetrics(registry);
        observers.add(addressMetrics);
        observers.add(limits);
        if (access != null) {
            observers.add(access);
        }
        if (audit != null) {
            observers.add(audit);
        }
        Observers observer = new Observers(observers, clock);
        core = ProxyCore.create(new CoreWiring(
                config.core(),
                new AllowedFrom(new AuthenticatorChain(schemes.inOrder()), keys::allowFrom),
                List.of(new RoleRule(groups(config.roles()))),
                limits.limiter(),
                limits::weight,
                limits.accounts(),
                policies(config.roles()),
                config.roles().values().stream().anyMatch(Role::needsCatalogue),
                observer,
                clock,
                tls == null ? null : tls.contexts()));
        addressMetrics.watch(core::lockedOutAddresses);
        IssuerMetrics.register(registry, schemes::issuers);
        runtimeMetrics = () -> new RuntimeMetrics(
                registry,
                new RuntimeMetrics.Sources(
                        core::stats,
                        keyAudit::counts,
                        () -> access == null ? LogCounts.NONE : access.counts(),
                        () -> audit == null ? LogCounts.NONE : audit.counts(),
                        observer::failures,
                        config.state().url().shared() ? "redis" : "sqlite",
                        limits::counts,
                        core::loadedModels,
                        () -> tls == null ? TlsCounts.NONE : tls.counts()),
                BuildInfo.load());
        admin = new AdminSource(
                this::scrape, () -> Readiness.of(core.stats(), limits.counts().up()));
        upstream =
                new UpstreamWatch(config.core().upstream(), () -> core.stats().upstreamReachable());
    }

    // Gauges of the running program are read when scraped, and made by the first scrape: asking Java about itself is a
    // good part of a start, and of the memory of a Corral that nobody scrapes.
    private synchronized String scrape() {
        if (runtime == null && !closed) {
            runtime = runtimeMetrics.get();
        }
        if (runtime != null) {
            runtime.refresh();
        }
        return registry.scrape();
    }

    /** Ends everything at once; what is in the logs' queues is still written. */
    @Override
    public void close() {
        upstream.close();
        watcher.close();
        core.close();
        if (tls != null) {
            tls.close();
        }
        schemes.close();
        limits.close();
        stores.close();
        if (access != null) {
            access.close();
        }
        if (audit != null) {
            audit.close();
        }
        synchronized (this) {
            closed = true;
            if (runtime != null) {
                runtime.close();
            }
        }
        registry.close();
    }

    private static LogTarget target(LogFileSettings settings) {
        return new LogTarget(settings.file(), settings.maxBytes(), settings.keep());
    }

    private static RolePolicies policies(Map<String, Role> roles) {
        Map<String, RolePolicy> policies = new HashMap<>();
        roles.forEach((name, role) -> policies.put(name, role.policy()));
        return policies::get;
    }

    private static Map<String, Set<EndpointGroup>> groups(Map<String, Role> roles) {
        Map<String, Set<EndpointGroup>> groups = new HashMap<>();
        roles.forEach((name, role) -> groups.put(name, role.groups()));
        return groups;
    }
}
