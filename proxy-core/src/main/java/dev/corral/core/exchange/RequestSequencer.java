package dev.corral.core.exchange;

import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what a client sends ahead of its turn (pipelining), within bounds: one read can decode into several requests,
 * and turning reading off does not stop what is decoded already. Confined to one event loop.
 */
final class RequestSequencer {
    private static final int MAX_BYTES = 64 << 10;
    private static final int MAX_HEADS = 8;
    // What a parked head is taken to weigh; its bytes are bounded by the header limits.
    private static final int HEAD_BYTES = 1 << 10;
    // Of any size: a one-byte chunk costs a hundred times its size, and pins the buffer it was cut from.
    private static final int MAX_PIECES = 512;

    private final ArrayDeque<Object> parked = new ArrayDeque<>(0);
    private int heads;
    private int bytes;

    /** Takes ownership of a message; false if the bound is exceeded, and the message is released. */
    boolean park(Object message) {
        heads += message instanceof HttpRequest ? 1 : 0;
        bytes += weight(message);
        if (heads > MAX_HEADS || bytes > MAX_BYTES || parked.size() >= MAX_PIECES) {
            heads -= message instanceof HttpRequest ? 1 : 0;
            bytes -= weight(message);
            ReferenceCountUtil.release(message);
            return false;
        }
        parked.add(message);
        return true;
    }

    /** The oldest message, now owned by the caller; null if there is none. */
    @Nullable
    Object next() {
        Object message = parked.poll();
        if (message != null) {
            heads -= message instanceof HttpRequest ? 1 : 0;
            bytes -= weight(message);
        }
        return message;
    }

    boolean isEmpty() {
        return parked.isEmpty();
    }

    /** Whether reading should stop until some of it is taken. */
    boolean isFull() {
        return heads >= MAX_HEADS || bytes >= MAX_BYTES / 2 || parked.size() >= MAX_PIECES / 2;
    }

    void releaseAll() {
        Object message;
        while ((message = next()) != null) {
            ReferenceCountUtil.release(message);
        }
    }

    private static int weight(Object message) {
        return message instanceof HttpContent content ? content.content().readableBytes() : HEAD_BYTES;
    }
}
