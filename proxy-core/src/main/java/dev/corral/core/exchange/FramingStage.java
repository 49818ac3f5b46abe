package dev.corral.core.exchange;

import dev.corral.core.error.ProxyError;
import dev.corral.core.http.FramingRules;
import org.jspecify.annotations.Nullable;

/** Refuses a head that another server might read differently. */
final class FramingStage implements HeadStage {
    private final Shared shared;

    FramingStage(Shared shared) {
        this.shared = shared;
    }

    @Override
    public @Nullable StageResult decide(Exchange exchange) {
        ProxyError error = FramingRules.check(exchange.head, shared.settings.limits());
        return error == null ? StageResult.Proceed.INSTANCE : new StageResult.Refuse(error);
    }
}
