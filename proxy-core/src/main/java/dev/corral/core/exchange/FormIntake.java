package dev.corral.core.exchange;

import dev.corral.core.body.BadBody;
import dev.corral.core.body.BodyCollector;
import dev.corral.core.body.FormBoundary;
import dev.corral.core.body.MultipartScanner;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads a form on its way to the upstream. It is held, within the bounds of collected bodies, until the model that it
 * names is known; then the head chain goes on and decides. While that takes time, in the queue for one, it is held further; then
 * the rest streams through {@link RequestPump} as it comes, still being read. The end goes out only when nothing is wrong with the form: of one that is refused in its
 * middle the upstream never has a whole. Confined to the exchange's event loop.
 */
final class FormIntake {
    private final Exchange exchange;
    private final RequestPump pump;
    private final MultipartScanner scanner;
    // From the last boundary on: a piece and at most two bytes more.
    private final Deque<HttpContent> end = new ArrayDeque<>(0);
    private @Nullable BodyCollector held;
    private boolean decided;
    private boolean heldWhole;

    private FormIntake(Exchange exchange, String boundary) {
        this.exchange = exchange;
        this.pump = exchange.upload;
        this.scanner = new MultipartScanner(boundary);
        this.held = new BodyCollector(
                exchange.shared.budget,
                Objects.requireNonNull(exchange.principal).keyId(),
                exchange.bodyLimit);
    }

    /** Asks for the form, if its head says that it is one. */
    static StageResult begin(Exchange exchange) {
        try {
            String boundary = FormBoundary.of(exchange.head.headers().getAll(HttpHeaderNames.CONTENT_TYPE));
            exchange.upload.prepare(new FormIntake(exchange, boundary));
        } catch (BadBody e) {
            return new StageResult.Refuse(e.error());
        }
        ResponseHeads.sendContinueIfExpected(exchange);
        exchange.upload.awaitMore();
        return StageResult.Suspend.INSTANCE;
    }

    /** The model that the form names; known when the head chain goes on. */
    String model() {
        return Objects.requireNonNull(scanner.model());
    }

    /** Takes ownership. */
    void onContent(HttpContent content, boolean last) {
        try {
            scanner.scan(content.content());
            if (last) {
                scanner.end();
            }
        } catch (BadBody e) {
            content.release();
            exchange.fail(e.error());
            return;
        }
        if (exchange.suspended()) {
            collect(content, last);
        } else if (!decided) {
            hold(content, last);
        } else if (scanner.closed() && !last) {
            end.add(content);
            pump.awaitMore();
        } else {
            pass(content, last);
        }
    }

    /** The exchange waits for its turn: it is read on, to notice when the client leaves. */
    private void collect(HttpContent content, boolean last) {
        if (scanner.closed() && !last) {
            end.add(content);
            return;
        }
        HttpContent before;
        while (!exchange.finished() && (before = end.poll()) != null) {
            keep(before);
        }
        if (exchange.finished()) {
            content.release();
        } else if (keep(content)) {
            heldWhole = last;
        }
    }

    private boolean keep(HttpContent content) {
        BodyCollector.Verdict verdict;
        try {
            verdict = Objects.requireNonNull(held)
                    .add(content.content(), exchange.ctx().alloc());
        } finally {
            content.release();
        }
        if (verdict == BodyCollector.Verdict.OVER_BUDGET) {
            exchange.refuse(BodyStage.OVER_BUDGET);
        } else if (verdict != BodyCollector.Verdict.TAKEN) {
            exchange.refuse(BodyStage.tooLarge(exchange.bodyLimit));
        }
        return verdict == BodyCollector.Verdict.TAKEN;
    }

    private void hold(HttpContent content, boolean last) {
        if (!keep(content)) {
            return;
        }
        if (scanner.model() != null && (last || !scanner.closed())) {
            decided = true;
            heldWhole = last;
            exchange.deadline().clear();
            exchange.shared.chain.run(exchange);
        } else {
            pump.awaitMore();
        }
    }

    private void pass(HttpContent content, boolean last) {
        HttpContent before;
        while (!exchange.finished() && (before = end.poll()) != null) {
            pump.pass(before, false);
        }
        if (exchange.finished()) {
            content.release();
        } else {
            pump.pass(content, last);
        }
    }

    /** What was held; owned by the caller, who calls {@link #giveBack} when it has gone out. */
    HttpContent held() {
        return new DefaultHttpContent(Objects.requireNonNull(held).body().retainedDuplicate());
    }

    /** Whether all of the form was held. */
    boolean heldWhole() {
        return heldWhole;
    }

    /** Gives what was held and its share of the budget back. Idempotent. */
    void giveBack() {
        if (held != null) {
            held.release();
            held = null;
        }
    }

    /** Gives everything back. Idempotent. */
    void release() {
        giveBack();
        HttpContent content;
        while ((content = end.poll()) != null) {
            content.release();
        }
    }
}
