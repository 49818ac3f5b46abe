package dev.corral.core.admit;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.NanoClock;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * How often one key may ask about itself: the answer counts on none of its limits, but is put together anew each time.
 * Thread-safe without locks.
 */
public final class OwnKeyLimit {
    /** Questions in a minute, in the long run. */
    public static final int PER_MINUTE = 60;
    /** Questions at once. */
    public static final int BURST = 20;

    private final Pace pace;

    /** Nobody has asked yet. */
    public OwnKeyLimit(NanoClock clock) {
        pace = new Pace(PER_MINUTE, BURST, clock);
    }

    /**
     * Takes one question of this key.
     *
     * @return null if it may be answered; else the refusal, and nothing was taken
     */
    public @Nullable ProxyError take(String keyId) {
        CRC32 second = new CRC32();
        second.update(keyId.getBytes(StandardCharsets.UTF_8));
        int seconds = pace.take(new Party((long) keyId.hashCode() << 32 | second.getValue(), 0));
        return seconds == 0
                ? null
                : ProxyError.tryAgain(
                        ErrorCode.REQUEST_RATE,
                        "more than " + PER_MINUTE + " questions of this key about itself in a minute, or " + BURST
                                + " at once",
                        seconds);
    }
}
