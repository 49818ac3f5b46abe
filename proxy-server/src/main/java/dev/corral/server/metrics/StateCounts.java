package dev.corral.server.metrics;

/**
 * A moment's look at the store of limits and usage.
 *
 * @param up whether it took what it was given last
 * @param writeFailures attempts that failed
 * @param unsavedMillis age of the oldest usage that is not stored yet; 0 where there is none
 * @param localDecisions requests decided without a shared store
 */
public record StateCounts(boolean up, long writeFailures, long unsavedMillis, long localDecisions) {}
