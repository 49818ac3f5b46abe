package dev.corral.core.testkit;

import dev.corral.core.spi.AdmissionDecision;
import dev.corral.core.spi.AdmissionRule;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.Permit;
import dev.corral.core.spi.Principal;
import dev.corral.core.spi.RequestView;
import dev.corral.core.spi.Usage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Admits everybody and counts what is given back. */
public final class CountingRule implements AdmissionRule {
    private final AtomicInteger given = new AtomicInteger();
    private final AtomicInteger returned = new AtomicInteger();
    private final AtomicInteger returnedAgain = new AtomicInteger();
    private final List<Usage> usages = Collections.synchronizedList(new ArrayList<>());

    @Override
    public AdmissionDecision admit(Principal principal, Endpoint endpoint, RequestView request) {
        given.incrementAndGet();
        AtomicBoolean back = new AtomicBoolean();
        Permit permit = usage -> {
            (back.compareAndSet(false, true) ? returned : returnedAgain).incrementAndGet();
            usages.add(usage);
        };
        return new AdmissionDecision.Admit(permit);
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

    public List<Usage> usages() {
        synchronized (usages) {
            return List.copyOf(usages);
        }
    }
}
