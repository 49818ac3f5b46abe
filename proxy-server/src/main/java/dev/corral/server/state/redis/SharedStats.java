package dev.corral.server.state.redis;

/**
 * How it stands with the state that replicas share, at a moment.
 *
 * @param up whether Redis is there
 * @param localDecisions requests admitted or refused by this replica alone, since the start
 * @param deniedDecisions requests refused because Redis was away, since the start
 * @param leases requests under way that Redis knows of
 * @param undelivered requests that ended and are not charged yet
 * @param lost requests that will never be charged, since the start
 */
public record SharedStats(
        boolean up, long localDecisions, long deniedDecisions, int leases, int undelivered, long lost) {}
