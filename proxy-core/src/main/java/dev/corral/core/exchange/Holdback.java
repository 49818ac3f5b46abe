package dev.corral.core.exchange;

import dev.corral.core.http.FlowGate;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * What arrives of a request's body before anybody can take it: while a stage needs time, or while there is no upstream
 * connection yet. The client is read on meanwhile, to notice when it leaves, until there is too much. Confined to the
 * exchange's event loop.
 */
final class Holdback {
    private static final int MAX_BYTES = 32 << 10;
    private static final int MAX_PIECES = 128;

    private final FlowGate client;
    private final Deque<HttpContent> held = new ArrayDeque<>(0);
    private int bytes;
    private boolean whole;

    Holdback(FlowGate client) {
        this.client = client;
    }

    /** Takes ownership. */
    void add(HttpContent content) {
        held.add(content);
        bytes += content.content().readableBytes();
        whole = content instanceof LastHttpContent;
        if (whole) {
            // What comes now belongs to the next request and is parked; that the client leaves must be seen.
            client.open(FlowGate.Reason.PEER_ABSENT);
        } else if (bytes > MAX_BYTES || held.size() > MAX_PIECES) {
            client.close(FlowGate.Reason.PEER_ABSENT);
        }
    }

    /** Whether the end of the request has been among what was held. */
    boolean whole() {
        return whole;
    }

    /** The oldest piece, now owned by the caller; null if there is none, and then the client is read again. */
    @Nullable
    HttpContent next() {
        HttpContent content = held.poll();
        if (content == null) {
            client.open(FlowGate.Reason.PEER_ABSENT);
        } else {
            bytes -= content.content().readableBytes();
        }
        return content;
    }

    void release() {
        HttpContent content;
        while ((content = next()) != null) {
            content.release();
        }
    }
}
