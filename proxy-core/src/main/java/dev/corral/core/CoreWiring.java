package dev.corral.core;

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
 * @param observer is told about every exchange
 * @param clock the source of time
 */
public record CoreWiring(
        CoreSettings settings,
        Authenticator authenticator,
        List<AdmissionRule> rules,
        ExchangeObserver observer,
        NanoClock clock) {
    public CoreWiring {
        rules = List.copyOf(rules);
    }
}
