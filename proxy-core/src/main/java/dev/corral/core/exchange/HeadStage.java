package dev.corral.core.exchange;

import org.jspecify.annotations.Nullable;

/** One decision about a request's head. A throw or null refuses the request. */
@FunctionalInterface
interface HeadStage {
    @Nullable
    StageResult decide(Exchange exchange);
}
