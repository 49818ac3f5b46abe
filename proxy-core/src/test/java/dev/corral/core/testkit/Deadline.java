package dev.corral.core.testkit;

import dev.corral.core.Timeouts;
import java.time.Duration;
import java.util.Map;

/** The named deadlines, so that a test can set the one it is about. */
public enum Deadline {
    HEADERS,
    KEEP_ALIVE,
    BODY_PROGRESS,
    CONNECT,
    FIRST_BYTE,
    STREAM_IDLE,
    LONG_STREAM_IDLE,
    CLIENT_STALL,
    LINGER,
    DRAIN;

    /** These, and for all others one that no test waits for. */
    static Timeouts timeouts(Map<Deadline, Duration> set) {
        Duration never = Duration.ofMinutes(1);
        return new Timeouts(
                set.getOrDefault(HEADERS, never),
                set.getOrDefault(KEEP_ALIVE, never),
                set.getOrDefault(BODY_PROGRESS, never),
                set.getOrDefault(CONNECT, never),
                set.getOrDefault(FIRST_BYTE, never),
                set.getOrDefault(STREAM_IDLE, never),
                set.getOrDefault(LONG_STREAM_IDLE, never),
                set.getOrDefault(CLIENT_STALL, never),
                set.getOrDefault(LINGER, never),
                set.getOrDefault(DRAIN, never));
    }
}
