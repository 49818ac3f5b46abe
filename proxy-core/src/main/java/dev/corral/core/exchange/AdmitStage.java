package dev.corral.core.exchange;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.policy.RolePolicies;
import dev.corral.core.policy.RolePolicy;
import dev.corral.core.spi.AdmissionDecision;
import dev.corral.core.spi.AdmissionRule;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.Limiter;
import dev.corral.core.spi.Principal;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Asks every admission rule, looks up what the role may ask of Ollama, and asks whether the caller has used up what it may
 * use already, before a body is asked for. Permits are kept by the exchange and given back when it ends, also if a later
 * rule refuses.
 */
final class AdmitStage implements HeadStage {
    private static final StageResult NO_POLICY = new StageResult.Refuse(
            new ProxyError(ErrorCode.FORBIDDEN_ENDPOINT, "the role of this key opens nothing: it is not configured"));

    private final List<AdmissionRule> rules;
    private final RolePolicies policies;
    private final Limiter limiter;

    AdmitStage(Shared shared) {
        this.rules = shared.wiring.rules();
        this.policies = shared.wiring.policies();
        this.limiter = shared.wiring.limiter();
    }

    @Override
    public @Nullable StageResult decide(Exchange exchange) {
        Principal principal = Objects.requireNonNull(exchange.principal);
        Endpoint endpoint = Objects.requireNonNull(exchange.endpoint);
        for (AdmissionRule rule : rules) {
            AdmissionDecision decision = rule.admit(principal, endpoint, exchange.view());
            if (decision instanceof AdmissionDecision.Admit admit) {
                exchange.holdings.hold(admit.permit());
            } else if (decision instanceof AdmissionDecision.Refuse refusal) {
                return new StageResult.Refuse(refusal.error());
            } else {
                return null;
            }
        }
        RolePolicy policy = policies.of(principal.role());
        if (policy == null) {
            return NO_POLICY;
        }
        exchange.policy.role = policy;
        if (endpoint == Endpoint.ROOT) {
            return RouteStage.liveness(exchange);
        }
        ProxyError standing = limiter.standing(principal, endpoint);
        return standing == null ? StageResult.Proceed.INSTANCE : new StageResult.Refuse(standing);
    }
}
