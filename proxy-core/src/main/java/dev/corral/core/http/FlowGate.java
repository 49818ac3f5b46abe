package dev.corral.core.http;

import io.netty.channel.Channel;

/**
 * The only place that turns a channel's reading off and on. Several parties can have a reason to stop it; it goes on
 * when none is left. Confined to the channel's event loop.
 */
public final class FlowGate {
    /** Why reading is stopped. */
    public enum Reason {
        /** The other side cannot take more at the moment. */
        PEER_FULL,
        /** The other side is not there yet. */
        PEER_ABSENT,
        /** Enough of the next request is parked. */
        PARK_FULL,
        /** Nothing that comes is looked at any more. */
        ENDING
    }

    private final Channel channel;
    private int reasons;

    public FlowGate(Channel channel) {
        this.channel = channel;
    }

    /** Stops reading for a reason; idempotent. */
    public void close(Reason reason) {
        int before = reasons;
        reasons |= 1 << reason.ordinal();
        if (before == 0) {
            channel.config().setAutoRead(false);
        }
    }

    /** Takes a reason back; reading goes on when it was the last one. Idempotent. */
    public void open(Reason reason) {
        int before = reasons;
        reasons &= ~(1 << reason.ordinal());
        if (before != 0 && reasons == 0) {
            channel.config().setAutoRead(true);
        }
    }

    /** Whether reading goes on. */
    public boolean isOpen() {
        return reasons == 0;
    }
}
