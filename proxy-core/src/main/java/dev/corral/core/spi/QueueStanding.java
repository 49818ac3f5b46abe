package dev.corral.core.spi;

import java.util.List;

/**
 * Where a key stands at the upstream's door, at a moment.
 *
 * @param running its requests that the upstream works on
 * @param waiting its requests that wait, each by its place in the order as it is now, from 1; soonest first
 */
public record QueueStanding(int running, List<Integer> waiting) {
    public QueueStanding {
        waiting = List.copyOf(waiting);
    }
}
