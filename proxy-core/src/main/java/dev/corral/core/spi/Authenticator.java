package dev.corral.core.spi;

/** Finds out who is calling. A throw, {@code null} or a failed {@link AuthDecision.Later} refuses the request. */
@FunctionalInterface
public interface Authenticator {
    /**
     * Decides from the head alone. Called on an event loop; must not block: answer {@link AuthDecision.Later} instead.
     *
     * @param request valid during the call only
     */
    AuthDecision authenticate(RequestView request);
}
