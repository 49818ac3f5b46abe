package dev.corral.server.state.redis;

import dev.corral.auth.key.KeyStorage;
import dev.corral.auth.limit.LimitBook;
import dev.corral.auth.limit.LimitEvents;
import dev.corral.auth.limit.LimitPlan;
import dev.corral.core.spi.NanoClock;
import dev.corral.server.config.StateSettings;
import dev.corral.server.config.StateSettings.WhenAway;
import dev.corral.server.state.UsageStore;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.ZoneId;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Everything that lies in Redis, over one connection. Any thread; threads of its own. */
public final class SharedState implements AutoCloseable {
    private static final long RENEW_MILLIS = 5_000;
    private static final long DELIVER_MILLIS = 250;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final StateSettings settings;
    private final NanoClock clock;
    private final RedisNames names;
    private final RedisConnector redis;
    private final RedisKeyStorage keys;
    private final String replica = id();
    private final long leaseMillis;
    private volatile @Nullable RedisLimiter limiter;

    private SharedState(StateSettings settings, NanoClock clock, long leaseMillis) {
        this.settings = settings;
        this.clock = clock;
        this.leaseMillis = leaseMillis;
        names = new RedisNames(settings.prefix());
        redis = new RedisConnector(settings.url(), names, consequence(settings.whenAway()), clock);
        keys = new RedisKeyStorage(redis, names);
    }

    /**
     * Begins to connect, and goes on trying until it is closed.
     *
     * @param settings whose URL names a store that replicas share
     * @param patience how long to wait for the first connection; whoever asks without one is told that Redis is away
     */
    public static SharedState open(StateSettings settings, Duration patience, NanoClock clock) {
        return open(settings, patience, clock, LimitScripts.LIFE_MILLIS);
    }

    static SharedState open(StateSettings settings, Duration patience, NanoClock clock, long leaseMillis) {
        SharedState made = new SharedState(settings, clock, leaseMillis);
        made.redis.start();
        if (!patience.isZero()) {
            made.redis.awaitUp(patience.toMillis());
        }
        return made;
    }

    private static String consequence(WhenAway whenAway) {
        return switch (whenAway) {
            case DENY -> "requests of keys with limits are refused, and keys stay as they are, until it is back";
            case LOCAL -> "each replica counts limits on its own, and keys stay as they are, until it is back";
        };
    }

    // Of 128 bits: no two processes ever have the same.
    private static String id() {
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /** The keys. */
    public KeyStorage keys() {
        return keys;
    }

    /** Warns in the log if Redis would forget keys when it is restarted; for a server, once. Does not block. */
    public void warnIfForgetful() {
        redis.whenBackOnce(keys::warnIfForgetful);
    }

    /** The usage of all replicas. */
    public UsageStore usage() {
        return new RedisUsageStore(redis, names, replica);
    }

    /**
     * Makes sure that all replicas count days and months in the same zone. Blocks.
     *
     * @throws IOException where others count in another one, or Redis is away
     */
    public void agree(ZoneId zone) throws IOException {
        new AgreedZone(redis, names, zone, clock).agree();
    }

    /**
     * Makes the limiter, once.
     *
     * @param plan which limits hold for whom
     * @param zone whose days and months count; the same for all replicas
     * @param local decides while Redis is away, where the settings say so
     * @param events is told of refusals of this limiter
     */
    public LimitBook limiter(LimitPlan plan, ZoneId zone, LimitBook local, LimitEvents events) {
        LimitScripts scripts = new LimitScripts(redis, names, new RedisCalendar(zone, clock), leaseMillis);
        LimitBook meanwhile = settings.whenAway() == WhenAway.LOCAL ? local : null;
        RedisLimiter made = new RedisLimiter(redis, scripts, replica, plan, zone, meanwhile, events, clock);
        redis.whenBack(made::renew);
        redis.every(leaseMillis * RENEW_MILLIS / LimitScripts.LIFE_MILLIS, made::renew);
        redis.every(DELIVER_MILLIS, made::deliver);
        AgreedZone agreed = new AgreedZone(redis, names, zone, clock);
        redis.whenBack(agreed::keep);
        redis.every(RENEW_MILLIS, agreed::keep);
        limiter = made;
        return made;
    }

    /** Where Redis is, without the password. */
    public String place() {
        return redis.place();
    }

    /** Why Redis is away; null where it is not. */
    public @Nullable String trouble() {
        return redis.up() ? null : redis.trouble();
    }

    public SharedStats stats() {
        RedisLimiter made = limiter;
        return made == null
                ? new SharedStats(redis.up(), 0, 0, 0, 0, 0)
                : new SharedStats(
                        redis.up(),
                        made.localDecisions(),
                        made.deniedDecisions(),
                        made.live(),
                        made.undelivered(),
                        made.lost());
    }

    /**
     * Waits until what ended has been charged, so that a replica that stops leaves nothing behind. Blocks.
     *
     * @return whether nothing is left
     */
    public boolean settle(Duration patience) {
        RedisLimiter made = limiter;
        long end = clock.nanos() + patience.toNanos();
        while (made != null && made.undelivered() > 0) {
            if (clock.nanos() - end >= 0 || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return true;
    }

    /** Ends everything at once. Idempotent. */
    @Override
    public void close() {
        redis.close();
    }
}
