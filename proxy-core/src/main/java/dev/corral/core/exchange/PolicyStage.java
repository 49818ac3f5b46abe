package dev.corral.core.exchange;

import dev.corral.core.body.BadBody;
import dev.corral.core.body.JsonFields;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.policy.BodyPolicy;
import dev.corral.core.policy.PolicyDecision;
import dev.corral.core.policy.RolePolicy;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.EndpointGroup;
import io.netty.buffer.ByteBuf;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Decides about a request by the model it names and by what its body says, and changes the body where policy wants it. */
final class PolicyStage implements HeadStage {
    private static final StageResult EMPTY =
            new StageResult.Refuse(new ProxyError(ErrorCode.INVALID_BODY, "the request body is missing"));

    private final BodyPolicy bodies;

    PolicyStage(Shared shared) {
        this.bodies = new BodyPolicy(shared.catalogue);
    }

    @Override
    public @Nullable StageResult decide(Exchange exchange) {
        Endpoint endpoint = Objects.requireNonNull(exchange.endpoint);
        RolePolicy role = exchange.policy.admitted();
        if (endpoint == Endpoint.MODEL) {
            String segment = exchange.path.substring(exchange.path.lastIndexOf('/') + 1);
            return settle(exchange, bodies.decideModel(endpoint, role, segment));
        }
        if (endpoint == Endpoint.TRANSCRIPTIONS && !exchange.hasBody()) {
            return EMPTY;
        }
        return looksInto(endpoint) ? body(exchange, endpoint, role) : StageResult.Proceed.INSTANCE;
    }

    /** Whether the body of such a request is read: account and web endpoints name no model. */
    static boolean looksInto(Endpoint endpoint) {
        return endpoint.body() == Endpoint.BodyKind.JSON
                && endpoint.group() != EndpointGroup.ACCOUNT
                && endpoint.group() != EndpointGroup.WEB;
    }

    private @Nullable StageResult body(Exchange exchange, Endpoint endpoint, RolePolicy role) {
        ByteBuf body = exchange.intake().body();
        if (!body.isReadable()) {
            return EMPTY;
        }
        JsonFields fields;
        try {
            fields = exchange.loop.scanner().scan(endpoint, body.nioBuffer());
        } catch (BadBody e) {
            return new StageResult.Refuse(e.error());
        }
        return settle(exchange, bodies.decide(endpoint, role, fields));
    }

    private static @Nullable StageResult settle(Exchange exchange, PolicyDecision decision) {
        if (decision instanceof PolicyDecision.Refuse refusal) {
            exchange.policy.model = refusal.model();
            return new StageResult.Refuse(refusal.error());
        }
        if (decision instanceof PolicyDecision.Forward forward) {
            exchange.policy.model = forward.model();
            exchange.policy.changes = forward.changes();
            if (!forward.edits().isEmpty()) {
                exchange.intake()
                        .replace(forward.edits().apply(exchange.intake().body()));
            }
            return StageResult.Proceed.INSTANCE;
        }
        return null;
    }
}
