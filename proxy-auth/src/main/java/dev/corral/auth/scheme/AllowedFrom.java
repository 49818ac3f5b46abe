package dev.corral.auth.scheme;

import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.AuthDecision;
import dev.corral.core.spi.Authenticator;
import dev.corral.core.spi.CidrSet;
import dev.corral.core.spi.RequestView;
import java.net.InetAddress;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Holds keys to the addresses from which they may be used: the one place that does, whichever way the caller was
 * recognised. To who comes from elsewhere the key looks as if it did not exist.
 */
public final class AllowedFrom implements Authenticator {
    private static final AuthDecision FOREIGN = new AuthDecision.Denied(ProxyError.FOREIGN_ADDRESS);

    private final Authenticator schemes;
    private final Function<String, CidrSet> ranges;

    /**
     * Around all schemes together.
     *
     * @param ranges by a key's id; empty for anywhere
     */
    public AllowedFrom(Authenticator schemes, Function<String, CidrSet> ranges) {
        this.schemes = schemes;
        this.ranges = ranges;
    }

    @Override
    public AuthDecision authenticate(RequestView request) {
        AuthDecision decision = schemes.authenticate(request);
        if (decision instanceof AuthDecision.Later later) {
            // The request is gone by then.
            InetAddress client = request.clientAddress();
            return new AuthDecision.Later(
                    later.answer().thenApply(answer -> isForeign(answer, client) ? FOREIGN : answer));
        }
        return isForeign(decision, request.clientAddress()) ? FOREIGN : decision;
    }

    private boolean isForeign(@Nullable AuthDecision decision, InetAddress client) {
        if (!(decision instanceof AuthDecision.Granted granted)) {
            return false;
        }
        CidrSet allowed = ranges.apply(granted.principal().keyId());
        return !allowed.isEmpty() && !allowed.contains(client);
    }
}
