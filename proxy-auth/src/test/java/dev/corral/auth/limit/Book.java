package dev.corral.auth.limit;

import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.AdmissionDecision;
import dev.corral.core.spi.Demand;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.Metering;
import dev.corral.core.spi.Outcome;
import dev.corral.core.spi.Permit;
import dev.corral.core.spi.Principal;
import dev.corral.core.spi.Usage;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A limiter with everything around it that a test wants to turn. */
final class Book {
    static final Principal ALICE = new Principal("aaaaaaaa", "alice", "student");
    static final Principal BOB = new Principal("bbbbbbbb", "bob", "student");

    final WallClock clock;
    final Map<String, LimitSet> own = new ConcurrentHashMap<>();
    final List<LimitKind> refused = new ArrayList<>();
    final LocalLimiter limiter;

    Book(String now, String zone, LimitSet each, LimitSet together) {
        clock = new WallClock(now);
        RolePlan plan = new RolePlan(
                Map.of("student", new RoleLimits(each, together, 1)), id -> own.getOrDefault(id, LimitSet.NONE));
        limiter = new LocalLimiter(plan, ZoneId.of(zone), clock, kind -> {
            synchronized (refused) {
                refused.add(kind);
            }
        });
    }

    static Book of(LimitSet each) {
        return new Book("2026-11-23T12:00:00Z", "UTC", each, LimitSet.NONE);
    }

    static LimitSet limit(LimitKind kind, long value) {
        return new LimitSet(Map.of(kind, value));
    }

    static LimitSet limit(LimitKind kind, long value, LimitKind other, long otherValue) {
        return new LimitSet(Map.of(kind, value, other, otherValue));
    }

    static Demand tokens(long tokens) {
        return new Demand("m", 0, tokens, 0);
    }

    static Demand gpu(Duration time) {
        return new Demand("m", 0, 0, time.toNanos());
    }

    static Usage used(long tokens, Duration gpu) {
        Metering metering =
                new Metering(Metering.Source.REPORTED, true, 0, tokens, gpu.toNanos(), -1, -1, -1, -1, 0, 0, 0);
        return new Usage(0, 0, 0, Outcome.COMPLETED, metering);
    }

    static Usage used(long tokens) {
        return used(tokens, Duration.ZERO);
    }

    AdmissionDecision ask(Principal who, Demand demand) {
        return limiter.reserve(who, Endpoint.CHAT, demand);
    }

    /** The permit, or null where it was refused. */
    @Nullable
    Permit permit(Principal who, Demand demand) {
        return ask(who, demand) instanceof AdmissionDecision.Admit admit ? admit.permit() : null;
    }

    Permit admitted(Principal who, Demand demand) {
        if (ask(who, demand) instanceof AdmissionDecision.Admit admit) {
            return admit.permit();
        }
        throw new AssertionError("refused (expected: admitted)");
    }

    ProxyError refusal(Principal who, Demand demand) {
        if (ask(who, demand) instanceof AdmissionDecision.Refuse refuse) {
            return refuse.error();
        }
        throw new AssertionError("admitted (expected: refused)");
    }

    /** Runs a request that uses what it asked for. */
    void run(Principal who, long tokens) {
        admitted(who, tokens(tokens)).release(used(tokens));
    }

    LimitStatus status(Principal who, LimitKind kind) {
        return limiter.status(who).toCompletableFuture().join().stream()
                .filter(status -> status.kind() == kind)
                .findFirst()
                .orElseThrow();
    }
}
