package dev.corral.core.exchange;

import dev.corral.core.error.ProxyError;
import io.netty.handler.codec.http.FullHttpResponse;

/** What a stage of the head chain decided. */
sealed interface StageResult {
    /** On to the next stage. */
    enum Proceed implements StageResult {
        INSTANCE
    }

    /** The stage will resume the chain itself, on the exchange's event loop. */
    enum Suspend implements StageResult {
        INSTANCE
    }

    /** Refused. */
    record Refuse(ProxyError error) implements StageResult {}

    /**
     * Corral answers itself.
     *
     * @param response owned by whoever takes the result
     */
    record Answer(FullHttpResponse response) implements StageResult {}
}
