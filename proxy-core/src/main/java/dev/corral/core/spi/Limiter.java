package dev.corral.core.spi;

import dev.corral.core.error.ProxyError;
import org.jspecify.annotations.Nullable;

/**
 * How much a caller may use. What is reserved is given back, and what was really used is charged, when the permit is
 * released. Called on event loops; must not block.
 */
public interface Limiter {
    /** Without limits. */
    Limiter NONE = new Limiter() {
        @Override
        public @Nullable ProxyError standing(Principal principal, Endpoint endpoint) {
            return null;
        }

        @Override
        public AdmissionDecision reserve(Principal principal, Endpoint endpoint, Demand demand) {
            return AdmissionDecision.Admit.FREELY;
        }
    };

    /**
     * Looked at before a body is asked for: what refuses every request of this caller already. Takes nothing.
     *
     * @return null where nothing does, or it is not known here
     */
    @Nullable
    ProxyError standing(Principal principal, Endpoint endpoint);

    /**
     * Takes what the request needs of every limit, or of none. A throw or {@code null} refuses the request.
     */
    AdmissionDecision reserve(Principal principal, Endpoint endpoint, Demand demand);
}
