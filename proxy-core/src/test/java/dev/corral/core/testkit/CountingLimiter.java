package dev.corral.core.testkit;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.AdmissionDecision;
import dev.corral.core.spi.Demand;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.Limiter;
import dev.corral.core.spi.Permit;
import dev.corral.core.spi.Principal;
import dev.corral.core.spi.Usage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Counts what it gives and what comes back. Admits at once, unless it was told to refuse, or to answer when asked to.
 * Thread-safe.
 */
public final class CountingLimiter implements Limiter {
    /** What it says where it refuses. */
    public static final ProxyError FULL = new ProxyError(
            ErrorCode.TOKEN_RATE,
            "1000 tokens a minute are used; come back in 7 seconds",
            Map.of("Retry-After", "7", "RateLimit", "\"tokens-per-minute\";r=0;t=7"));

    private final AtomicInteger given = new AtomicInteger();
    private final AtomicInteger returned = new AtomicInteger();
    private final AtomicInteger returnedAgain = new AtomicInteger();
    private final List<Demand> demands = Collections.synchronizedList(new ArrayList<>());
    private final List<Usage> usages = Collections.synchronizedList(new ArrayList<>());
    private final Map<Endpoint, ProxyError> refused = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<CompletableFuture<AdmissionDecision>> asked = new ConcurrentLinkedQueue<>();
    private volatile boolean later;
    private volatile @Nullable ProxyError standing;

    /** Refuses every request for this endpoint once it is known what it needs. */
    public CountingLimiter refuse(Endpoint endpoint, ProxyError error) {
        refused.put(endpoint, error);
        return this;
    }

    /** Refuses every request before its body is asked for, or, with null, none. */
    public CountingLimiter standing(@Nullable ProxyError error) {
        standing = error;
        return this;
    }

    /** Answers only by {@link #next}. */
    public CountingLimiter later() {
        later = true;
        return this;
    }

    /** Waits for the oldest question that nobody has answered; the caller completes it. */
    public CompletableFuture<AdmissionDecision> next() {
        Await.until("a question to the limiter", () -> !asked.isEmpty());
        CompletableFuture<AdmissionDecision> one = asked.poll();
        if (one == null) {
            throw new AssertionError("somebody else took the question");
        }
        return one;
    }

    /** Admits by the oldest question that nobody has answered; false where there is none. */
    public boolean answerOne() {
        CompletableFuture<AdmissionDecision> one = asked.poll();
        if (one != null) {
            one.complete(admit());
        }
        return one != null;
    }

    /** A permit that is counted. */
    public AdmissionDecision.Admit admit() {
        given.incrementAndGet();
        AtomicBoolean back = new AtomicBoolean();
        Permit permit = usage -> {
            (back.compareAndSet(false, true) ? returned : returnedAgain).incrementAndGet();
            usages.add(usage);
        };
        return new AdmissionDecision.Admit(permit);
    }

    @Override
    public @Nullable ProxyError standing(Principal principal, Endpoint endpoint) {
        return standing;
    }

    @Override
    public AdmissionDecision reserve(Principal principal, Endpoint endpoint, Demand demand) {
        demands.add(demand);
        ProxyError no = refused.get(endpoint);
        if (no != null) {
            return new AdmissionDecision.Refuse(no);
        }
        if (later) {
            CompletableFuture<AdmissionDecision> answer = new CompletableFuture<>();
            asked.add(answer);
            return new AdmissionDecision.Later(answer);
        }
        return admit();
    }

    public int given() {
        return given.get();
    }

    /** Permits not given back yet. */
    public int held() {
        return given.get() - returned.get();
    }

    /** Permits given back more than once: always a bug. */
    public int returnedAgain() {
        return returnedAgain.get();
    }

    public List<Demand> demands() {
        synchronized (demands) {
            return List.copyOf(demands);
        }
    }

    public List<Usage> usages() {
        synchronized (usages) {
            return List.copyOf(usages);
        }
    }
}
