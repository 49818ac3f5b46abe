package dev.corral.auth.limit;

import dev.corral.core.spi.Demand;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.EndpointGroup;

/**
 * What a request needs.
 *
 * @param model whether a model is asked, so that tokens and GPU time matter
 * @param tokens that must be there, from 1 where they matter
 * @param most tokens that it may come to use: so many are reserved, or what is left
 * @param gpuNanos from 1 where they matter
 */
public record Need(boolean model, long tokens, long most, long gpuNanos) {
    // Who names no number may go on while there is room for a short answer.
    private static final long SHORT_ANSWER = 512;
    private static final Need REQUEST = new Need(false, 0, 0);
    private static final long LONGEST_NANOS = 1_000_000_000_000_000L;
    private static final Need LEAST = new Need(true, 1, 1);

    /** Of a request that uses no more than must be there. */
    public Need(boolean model, long tokens, long gpuNanos) {
        this(model, tokens, tokens, gpuNanos);
    }

    /** Of a request of which nothing more is known. */
    public static Need least(Endpoint endpoint) {
        return endpoint.group() == EndpointGroup.INFERENCE ? LEAST : REQUEST;
    }

    public static Need of(Endpoint endpoint, Demand demand) {
        if (demand.equals(Demand.NONE)) {
            return least(endpoint);
        }
        long tokens = atLeastOne(bounded(demand.tokens()));
        long most = Math.max(tokens, bounded(demand.mostTokens()));
        // What other callers' answers have taught decides nothing here.
        long least = most == tokens ? tokens : Math.min(tokens, bounded(demand.promptTokens()) + SHORT_ANSWER);
        return new Need(true, least, most, atLeastOne(boundedNanos(demand.gpuNanos())));
    }

    /** What somebody else counted, brought to where sums stay numbers. */
    public static long bounded(long tokens) {
        return Math.max(0, Math.min(LimitText.MAX, tokens));
    }

    /** As {@link #bounded}, for GPU time: at most eleven days at once. */
    public static long boundedNanos(long nanos) {
        return Math.max(0, Math.min(LONGEST_NANOS, nanos));
    }

    private static long atLeastOne(long value) {
        return Math.max(1, value);
    }
}
