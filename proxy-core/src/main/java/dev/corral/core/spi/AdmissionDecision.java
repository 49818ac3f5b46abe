package dev.corral.core.spi;

import dev.corral.core.error.ProxyError;
import java.util.concurrent.CompletionStage;

/** What an {@link AdmissionRule} or a {@link Limiter} decided. */
public sealed interface AdmissionDecision {
    /** Admitted; the permit is released exactly once when the exchange ends. */
    record Admit(Permit permit) implements AdmissionDecision {
        /** Admitted, with nothing to give back. */
        public static final Admit FREELY = new Admit(Permit.NONE);
    }

    /** Refused. */
    record Refuse(ProxyError error) implements AdmissionDecision {}

    /**
     * Will be known later; from a {@link Limiter} only. Where nobody waits for the answer any more, its permit is released
     * all the same.
     *
     * @param answer completed by any thread, with one of the other two; a failure refuses
     */
    record Later(CompletionStage<AdmissionDecision> answer) implements AdmissionDecision {}
}
