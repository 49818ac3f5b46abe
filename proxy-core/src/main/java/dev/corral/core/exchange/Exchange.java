package dev.corral.core.exchange;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.exchange.Deadlines.Deadline;
import dev.corral.core.http.FramingRules;
import dev.corral.core.http.PathToken;
import dev.corral.core.spi.AddressText;
import dev.corral.core.spi.Dialect;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.Outcome;
import dev.corral.core.spi.Principal;
import dev.corral.core.spi.RequestView;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response, from the head to {@link #finish}. Owns everything that must be given back: what is
 * shared ({@link Holdings}), the collected body, the upstream connection. Confined to one event loop; not thread-safe.
 */
final class Exchange {
    final Shared shared;
    final LoopContext loop;
    final HttpRequest head;
    // What stood in front of the path, of which the head knows nothing any more.
    final @Nullable String pathToken;
    final String id;
    final long startedNanos;
    final long startedMillis;

    // What the stages found.
    int nextStage;
    String path = "";
    Dialect dialect;

    @Nullable
    Endpoint endpoint;

    @Nullable
    Principal principal;

    // Whom the request is attributed to.
    InetAddress client;

    @Nullable
    String corsOrigin;

    boolean originForbidden;
    long bodyLimit;
    final PolicyNotes policy = new PolicyNotes();
    final Holdings holdings;

    // How far it is.
    Half request = Half.OPEN;
    Half response = Half.OPEN;
    int status;
    long requestBytes;
    long responseBytes;
    long firstByteNanos = -1;

    @Nullable
    ProxyError error;

    private final Front front;
    private final RequestView view;
    private final long declaredLength;
    private final boolean hasBody;
    private final BodyIntake intake = new BodyIntake(this);
    final RequestPump upload;
    private final ResponsePump download;
    private final AttemptLoop attempts;
    private final Holdback held;
    private boolean waiting;
    private ProxyError late = Lateness.UNDECIDED;
    private boolean finished;

    Exchange(Shared shared, LoopContext loop, Front front, HttpRequest head) {
        this.shared = shared;
        this.loop = loop;
        this.front = front;
        this.held = new Holdback(front.link().gate());
        this.upload = new RequestPump(this);
        this.download = new ResponsePump(this, upload);
        this.attempts = new AttemptLoop(this, upload, download);
        this.head = head;
        this.pathToken = shared.settings.edge().pathTokens() ? PathToken.take(head) : null;
        this.client = front.link().peer().address();
        this.id = loop.ids().next();
        this.holdings = new Holdings(id);
        this.startedNanos = loop.clock().nanos();
        this.startedMillis = loop.clock().epochMillis();
        boolean whole = head.decoderResult().isSuccess();
        this.declaredLength = whole ? HttpUtil.getContentLength(head, -1L) : -1;
        this.hasBody = whole && (HttpUtil.isTransferEncodingChunked(head) || declaredLength > 0);
        this.view = new HeadView(this);
        this.dialect = Dialect.ofPath(head.uri());
        if (!whole) {
            // No end of such a request will ever be decoded.
            request = Half.BROKEN;
        }
    }

    void start() {
        shared.inFlight.incrementAndGet();
        shared.chain.run(this);
    }

    /** Begins and ends an exchange whose head never came whole. */
    void startRefused(ProxyError why) {
        shared.inFlight.incrementAndGet();
        request = Half.BROKEN;
        refuse(why);
    }

    ChannelHandlerContext ctx() {
        return front.link().ctx();
    }

    FrontLink link() {
        return front.link();
    }

    Deadline deadline() {
        return front.link().deadline();
    }

    RequestView view() {
        return view;
    }

    Front front() {
        return front;
    }

    boolean hasBody() {
        return hasBody;
    }

    /** Whether nothing of a response has been written. */
    boolean uncommitted() {
        return status == 0;
    }

    boolean finished() {
        return finished;
    }

    /** The declared length of the body; -1 where there is none. */
    long declaredLength() {
        return declaredLength;
    }

    /** The address that the request is attributed to. */
    String clientAddressText() {
        return client.equals(front.link().peer().address())
                ? front.link().peer().addressText()
                : AddressText.format(client);
    }

    /** The body of a request that is forwarded whole. */
    BodyIntake intake() {
        return intake;
    }

    /**
     * A stage asks somebody else: what arrives of the body waits; the client is read on, to notice when it leaves.
     *
     * @param late the refusal if no answer comes in time
     */
    void suspend(ProxyError late) {
        suspend(Deadline.Name.DECISION, Lateness.DECISION_NANOS, late);
    }

    /** The same with a deadline of the stage's own. */
    void suspend(Deadline.Name what, long nanos, ProxyError late) {
        waiting = true;
        this.late = late;
        deadline().await(what, nanos);
    }

    /** Whether a stage needs time. */
    boolean suspended() {
        return waiting;
    }

    /** Whether the end of the request has come, though nobody has taken it up. */
    boolean restHeld() {
        return held.whole();
    }

    /** Whether what is decoded next is a piece of this request, and not of the one behind it. */
    boolean expectsContent() {
        return request == Half.OPEN && !held.whole();
    }

    /** A piece of the request's body arrived. Takes ownership. */
    void onContent(HttpContent content) {
        if (waiting) {
            held.add(content);
            return;
        }
        if (!content.decoderResult().isSuccess()) {
            content.release();
            request = Half.BROKEN;
            fail(FramingRules.badContent());
            return;
        }
        requestBytes += content.content().readableBytes();
        boolean last = content instanceof LastHttpContent;
        if (last) {
            request = Half.DONE;
        }
        if (intake.active()) {
            intake.onContent(content, last);
        } else if (upload.active() && response == Half.OPEN) {
            upload.onContent(content, last);
        } else {
            content.release();
            if (last && response == Half.DONE) {
                complete();
            }
        }
    }

    /** Goes on after a stage that needed time; does nothing where the exchange does not wait any more. */
    void resume(StageResult result) {
        if (finished || !waiting) {
            if (result instanceof StageResult.Answer answer) {
                answer.response().release();
            }
            return;
        }
        deadline().clear();
        if (result instanceof StageResult.Refuse refusal) {
            refuse(refusal.error());
        } else if (result instanceof StageResult.Answer answer) {
            answer(answer.response());
        } else {
            waiting = false;
            shared.chain.run(this);
        }
        takeHeld();
    }

    private void takeHeld() {
        HttpContent content;
        while (!finished && !waiting && (content = held.next()) != null) {
            onContent(content);
        }
    }

    /** All stages are content: to the upstream. */
    void forward() {
        attempts.begin();
    }

    AttemptLoop attempts() {
        return attempts;
    }

    /** The client's connection was read to its present end. */
    void onFrontReadComplete() {
        upload.flush();
    }

    void onFrontWritability(boolean writable) {
        download.onFrontWritability(writable);
    }

    /** Corral's own response, refusal or not. Takes ownership. */
    void answer(FullHttpResponse reply) {
        status = reply.status().code();
        boolean keep = Persistence.ownAnswer(this);
        ResponseHeads.complete(this, reply, keep);
        response = Half.DONE;
        responseBytes = reply.content().readableBytes();
        if (!keep) {
            front.closeAfterResponse();
        }
        front.link().write(reply);
        front.link().flushSoon();
        boolean waited = waiting;
        waiting = false;
        if (request != Half.OPEN || hasBody) {
            complete();
        } else if (waited) {
            // The end of a request without a body may have come meanwhile.
            takeHeld();
        }
    }

    /** Refuses; where a response has begun, breaks it off. Idempotent once the exchange is over. */
    void fail(ProxyError why) {
        if (uncommitted()) {
            refuse(why);
        } else if (response == Half.OPEN) {
            abort(why);
        } else {
            finish(Ending.outcome(why.code()));
        }
    }

    /** Refuses a request of which nothing was answered yet. */
    void refuse(ProxyError why) {
        if (finished || !uncommitted()) {
            return;
        }
        error = why;
        deadline().clear();
        download.cancel();
        answer(ResponseHeads.refusal(this, why));
    }

    /** Breaks a response off, visibly: its end is never sent. */
    void abort(ProxyError why) {
        if (finished) {
            return;
        }
        error = why;
        response = Half.BROKEN;
        if (why.code() == ErrorCode.CLIENT_STALL) {
            front.cut();
        } else {
            front.abortAfterFlush(download.closeDelimited());
        }
        finish(Ending.outcome(why.code()));
    }

    /** What comes of the request is none, and nothing more can be said to its client. */
    void broken(ProxyError why) {
        if (!finished) {
            request = Half.BROKEN;
            error = why;
            finish(Ending.outcome(why.code()));
        }
    }

    /** The client's connection is gone. */
    void clientGone() {
        if (finished) {
            return;
        }
        boolean cut = shared.closing;
        error = Lateness.gone(cut);
        if (uncommitted()) {
            status = error.code().status();
        }
        finish(cut ? Outcome.ABORTED : Outcome.CLIENT_GONE);
    }

    /** What was waited for did not come. */
    void expired(Deadline.Name name) {
        if (name == Deadline.Name.QUEUE && QueueStage.hasItsTurn(this)) {
            resume(StageResult.Proceed.INSTANCE);
            return;
        }
        deadline().clear();
        ProxyError why = waiting ? late : Lateness.of(name, !uncommitted() || download.holding());
        if (why != null) {
            fail(why);
        }
    }

    /** The response is out; what is left of the request decides how the connection goes on. */
    void complete() {
        finish(error == null ? download.outcome() : Ending.outcome(error.code()));
    }

    /** The one end, on every path; idempotent. */
    void finish(Outcome outcome) {
        if (finished) {
            return;
        }
        finished = true;
        deadline().clear();
        Ending ending = new Ending(this, outcome);
        ending.guarded("its upstream connection could not be let go", download::cancel);
        ending.guarded("the reader of its body could not be stopped", policy::end);
        ending.guarded("what it sent could not be let go", upload::release);
        ending.guarded("its body could not be given back", intake::release);
        ending.guarded("what came of its body could not be given back", held::release);
        ending.guarded("its end could not be told", ending::report);
        try {
            front.exchangeFinished(this);
        } finally {
            // Last, so that whoever waits for the end sees this exchange or the connection that it ends.
            shared.inFlight.decrementAndGet();
        }
    }
}
