package dev.corral.core.exchange;

import java.util.concurrent.TimeUnit;

/**
 * How long a client, by not reading, has held back what the upstream has for it. At one time that may be as long as
 * {@code client-stall} says; in all, where the request has a place at the upstream meanwhile, twice as long and a second
 * for each 256 KiB of the answer: else one that reads a little now and then could keep the place for ever. Confined to
 * the exchange's event loop.
 */
final class HeldBack {
    private static final int STALLS = 2;
    // The slowest reading that is not held against the client.
    private static final long NANOS_PER_BYTE = TimeUnit.SECONDS.toNanos(1) / (256 << 10);
    private static final long NOT_NOW = Long.MIN_VALUE;

    private final Exchange exchange;
    private long since = NOT_NOW;
    private long sumNanos;

    HeldBack(Exchange exchange) {
        this.exchange = exchange;
    }

    /** The client takes no more. Returns for how long that may be, in nanoseconds. */
    long begin() {
        since = exchange.loop.clock().nanos();
        long once = exchange.shared.settings.timeouts().clientStall().toNanos();
        if (exchange.holdings.ticket == null) {
            return once;
        }
        long all = once * STALLS + exchange.responseBytes * NANOS_PER_BYTE;
        return Math.min(once, Math.max(0, all - sumNanos));
    }

    /** It takes more again. Does nothing where it did all the time. */
    void end() {
        if (since != NOT_NOW) {
            sumNanos += exchange.loop.clock().nanos() - since;
            since = NOT_NOW;
        }
    }
}
