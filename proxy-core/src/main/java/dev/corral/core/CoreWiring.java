package dev.corral.core;

import dev.corral.core.policy.RolePolicies;
import dev.corral.core.spi.Accounts;
import dev.corral.core.spi.AdmissionRule;
import dev.corral.core.spi.Authenticator;
import dev.corral.core.spi.ExchangeObserver;
import dev.corral.core.spi.Limiter;
import dev.corral.core.spi.NanoClock;
import dev.corral.core.spi.Principal;
import dev.corral.core.tls.TlsContexts;
import java.util.List;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What {@link ProxyCore} is built from.
 *
 * @param settings from the configuration
 * @param authenticator finds out who is calling
 * @param rules asked in order after authentication; the first refusal ends it
 * @param limiter how much each caller may use
 * @param weights of a caller in the queue for the upstream, from 1
 * @param accounts tells callers about their own key
 * @param policies what each role may ask of Ollama; a role without one may ask nothing
 * @param catalogue whether some role is kept from models that run elsewhere, or makes models from others, so that Corral
 *     has to know which there are and where they run: then the upstream's listing is read from time to time
 * @param observer is told about every exchange
 * @param clock the source of time
 * @param tls the certificates, which whoever made them closes; null where no listener speaks TLS
 */
public record CoreWiring(
        CoreSettings settings,
        Authenticator authenticator,
        List<AdmissionRule> rules,
        Limiter limiter,
        ToIntFunction<Principal> weights,
        Accounts accounts,
        RolePolicies policies,
        boolean catalogue,
        ExchangeObserver observer,
        NanoClock clock,
        @Nullable TlsContexts tls) {
    public CoreWiring {
        rules = List.copyOf(rules);
    }
}
