package dev.corral.auth.limit;

import dev.corral.core.spi.Limiter;
import dev.corral.core.spi.Principal;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** A limiter that can tell where a caller stands. */
public interface LimitBook extends Limiter {
    /** Every limit in force for the caller; does not block; fails where that cannot be found out now. */
    CompletionStage<List<LimitStatus>> status(Principal principal);
}
