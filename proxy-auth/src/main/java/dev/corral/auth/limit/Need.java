package dev.corral.auth.limit;

import dev.corral.core.spi.Demand;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.EndpointGroup;

/**
 * What a request needs.
 *
 * @param model whether a model is asked, so that tokens and GPU time matter
 * @param tokens from 1 where they matter
 * @param gpuNanos from 1 where they matter
 */
public record Need(boolean model, long tokens, long gpuNanos) {
    private static final Need REQUEST = new Need(false, 0, 0);
    private static final long LONGEST_NANOS = 1_000_000_000_000_000L;
    private static final Need LEAST = new Need(true, 1, 1);

    /** Of a request of which nothing more is known. */
    public static Need least(Endpoint endpoint) {
        return endpoint.group() == EndpointGroup.INFERENCE ? LEAST : REQUEST;
    }

    public static Need of(Endpoint endpoint, Demand demand) {
        if (demand.equals(Demand.NONE)) {
            return least(endpoint);
        }
        return new Need(true, atLeastOne(bounded(demand.tokens())), atLeastOne(boundedNanos(demand.gpuNanos())));
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
