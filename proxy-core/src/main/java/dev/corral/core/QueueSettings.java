package dev.corral.core;

import java.time.Duration;

/**
 * The waiting room in front of the upstream's models.
 *
 * @param parallel requests for models that the upstream has at one time
 * @param waiting requests that wait, of all keys together
 * @param waitingPerKey requests that wait, of one key
 * @param maxWait how long one waits at most
 * @param preferLoaded whether a request whose model is loaded may go before one whose model is not, a few times
 */
public record QueueSettings(int parallel, int waiting, int waitingPerKey, Duration maxWait, boolean preferLoaded) {
    public static final QueueSettings DEFAULTS = new QueueSettings(4, 512, 64, Duration.ofMinutes(5), false);
}
