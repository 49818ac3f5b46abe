package dev.corral.core.exchange;

import dev.corral.core.body.BadBody;
import dev.corral.core.body.JsonFieldScanner;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.policy.BodyPolicy;
import dev.corral.core.policy.PolicyDecision;
import dev.corral.core.policy.RolePolicy;
import dev.corral.core.spi.Endpoint;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides about a request by the model it names and by what its body says, and changes the body where policy wants it. */
final class PolicyStage implements HeadStage {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyStage.class);
    private static final StageResult EMPTY =
            new StageResult.Refuse(new ProxyError(ErrorCode.INVALID_BODY, "the request body is missing"));

    private static final StageResult FULL = new StageResult.Refuse(BodyStage.OVER_BUDGET);

    private final BodyPolicy bodies;
    private final LargeBodies large;
    // Another Corral behind this one judges bodies, by roles that it knows.
    private final boolean elsewhere;

    PolicyStage(Shared shared) {
        this.elsewhere = shared.upstream.remote() != null;
        this.bodies = new BodyPolicy(shared.catalogue);
        this.large = shared.largeBodies;
    }

    @Override
    public @Nullable StageResult decide(Exchange exchange) {
        Endpoint endpoint = Objects.requireNonNull(exchange.endpoint);
        RolePolicy role = exchange.policy.admitted();
        return switch (endpoint) {
            case GENERATE, CHAT, EMBED, EMBEDDINGS -> body(exchange, endpoint, role);
            case CHAT_COMPLETIONS, COMPLETIONS, V1_EMBEDDINGS, RESPONSES, MESSAGES -> body(exchange, endpoint, role);
            case SHOW, PULL_MODEL, PUSH_MODEL, DELETE_MODEL, CREATE_MODEL, COPY_MODEL -> body(exchange, endpoint, role);
            case MODEL -> {
                String segment = exchange.path.substring(exchange.path.lastIndexOf('/') + 1);
                yield settle(exchange, bodies.decideModel(endpoint, role, segment));
            }
            case TRANSCRIPTIONS -> {
                FormIntake form = exchange.intake().form();
                yield form == null ? EMPTY : form(exchange, form, bodies.decideModel(endpoint, role, form.model()));
            }
            // They name no model, or all of them: what is listed is cut on the way back.
            case ROOT, VERSION, STATUS, TAGS, PS, RECOMMENDATIONS, MODELS, BLOB -> StageResult.Proceed.INSTANCE;
            case ME, SIGNOUT, USER_KEY, WEB_SEARCH, WEB_FETCH -> StageResult.Proceed.INSTANCE;
        };
    }

    private @Nullable StageResult body(Exchange exchange, Endpoint endpoint, RolePolicy role) {
        if (elsewhere) {
            return StageResult.Proceed.INSTANCE;
        }
        ByteBuf body = exchange.intake().body();
        if (!body.isReadable()) {
            return EMPTY;
        }
        if (body.readableBytes() < LargeBodies.LARGE) {
            return settle(exchange, look(endpoint, role, exchange.loop.scanner(), body.nioBuffer()));
        }
        AtomicBoolean unwanted = new AtomicBoolean();
        boolean taken = large.read(
                exchange.intake().lend(),
                unwanted,
                (scanner, bytes) -> look(endpoint, role, scanner, bytes),
                exchange.ctx().executor(),
                decision -> goOn(exchange, decision));
        if (!taken) {
            exchange.intake().takeBack();
            return FULL;
        }
        exchange.policy.unwanted = unwanted;
        exchange.suspend(Lateness.UNDECIDED);
        return StageResult.Suspend.INSTANCE;
    }

    // What comes next, limits and a place at the upstream, is for a form that is here.
    private static @Nullable StageResult form(Exchange exchange, FormIntake form, PolicyDecision decision) {
        StageResult result = settle(exchange, decision);
        return result instanceof StageResult.Proceed && !form.whole() ? StageResult.Suspend.INSTANCE : result;
    }

    private PolicyDecision look(Endpoint endpoint, RolePolicy role, JsonFieldScanner scanner, ByteBuffer bytes) {
        try {
            return bodies.decide(endpoint, role, scanner.scan(endpoint, bytes));
        } catch (BadBody e) {
            return new PolicyDecision.Refuse(e.error(), null);
        }
    }

    private static void goOn(Exchange exchange, @Nullable PolicyDecision decision) {
        exchange.intake().takeBack();
        if (exchange.finished()) {
            return;
        }
        StageResult result = null;
        try {
            result = decision == null ? null : settle(exchange, decision);
        } catch (RuntimeException e) {
            LOG.error("{} a large body could not be settled", exchange.id, e);
        }
        exchange.resume(result == null ? HeadChain.BUG : result);
    }

    private static @Nullable StageResult settle(Exchange exchange, PolicyDecision decision) {
        if (decision instanceof PolicyDecision.Refuse refusal) {
            exchange.policy.model = refusal.model();
            return new StageResult.Refuse(refusal.error());
        }
        if (decision instanceof PolicyDecision.Forward forward) {
            exchange.policy.model = forward.model();
            exchange.policy.changes = forward.changes();
            exchange.policy.absent = forward.absent();
            exchange.policy.ask = forward.ask();
            if (!forward.edits().isEmpty()) {
                exchange.intake()
                        .replace(forward.edits().apply(exchange.intake().body()));
            }
            return StageResult.Proceed.INSTANCE;
        }
        return null;
    }
}
