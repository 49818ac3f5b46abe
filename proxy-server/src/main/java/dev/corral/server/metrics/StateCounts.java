package dev.corral.server.metrics;

/**
 * A moment's look at the store of limits and usage.
 *
 * @param up whether it took what it was given last
 * @param writeFailures attempts that failed
 * @param unsavedMillis age of the oldest usage that is not stored yet; 0 where there is none
 * @param localDecisions requests decided without a shared store
 * @param leases requests under way that a shared store knows of
 * @param undelivered requests that ended and are not charged in a shared store yet
 * @param lost requests that will never be charged in a shared store
 */
public record StateCounts(
        boolean up,
        long writeFailures,
        long unsavedMillis,
        long localDecisions,
        long leases,
        long undelivered,
        long lost) {}
