package dev.corral.core.exchange;

import dev.corral.core.EdgeSettings;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.http.ClientAddresses;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whom a trusted proxy speaks for, and whether clients may come from there; first of all, so that everything
 * behind counts, logs and decides by that address. A peer that is no trusted proxy was looked at when it connected.
 */
final class AddressStage implements HeadStage {
    private static final StageResult UNREADABLE = new StageResult.Refuse(
            new ProxyError(ErrorCode.BAD_FRAMING, "X-Forwarded-For of a trusted proxy must be a list of IP addresses"));
    private static final StageResult FORBIDDEN = new StageResult.Refuse(
            new ProxyError(ErrorCode.FORBIDDEN_ADDRESS, "clients may not come from this address"));

    private final EdgeSettings edge;
    private final ClientAddresses addresses;

    AddressStage(Shared shared) {
        this.edge = shared.settings.edge();
        this.addresses = new ClientAddresses(edge.trustedProxies());
    }

    @Override
    public @Nullable StageResult decide(Exchange exchange) {
        InetAddress peer = exchange.link().peer().address();
        // A head that did not come whole is refused by the next stages, whoever sent it.
        if (!addresses.believes(peer) || !exchange.head.decoderResult().isSuccess()) {
            return StageResult.Proceed.INSTANCE;
        }
        InetAddress client = addresses.of(peer, exchange.head.headers().getAll(ClientAddresses.FIELD));
        if (client == null) {
            return UNREADABLE;
        }
        exchange.client = client;
        return edge.admits(client) ? StageResult.Proceed.INSTANCE : FORBIDDEN;
    }
}
