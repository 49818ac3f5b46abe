package dev.corral.server.state;

/**
 * How the saving of usage goes.
 *
 * @param up whether the last attempt went well
 * @param failures attempts that did not
 * @param oldestUnsavedMillis the age of the oldest usage that is only in memory; 0 where there is none
 * @param saved exchanges whose usage is in the store
 */
public record LedgerStats(boolean up, long failures, long oldestUnsavedMillis, long saved) {}
