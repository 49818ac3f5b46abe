package dev.corral.server.state.redis;

/** Redis cannot be asked now. Without a stack trace: while it is away, every request meets one. */
final class RedisAwayException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RedisAwayException(String message) {
        super(message, null, false, false);
    }
}
