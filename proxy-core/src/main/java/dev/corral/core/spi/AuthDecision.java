package dev.corral.core.spi;

import dev.corral.core.error.ProxyError;
import java.util.concurrent.CompletionStage;

/** What an {@link Authenticator} found. */
public sealed interface AuthDecision {
    /** The credential is good. */
    record Granted(Principal principal) implements AuthDecision {}

    /** The credential is of this scheme and not good. */
    record Denied(ProxyError error) implements AuthDecision {}

    /** There is no credential of this scheme; another one may try. */
    enum NotMine implements AuthDecision {
        INSTANCE
    }

    /** The answer needs time; the stage may complete on any thread, with anything but another {@code Later}. */
    record Later(CompletionStage<AuthDecision> answer) implements AuthDecision {}
}
