package dev.corral.core.spi;

import dev.corral.core.error.ProxyError;

/** What an {@link AdmissionRule} decided. */
public sealed interface AdmissionDecision {
    /** Admitted; the permit is released exactly once when the exchange ends. */
    record Admit(Permit permit) implements AdmissionDecision {
        /** Admitted, with nothing to give back. */
        public static final Admit FREELY = new Admit(Permit.NONE);
    }

    /** Refused. */
    record Refuse(ProxyError error) implements AdmissionDecision {}
}
