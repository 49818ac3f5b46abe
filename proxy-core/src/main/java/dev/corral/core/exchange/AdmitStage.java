package dev.corral.core.exchange;

import dev.corral.core.spi.AdmissionDecision;
import dev.corral.core.spi.AdmissionRule;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.Principal;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Asks every admission rule; permits are kept by the exchange and given back when it ends, also if a later rule refuses. */
final class AdmitStage implements HeadStage {
    private final List<AdmissionRule> rules;

    AdmitStage(Shared shared) {
        this.rules = shared.wiring.rules();
    }

    @Override
    public @Nullable StageResult decide(Exchange exchange) {
        Principal principal = Objects.requireNonNull(exchange.principal);
        Endpoint endpoint = Objects.requireNonNull(exchange.endpoint);
        for (AdmissionRule rule : rules) {
            AdmissionDecision decision = rule.admit(principal, endpoint, exchange.view());
            if (decision instanceof AdmissionDecision.Admit admit) {
                exchange.hold(admit.permit());
            } else if (decision instanceof AdmissionDecision.Refuse refusal) {
                return new StageResult.Refuse(refusal.error());
            } else {
                return null;
            }
        }
        return endpoint == Endpoint.ROOT ? RouteStage.liveness(exchange) : StageResult.Proceed.INSTANCE;
    }
}
