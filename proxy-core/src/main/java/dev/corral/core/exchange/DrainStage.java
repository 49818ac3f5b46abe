package dev.corral.core.exchange;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import org.jspecify.annotations.Nullable;

/** While the end is near, nothing new begins. */
final class DrainStage implements HeadStage {
    private static final StageResult DRAINING = new StageResult.Refuse(
            ProxyError.tryAgain(ErrorCode.DRAINING, "the server is shutting down; try again in a moment", 5));

    private final Shared shared;

    DrainStage(Shared shared) {
        this.shared = shared;
    }

    @Override
    public @Nullable StageResult decide(Exchange exchange) {
        return shared.draining ? DRAINING : StageResult.Proceed.INSTANCE;
    }
}
