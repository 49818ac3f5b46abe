package dev.corral.server.state.redis;

import dev.corral.core.spi.NanoClock;
import io.lettuce.core.SetArgs;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.io.IOException;
import java.time.ZoneId;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * In which zone days and months are counted, said by the first replica and kept alive by all: of two that mean other days
 * each would begin the other's quotas anew. Forgotten {@link LimitScripts#LIFE_MILLIS} after the last one that keeps it.
 * Any thread.
 */
final class AgreedZone {
    private static final Logger LOG = LoggerFactory.getLogger(AgreedZone.class);
    private static final long LOUD_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final RedisConnector redis;
    private final RedisNames names;
    private final String own;
    private final NanoClock clock;
    private volatile long loudAt;

    AgreedZone(RedisConnector redis, RedisNames names, ZoneId zone, NanoClock clock) {
        this.redis = redis;
        this.names = names;
        // One name for all of UTC's.
        this.own = zone.normalized().getId();
        this.clock = clock;
        this.loudAt = clock.nanos() - LOUD_NANOS;
    }

    /**
     * Agrees, or fails. Blocks.
     *
     * @throws IOException where others count in another zone, or Redis is away
     */
    void agree() throws IOException {
        String agreed;
        try {
            agreed = redis.await(this::say);
        } catch (RedisAwayException e) {
            throw new IOException(
                    "whether others count days as this Corral is not known in " + redis.place() + ": " + e.getMessage(),
                    e);
        }
        if (!own.equals(agreed)) {
            throw new IOException(difference(agreed));
        }
    }

    /** Keeps it alive. Does not block. */
    void keep() {
        redis.ask(this::say).thenAccept(agreed -> {
            if (!own.equals(agreed) && clock.nanos() - loudAt >= LOUD_NANOS) {
                loudAt = clock.nanos();
                LOG.error("{}", difference(agreed));
            }
        });
    }

    private String difference(String agreed) {
        return "days and months of limits begin in the zone " + own + " here, but other Corrals that share "
                + redis.place() + " count in " + agreed
                + " (expected: the same usage.time-zone everywhere; to change it, stop all of them for "
                + LimitScripts.LIFE_MILLIS / 1000 + " seconds)";
    }

    // What all say: this, or what was said before.
    private CompletionStage<String> say(RedisClusterAsyncCommands<String, String> commands) {
        SetArgs first = SetArgs.Builder.nx().px(LimitScripts.LIFE_MILLIS);
        return commands.set(names.zone(), own, first)
                .thenCompose(done -> commands.get(names.zone()))
                .thenCompose(agreed -> own.equals(agreed)
                        ? commands.pexpire(names.zone(), LimitScripts.LIFE_MILLIS)
                                .thenApply(kept -> own)
                        // Forgotten just now: the next time.
                        : CompletableFuture.completedFuture(agreed == null ? own : agreed));
    }
}
