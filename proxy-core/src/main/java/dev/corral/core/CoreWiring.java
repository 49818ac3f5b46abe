package dev.corral.core;

import dev.corral.core.policy.RolePolicies;
import dev.corral.core.spi.AdmissionRule;
import dev.corral.core.spi.Authenticator;
import dev.corral.core.spi.ExchangeObserver;
import dev.corral.core.spi.NanoClock;
import java.util.List;

/**
 * What {@link ProxyCore} is built from.
 *
 * @param settings from the configuration
 * @param authenticator finds out who is calling
 * @param rules asked in order after authentication; the first refusal ends it
 * @param policies what each role may ask of Ollama; a role without one may ask nothing
 * @param catalogue whether some role is kept from models that run elsewhere, or makes models from others, so that Corral
 *     has to know which there are and where they run: then the upstream's listing is read from time to time
 * @param observer is told about every exchange
 * @param clock the source of time
 */
public record CoreWiring(
        CoreSettings settings,
        Authenticator authenticator,
        List<AdmissionRule> rules,
        RolePolicies policies,
        boolean catalogue,
        ExchangeObserver observer,
        NanoClock clock) {
    public CoreWiring {
        rules = List.copyOf(rules);
    }
}
