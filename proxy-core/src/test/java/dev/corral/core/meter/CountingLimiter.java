package dev.corral.core.meter;

import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.AdmissionDecision;
import dev.corral.core.spi.AuthDecision;
import dev.corral.core.spi.Authenticator;
import dev.corral.core.spi.Demand;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.Limiter;
import dev.corral.core.spi.Metering;
import dev.corral.core.spi.Principal;
import dev.corral.core.testkit.inference.Visit;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Lets everybody pass, every third request only later, and writes down what each permit came back with. */
final class CountingLimiter implements Limiter {
    private final AtomicInteger given = new AtomicInteger();
    private final AtomicInteger returned = new AtomicInteger();
    private final AtomicInteger returnedAgain = new AtomicInteger();
    private final Map<Integer, Metering> usages = new ConcurrentHashMap<>();

    /** The credential of a visit: whose it is, and for which order. */
    static String authorization(Visit visit) {
        return visit.key() + "/" + visit.order().number();
    }

    /** Makes of such a credential a principal that is named by the order. */
    static Authenticator namedByOrder() {
        return request -> {
            String[] parts = request.headers("Authorization").get(0).split("/", 2);
            return new AuthDecision.Granted(new Principal(parts[0], parts[1], "user"));
        };
    }

    static int order(Principal principal) {
        return Integer.parseInt(principal.keyName());
    }

    @Override
    public @Nullable ProxyError standing(Principal principal, Endpoint endpoint) {
        return null;
    }

    @Override
    public AdmissionDecision reserve(Principal principal, Endpoint endpoint, Demand demand) {
        int order = order(principal);
        given.incrementAndGet();
        AdmissionDecision admit = new AdmissionDecision.Admit(usage -> {
            boolean first = usages.put(order, usage.metering()) == null;
            (first ? returned : returnedAgain).incrementAndGet();
        });
        return order % 3 == 0
                ? new AdmissionDecision.Later(CompletableFuture.supplyAsync(() -> admit, ForkJoinPool.commonPool()))
                : admit;
    }

    /** Permits not given back yet. */
    int held() {
        return given.get() - returned.get();
    }

    int returnedAgain() {
        return returnedAgain.get();
    }

    /** What the permit of an order came back with; nothing where none was given. */
    Metering usage(int order) {
        return usages.getOrDefault(order, Metering.NONE);
    }
}
