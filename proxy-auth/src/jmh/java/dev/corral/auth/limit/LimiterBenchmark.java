package dev.corral.auth.limit;

import dev.corral.core.spi.AdmissionDecision;
import dev.corral.core.spi.Demand;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.Metering;
import dev.corral.core.spi.NanoClock;
import dev.corral.core.spi.Outcome;
import dev.corral.core.spi.Principal;
import dev.corral.core.spi.Usage;
import java.time.ZoneId;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** What limits cost a request, every one of them set and none in reach: {@code bench/jmh LimiterBenchmark} runs it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class LimiterBenchmark {
    /** Keys that take turns; all of one role. */
    @Param({"1", "1000"})
    public int keys;

    private static final Demand DEMAND =
            new Demand("registry.ollama.ai/library/llama3:latest", 200, 300, 1_000_000_000);
    private static final Usage USED = new Usage(
            1024,
            300,
            1_000_000,
            Outcome.COMPLETED,
            new Metering(Metering.Source.REPORTED, true, 200, 20, 1_000_000, -1, -1, -1, -1, 0, 0, 0));

    private LocalLimiter own = limiter(LimitSet.NONE);
    private LocalLimiter together = limiter(LimitSet.NONE);
    private Principal[] principals = {};
    private final AtomicInteger threads = new AtomicInteger();

    /** Where a thread is in the row of keys. */
    @State(Scope.Thread)
    public static class Turn {
        private int next;

        /** Every thread begins elsewhere. */
        @Setup
        public void begin(LimiterBenchmark shared) {
            next = shared.threads.getAndIncrement() * shared.keys / 2;
        }

        Principal principal(LimiterBenchmark shared) {
            next = next + 1 >= shared.keys ? 0 : next + 1;
            return shared.principals[next];
        }
    }

    /** Makes the keys and two limiters: with limits of keys alone, and of their role together as well. */
    @Setup
    public void make() {
        own = limiter(LimitSet.NONE);
        together = limiter(everything());
        principals = new Principal[keys];
        for (int i = 0; i < keys; i++) {
            principals[i] = new Principal("key" + i, "name" + i, "user");
        }
    }

    private static LimitSet everything() {
        Map<LimitKind, Long> said = new EnumMap<>(LimitKind.class);
        for (LimitKind kind : LimitKind.values()) {
            said.put(kind, LimitText.MAX);
        }
        return new LimitSet(said);
    }

    private static LocalLimiter limiter(LimitSet together) {
        RolePlan plan = new RolePlan(Map.of("user", new RoleLimits(everything(), together, 1)), key -> LimitSet.NONE);
        return new LocalLimiter(plan, ZoneId.of("UTC"), NanoClock.SYSTEM, LimitEvents.NONE);
    }

    private static boolean request(LocalLimiter limiter, Principal principal) {
        boolean stands = limiter.standing(principal, Endpoint.CHAT) == null;
        AdmissionDecision decision = limiter.reserve(principal, Endpoint.CHAT, DEMAND);
        if (!stands || !(decision instanceof AdmissionDecision.Admit admit)) {
            throw new IllegalStateException("refused");
        }
        admit.permit().release(USED);
        return stands;
    }

    /** One request from its head to its end. */
    @Benchmark
    public boolean ofKey(Turn turn) {
        return request(own, turn.principal(this));
    }

    /** The same with limits of the role, too. */
    @Benchmark
    public boolean ofKeyAndRole(Turn turn) {
        return request(together, turn.principal(this));
    }

    /** The same from two threads at once, which meet at the role. */
    @Benchmark
    @Threads(2)
    public boolean ofKeyAndRoleTwoThreads(Turn turn) {
        return request(together, turn.principal(this));
    }
}
