package dev.corral.auth.limit;

/**
 * A limit that does not allow a request now.
 *
 * @param status where the account stands with it
 * @param asked what the request needs of it, in the limit's unit
 * @param waitMillis how long from now until it would be allowed if nothing else happens; 0 where it has to wait for
 *     other requests to end
 */
public record Shortage(LimitStatus status, long asked, long waitMillis) {}
