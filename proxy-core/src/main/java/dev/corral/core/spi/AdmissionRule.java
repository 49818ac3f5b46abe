package dev.corral.core.spi;

/** May this principal do this now? A throw or {@code null} refuses the request. */
@FunctionalInterface
public interface AdmissionRule {
    /** Decides without blocking; called on an event loop, after authentication and before any body byte is read. */
    AdmissionDecision admit(Principal principal, Endpoint endpoint, RequestView request);
}
