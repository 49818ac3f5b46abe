package dev.corral.auth.jwt;

import java.time.Duration;

/**
 * When keys are fetched, beside the regular times.
 *
 * @param timeout for one answer of an issuer
 * @param between at least this long between two fetches for which tokens asked
 * @param retry after the first failure; twice as long after each further one
 * @param longestRetry at most this long
 */
record FetchTimes(Duration timeout, Duration between, Duration retry, Duration longestRetry) {
    /** A token that asks for a fetch waits for two answers at most, within the ten seconds that a decision may take. */
    static final FetchTimes DEFAULTS =
            new FetchTimes(Duration.ofSeconds(4), Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofMinutes(5));
}
