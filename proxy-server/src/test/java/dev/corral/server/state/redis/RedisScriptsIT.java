package dev.corral.server.state.redis;

import static dev.corral.auth.limit.LimitKind.TOKENS_PER_DAY;
import static dev.corral.auth.limit.LimitKind.TOKENS_PER_MINUTE;
import static dev.corral.server.state.redis.Students.limit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.corral.auth.limit.CalendarSpan;
import dev.corral.auth.limit.LimitPlan.Account;
import dev.corral.auth.limit.LimitSet;
import dev.corral.auth.limit.Need;
import dev.corral.core.spi.NanoClock;
import dev.corral.server.config.StateSettings.WhenAway;
import io.lettuce.core.ScriptOutputType;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Scripts that are sent twice, and a Redis whose clock is set. */
@Timeout(60)
final class RedisScriptsIT {
    private static final String SUMS = "{corral}:limit:key:aaaaaaaa";
    private static final long DAY = Duration.ofDays(1).toMillis();

    @TempDir
    private static Path directory;

    private RedisProcess redis;
    private RedisConnector connector;
    private LimitScripts scripts;
    private final CalendarSpan today = CalendarSpan.of(ZoneOffset.UTC, System.currentTimeMillis());

    @BeforeEach
    void connect() throws IOException {
        redis = new RedisProcess(directory);
        RedisNames names = new RedisNames("corral");
        connector = new RedisConnector(Students.url(redis.address()), names, "", NanoClock.SYSTEM);
        connector.start();
        assertThat(connector.awaitUp(10_000)).isTrue();
        RedisCalendar calendar = new RedisCalendar(ZoneOffset.UTC, NanoClock.SYSTEM);
        scripts = new LimitScripts(connector, names, calendar, LimitScripts.LIFE_MILLIS);
    }

    @AfterEach
    void disconnect() {
        connector.close();
        redis.close();
    }

    private static <T> T done(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }

    private static RedisLease lease(String id, LimitSet limits) {
        return new RedisLease(id, List.of(new Account("key:aaaaaaaa", limits)));
    }

    private AccountNumbers look(RedisLease lease) {
        return done(scripts.look(lease.accounts())).numbers().get(0);
    }

    @Test
    void leaseReservedTwice_isTakenOnce() {
        RedisLease lease = lease("one-1", limit(TOKENS_PER_DAY, 100));
        Need need = new Need(true, 60, 1);
        assertThat(done(scripts.reserve(lease, need)).taken()).isTrue();
        assertThat(done(scripts.reserve(lease, need)).taken()).isTrue();
        assertThat(look(lease).dayHeld()).isEqualTo(60);
        assertThat(done(scripts.settle(new Settlement(lease, 10, 0)))).isEqualTo(1);
        assertThat(look(lease).dayHeld()).isZero();
        assertThat(look(lease).dayUsed()).isEqualTo(10);
    }

    @Test
    void keysWrittenTwiceByTheSame_areWritten_byAnotherAreNot() {
        List<String> args = List.of("", "v1", "{}");
        assertThat(done(connector.<Long>ask(commands ->
                        RedisScript.KEYS.run(commands, ScriptOutputType.INTEGER, List.of("{corral}:keys"), args))))
                .isEqualTo(1);
        assertThat(done(connector.<Long>ask(commands ->
                        RedisScript.KEYS.run(commands, ScriptOutputType.INTEGER, List.of("{corral}:keys"), args))))
                .isEqualTo(1);
        List<String> others = List.of("", "v2", "{}");
        assertThat(done(connector.<Long>ask(commands ->
                        RedisScript.KEYS.run(commands, ScriptOutputType.INTEGER, List.of("{corral}:keys"), others))))
                .isZero();
    }

    @Test
    void replicasOfOtherZones_areRefused() throws IOException {
        try (SharedState one = Students.open(Students.url(redis.address()), WhenAway.DENY);
                SharedState two = Students.open(Students.url(redis.address()), WhenAway.DENY)) {
            one.agree(ZoneId.of("Europe/Berlin"));
            two.agree(ZoneId.of("Europe/Berlin"));
            assertThatThrownBy(() -> two.agree(ZoneId.of("America/New_York")))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("America/New_York")
                    .hasMessageContaining("count in Europe/Berlin")
                    .hasMessageContaining("expected: the same usage.time-zone");
            // Nobody keeps it any more.
            redis.command("DEL {corral}:zone");
            two.agree(ZoneId.of("UTC"));
            one.agree(ZoneOffset.UTC);
        }
    }

    @Test
    void clockOfRedisSetBack_bucketsDrainOn() throws IOException {
        RedisLease lease = lease("one-1", limit(TOKENS_PER_MINUTE, 60_000_000));
        assertThat(done(scripts.reserve(lease, new Need(true, 1_000_000, 1))).taken())
                .isTrue();
        redis.command("HSET " + SUMS + " at " + (System.currentTimeMillis() + DAY));
        assertThat(done(scripts.reserve(lease("one-2", lease.accounts().get(0).limits()), new Need(true, 1, 1)))
                        .taken())
                .isTrue();
        Students.eventually("it is empty", () -> look(lease).tokens() == 0);
    }

    @Test
    void clockThatComesAgainToTheLatestDay_givesNoSecondQuota() throws IOException {
        RedisLease lease = lease("one-1", limit(TOKENS_PER_DAY, 100));
        assertThat(done(scripts.reserve(lease, new Need(true, 100, 1))).taken()).isTrue();
        assertThat(done(scripts.settle(new Settlement(lease, 100, 0)))).isEqualTo(1);
        // As the clock leaves it that was ten days behind for a moment.
        redis.command(
                "HSET " + SUMS + " day " + (today.dayStart() - 10 * DAY) + " month " + (today.monthStart() - 31 * DAY));
        RedisLease next = lease("one-2", lease.accounts().get(0).limits());
        assertThat(done(scripts.reserve(next, new Need(true, 1, 1))).taken()).isFalse();
        assertThat(look(lease).dayUsed()).isEqualTo(100);
        assertThat(look(lease).monthUsed()).isEqualTo(100);
    }

    @Test
    void nextDay_beginsAnew() throws IOException {
        RedisLease lease = lease("one-1", limit(TOKENS_PER_DAY, 100));
        assertThat(done(scripts.reserve(lease, new Need(true, 100, 1))).taken()).isTrue();
        long yesterday = today.dayStart() - DAY;
        redis.command("HSET " + SUMS + " day " + yesterday + " lastDay " + yesterday);
        RedisLease next = lease("one-2", lease.accounts().get(0).limits());
        assertThat(done(scripts.reserve(next, new Need(true, 40, 1))).taken()).isTrue();
        assertThat(done(scripts.settle(new Settlement(lease, 50, 0)))).isEqualTo(1);
        assertThat(look(lease).dayUsed()).isEqualTo(50);
        assertThat(look(lease).dayHeld()).isEqualTo(40);
    }
}
