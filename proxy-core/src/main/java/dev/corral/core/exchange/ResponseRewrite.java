package dev.corral.core.exchange;

import dev.corral.core.body.BadBody;
import dev.corral.core.body.BodyCollector;
import dev.corral.core.body.BodyEdits;
import dev.corral.core.error.ProxyError;
import dev.corral.core.http.ResponseRules;
import dev.corral.core.policy.ListingFilter;
import dev.corral.core.policy.ShowRedaction;
import dev.corral.core.spi.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An answer that goes to the client only when it is whole, because the role may not see all of it: a list of models, or
 * what {@code /api/show} tells. Held within a bound of its own and, like request bodies, within the caller's share of
 * the process's budget, until the client has taken it. Confined to the exchange's event loop.
 */
final class ResponseRewrite {
    private static final int MAX_BYTES = 16 << 20;

    private final Exchange exchange;
    private final HttpResponse head;
    private final BodyCollector collector;
    private boolean released;

    private ResponseRewrite(Exchange exchange, HttpResponse head) {
        this.exchange = exchange;
        this.head = head;
        this.collector = new BodyCollector(
                exchange.shared.budget,
                Objects.requireNonNull(exchange.principal).keyId(),
                MAX_BYTES,
                exchange.shared.largeBodies.buffers(),
                -1);
    }

    /** Begins to hold the answer back; null if it may pass as it comes. */
    static @Nullable ResponseRewrite of(Exchange exchange, HttpResponse head) {
        int status = head.status().code();
        return status >= 200
                        && status < 300
                        && needed(exchange)
                        && !exchange.head.method().name().equals("HEAD")
                ? new ResponseRewrite(exchange, head)
                : null;
    }

    /** Whether answers to such a request are changed, so that a length that the upstream declares means nothing. */
    static boolean needed(Exchange exchange) {
        return switch (Objects.requireNonNull(exchange.endpoint)) {
            case TAGS, MODELS, PS -> ListingFilter.needed(exchange.policy.admitted());
            case SHOW -> ShowRedaction.needed(exchange.policy.admitted());
            default -> false;
        };
    }

    /** The upstream's head. */
    HttpResponse head() {
        return head;
    }

    /**
     * Holds a piece. Takes ownership.
     *
     * @return the reason to give up; null where there is none
     */
    @Nullable
    ProxyError add(HttpContent content) {
        BodyCollector.Verdict verdict;
        try {
            verdict = collector.add(content.content(), exchange.ctx().alloc());
        } finally {
            content.release();
        }
        return switch (verdict) {
            case TAKEN -> null;
            case OVER_BUDGET -> BodyStage.OVER_BUDGET;
            case TOO_LARGE, UNREADABLE -> ResponseRules.bad("gave an answer larger than " + MAX_BYTES + " bytes");
        };
    }

    /**
     * The answer as the role may see it. Shares memory with what is held: {@link #release} when it has gone out.
     *
     * @return owned by the caller
     * @throws BadBody if it is not what Ollama answers there
     */
    ByteBuf rewritten() throws BadBody {
        Shared shared = exchange.shared;
        Endpoint endpoint = Objects.requireNonNull(exchange.endpoint);
        ByteBuf body = collector.body();
        ByteBuffer bytes = body.nioBuffer();
        BodyEdits edits;
        if (endpoint == Endpoint.SHOW) {
            edits = ShowRedaction.edits(bytes);
        } else {
            if (endpoint == Endpoint.TAGS && shared.wiring.catalogue()) {
                shared.catalogue.learn(bytes);
            }
            edits = shared.listings.edits(endpoint, exchange.policy.admitted(), bytes);
        }
        return edits.isEmpty() ? body.retain() : edits.apply(body);
    }

    /** Gives what is held and its share of the budget back. Idempotent. */
    void release() {
        if (!released) {
            released = true;
            collector.release();
        }
    }
}
