package dev.corral.server.state.redis;

import dev.corral.auth.limit.LimitBook;
import dev.corral.auth.limit.LimitEvents;
import dev.corral.auth.limit.LimitKind;
import dev.corral.auth.limit.LimitPlan;
import dev.corral.auth.limit.LimitSet;
import dev.corral.auth.limit.LimitStatus;
import dev.corral.auth.limit.LocalLimiter;
import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.AdmissionDecision;
import dev.corral.core.spi.Demand;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.Metering;
import dev.corral.core.spi.NanoClock;
import dev.corral.core.spi.Outcome;
import dev.corral.core.spi.Permit;
import dev.corral.core.spi.Principal;
import dev.corral.core.spi.Usage;
import dev.corral.server.config.StateSettings;
import dev.corral.server.config.StateSettings.WhenAway;
import dev.corral.server.config.StateUrl;
import dev.corral.server.config.StateUrl.Kind;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Two students with the same limits, and what tests do with them. */
final class Students {
    static final Principal ALICE = new Principal("aaaaaaaa", "alice", "student");
    static final Principal BOB = new Principal("bbbbbbbb", "bob", "student");

    private Students() {}

    static LimitPlan plan(LimitSet each, LimitSet together) {
        return principal -> {
            List<LimitPlan.Account> accounts = new ArrayList<>();
            if (!each.unlimited()) {
                accounts.add(new LimitPlan.Account("key:" + principal.keyId(), each));
            }
            if (!together.unlimited()) {
                accounts.add(new LimitPlan.Account("role:" + principal.role(), together));
            }
            return accounts;
        };
    }

    static LimitSet limit(LimitKind kind, long value) {
        return new LimitSet(Map.of(kind, value));
    }

    static LocalLimiter local(LimitPlan plan) {
        return new LocalLimiter(plan, ZoneOffset.UTC, NanoClock.SYSTEM, LimitEvents.NONE);
    }

    static StateUrl url(InetSocketAddress address) {
        return new StateUrl(Kind.REDIS, false, null, null, List.of(address), 0, null);
    }

    static StateSettings settings(StateUrl url, WhenAway whenAway) {
        return new StateSettings(url, whenAway, "corral");
    }

    static SharedState open(StateUrl url, WhenAway whenAway) {
        return SharedState.open(settings(url, whenAway), Duration.ofSeconds(10), NanoClock.SYSTEM);
    }

    static LimitBook limiter(SharedState state, LimitPlan plan) {
        return state.limiter(plan, ZoneOffset.UTC, local(plan), LimitEvents.NONE);
    }

    static Demand tokens(long tokens) {
        return new Demand("m", 0, tokens, 0);
    }

    static Usage used(long tokens, Duration gpu) {
        Metering metering =
                new Metering(Metering.Source.REPORTED, true, 0, tokens, gpu.toNanos(), -1, -1, -1, -1, 0, 0, 0);
        return new Usage(0, 0, 0, Outcome.COMPLETED, metering);
    }

    static Usage used(long tokens) {
        return used(tokens, Duration.ZERO);
    }

    /** What was decided, however long that took. */
    static AdmissionDecision decided(AdmissionDecision decision) {
        return decision instanceof AdmissionDecision.Later later
                ? later.answer()
                        .toCompletableFuture()
                        .orTimeout(20, TimeUnit.SECONDS)
                        .join()
                : decision;
    }

    static AdmissionDecision ask(LimitBook book, Principal who, Demand demand) {
        return decided(book.reserve(who, Endpoint.CHAT, demand));
    }

    /** The permit; null where it was refused. */
    static @Nullable Permit permit(LimitBook book, Principal who, Demand demand) {
        return ask(book, who, demand) instanceof AdmissionDecision.Admit admit ? admit.permit() : null;
    }

    static Permit admitted(LimitBook book, Principal who, Demand demand) {
        AdmissionDecision decision = ask(book, who, demand);
        if (decision instanceof AdmissionDecision.Admit admit) {
            return admit.permit();
        }
        throw new AssertionError(decision + " (expected: admitted)");
    }

    static ProxyError refused(LimitBook book, Principal who, Demand demand) {
        AdmissionDecision decision = ask(book, who, demand);
        if (decision instanceof AdmissionDecision.Refuse refuse) {
            return refuse.error();
        }
        throw new AssertionError(decision + " (expected: refused)");
    }

    /** Null where there is none, or Redis does not tell at the moment. */
    static @Nullable LimitStatus status(LimitBook book, Principal who, String account, LimitKind kind) {
        List<LimitStatus> all = book.status(who)
                .exceptionally(away -> List.of())
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
        return all.stream()
                .filter(status -> status.kind() == kind && status.account().startsWith(account))
                .findFirst()
                .orElse(null);
    }

    static long count(LimitBook book, Principal who, LimitKind kind) {
        LimitStatus status = status(book, who, "", kind);
        return status == null ? -1 : status.used();
    }

    /** Looks again and again, and fails after a time that nothing here takes. */
    static void eventually(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not within 20 s: " + what);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }
}
