package dev.corral.server.state.redis;

import static dev.corral.auth.limit.LimitKind.CONCURRENCY;
import static dev.corral.auth.limit.LimitKind.TOKENS_PER_DAY;
import static dev.corral.server.state.redis.Students.ALICE;
import static dev.corral.server.state.redis.Students.admitted;
import static dev.corral.server.state.redis.Students.count;
import static dev.corral.server.state.redis.Students.eventually;
import static dev.corral.server.state.redis.Students.limit;
import static dev.corral.server.state.redis.Students.limiter;
import static dev.corral.server.state.redis.Students.permit;
import static dev.corral.server.state.redis.Students.plan;
import static dev.corral.server.state.redis.Students.refused;
import static dev.corral.server.state.redis.Students.tokens;
import static dev.corral.server.state.redis.Students.used;
import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.auth.limit.LimitBook;
import dev.corral.auth.limit.LimitKind;
import dev.corral.auth.limit.LimitPlan;
import dev.corral.auth.limit.LimitSet;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.spi.AdmissionDecision;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.NanoClock;
import dev.corral.core.spi.Permit;
import dev.corral.server.config.StateSettings.WhenAway;
import dev.corral.server.config.StateUrl;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Redis is killed, restarted, frozen and cut off, while replicas work. */
@Timeout(60)
final class RedisAwayIT {
    @TempDir
    private Path directory;

    private static LimitPlan day(long tokens) {
        return plan(limit(TOKENS_PER_DAY, tokens), LimitSet.NONE);
    }

    private StateUrl url(RedisProcess redis) {
        return Students.url(redis.address());
    }

    @Test
    void twoHundredAtOnceOnTwoReplicas_getExactlyWhatTheQuotaAllows() throws IOException {
        try (RedisProcess redis = new RedisProcess(directory);
                SharedState one = Students.open(url(redis), WhenAway.DENY);
                SharedState two = Students.open(url(redis), WhenAway.DENY)) {
            List<LimitBook> books = List.of(limiter(one, day(500)), limiter(two, day(500)));
            List<AdmissionDecision> all = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                all.add(books.get(i % 2).reserve(ALICE, Endpoint.CHAT, tokens(10)));
            }
            List<Permit> permits = new ArrayList<>();
            for (AdmissionDecision decision : all) {
                if (Students.decided(decision) instanceof AdmissionDecision.Admit admit) {
                    permits.add(admit.permit());
                }
            }
            assertThat(permits).hasSize(50);
            permits.forEach(permit -> permit.release(used(7)));
            eventually("350 are charged", () -> count(books.get(0), ALICE, TOKENS_PER_DAY) == 350);
        }
    }

    @Test
    void replicaThatDied_givesBackWhatItHeld() throws IOException {
        Duration patience = Duration.ofSeconds(10);
        try (RedisProcess redis = new RedisProcess(directory);
                SharedState living = Students.open(url(redis), WhenAway.DENY)) {
            LimitPlan plan = plan(new LimitSet(java.util.Map.of(CONCURRENCY, 1L, TOKENS_PER_DAY, 100L)), LimitSet.NONE);
            LimitBook book = limiter(living, plan);
            SharedState dying =
                    SharedState.open(Students.settings(url(redis), WhenAway.DENY), patience, NanoClock.SYSTEM, 500);
            admitted(limiter(dying, plan), ALICE, tokens(100));
            assertThat(refused(book, ALICE, tokens(1)).code()).isIn(ErrorCode.CONCURRENCY, ErrorCode.TOKEN_QUOTA);
            dying.close();
            eventually("its lease has ended", () -> permit(book, ALICE, tokens(100)) != null);
            assertThat(count(book, ALICE, TOKENS_PER_DAY)).isZero();
        }
    }

    @Test
    void longRequest_isRenewedForAsLongAsItRuns() throws IOException {
        try (RedisProcess redis = new RedisProcess(directory);
                SharedState state = SharedState.open(
                        Students.settings(url(redis), WhenAway.DENY), Duration.ofSeconds(10), NanoClock.SYSTEM, 600)) {
            LimitBook book = limiter(state, plan(limit(CONCURRENCY, 1), LimitSet.NONE));
            Permit permit = admitted(book, ALICE, tokens(1));
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2_000);
            while (System.nanoTime() - end < 0) {
                assertThat(permit(book, ALICE, tokens(1))).isNull();
            }
            permit.release(used(1));
            eventually("it has ended", () -> permit(book, ALICE, tokens(1)) != null);
        }
    }

    @Test
    void killedRedis_deniesAtOnceAndChargesAfterwardsOnce() throws IOException {
        try (RedisProcess redis = RedisProcess.durable(directory);
                SharedState state = Students.open(url(redis), WhenAway.DENY)) {
            LimitBook book = limiter(state, day(1_000));
            Permit permit = admitted(book, ALICE, tokens(100));
            redis.kill();
            eventually("it is seen to be away", () -> !state.stats().up());
            long before = System.nanoTime();
            AdmissionDecision decision = book.reserve(ALICE, Endpoint.CHAT, tokens(1));
            assertThat(System.nanoTime() - before).isLessThan(TimeUnit.MILLISECONDS.toNanos(100));
            assertThat(decision).isInstanceOfSatisfying(AdmissionDecision.Refuse.class, refuse -> {
                assertThat(refuse.error().code()).isEqualTo(ErrorCode.STATE_UNAVAILABLE);
                assertThat(refuse.error().headers()).containsKey("Retry-After");
            });
            assertThat(book.standing(ALICE, Endpoint.CHAT))
                    .isNotNull()
                    .satisfies(error -> assertThat(error.code()).isEqualTo(ErrorCode.STATE_UNAVAILABLE));
            assertThat(book.standing(ALICE, Endpoint.ROOT)).isNull();
            permit.release(used(30));
            assertThat(state.settle(Duration.ofMillis(100))).isFalse();
            redis.start();
            eventually("it is back", () -> state.stats().up());
            eventually("30 are charged", () -> count(book, ALICE, TOKENS_PER_DAY) == 30);
            assertThat(state.settle(Duration.ofSeconds(5))).isTrue();
            assertThat(count(book, ALICE, TOKENS_PER_DAY)).isEqualTo(30);
            assertThat(state.stats().deniedDecisions()).isPositive();
            assertThat(state.stats().localDecisions()).isZero();
        }
    }

    @Test
    void nobodyLimited_isServedWithoutRedis() throws IOException {
        try (RedisProcess redis = new RedisProcess(directory);
                SharedState state = Students.open(url(redis), WhenAway.DENY)) {
            LimitBook book = limiter(state, plan(LimitSet.NONE, LimitSet.NONE));
            redis.kill();
            eventually("it is seen to be away", () -> !state.stats().up());
            assertThat(book.standing(ALICE, Endpoint.CHAT)).isNull();
            assertThat(book.reserve(ALICE, Endpoint.CHAT, tokens(5))).isEqualTo(AdmissionDecision.Admit.FREELY);
            assertThat(book.status(ALICE)).isCompletedWithValue(List.of());
        }
    }

    @Test
    void redisRestartedEmpty_countsFromNothing() throws IOException {
        try (RedisProcess redis = new RedisProcess(directory);
                SharedState state = Students.open(url(redis), WhenAway.DENY)) {
            LimitBook book = limiter(state, day(100));
            Permit permit = admitted(book, ALICE, tokens(100));
            redis.kill();
            redis.start();
            eventually("it is back", () -> state.stats().up() && permit(book, ALICE, tokens(50)) != null);
            permit.release(used(100));
            assertThat(state.settle(Duration.ofSeconds(5))).isTrue();
            assertThat(state.stats().lost()).isEqualTo(1);
        }
    }

    @Test
    void accountThatRedisCannotCount_isNobodyElsesTrouble() throws IOException {
        try (RedisProcess redis = new RedisProcess(directory);
                SharedState state = Students.open(url(redis), WhenAway.DENY)) {
            LimitBook book = limiter(state, day(1_000));
            Permit permit = admitted(book, Students.BOB, tokens(10));
            redis.command("SET {corral}:limit:key:bbbbbbbb broken");
            permit.release(used(10));
            eventually("its settlement is given up", () -> {
                assertThat(state.stats().up()).isTrue();
                return state.stats().lost() == 1;
            });
            assertThat(state.stats().undelivered()).isZero();
            assertThat(refused(book, Students.BOB, tokens(1)).code()).isEqualTo(ErrorCode.STATE_UNAVAILABLE);
            admitted(book, ALICE, tokens(1)).release(used(1));
            assertThat(state.stats().up()).isTrue();
        }
    }

    @Test
    void refusalRemembered_isToldToo() throws IOException {
        try (RedisProcess redis = new RedisProcess(directory);
                SharedState state = Students.open(url(redis), WhenAway.DENY)) {
            List<LimitKind> told = new CopyOnWriteArrayList<>();
            LimitBook book = state.limiter(day(10), ZoneOffset.UTC, Students.local(day(10)), told::add);
            admitted(book, ALICE, tokens(10)).release(used(10));
            eventually("10 are charged", () -> count(book, ALICE, TOKENS_PER_DAY) == 10);
            refused(book, ALICE, tokens(1));
            if (book.standing(ALICE, Endpoint.CHAT) != null) {
                assertThat(told).containsExactly(TOKENS_PER_DAY, TOKENS_PER_DAY);
            }
        }
    }

    @Test
    void killedRedisWithLocal_isCountedAloneMeanwhile() throws IOException {
        try (RedisProcess redis = RedisProcess.durable(directory);
                SharedState state = Students.open(url(redis), WhenAway.LOCAL)) {
            LimitBook book = limiter(state, day(100));
            admitted(book, ALICE, tokens(100)).release(used(100));
            eventually("100 are charged", () -> count(book, ALICE, TOKENS_PER_DAY) == 100);
            redis.kill();
            eventually("it is seen to be away", () -> !state.stats().up());
            Permit permit = admitted(book, ALICE, tokens(60));
            assertThat(refused(book, ALICE, tokens(60)).code()).isEqualTo(ErrorCode.TOKEN_QUOTA);
            assertThat(state.stats().localDecisions()).isEqualTo(2);
            redis.start();
            eventually("it is back", () -> state.stats().up());
            permit.release(used(60));
            assertThat(state.settle(Duration.ofSeconds(5))).isTrue();
            assertThat(count(book, ALICE, TOKENS_PER_DAY)).isEqualTo(100);
        }
    }

    @Test
    void frozenRedis_isAwayAfterOneTimeoutAndNothingOfItStays() throws IOException {
        try (RedisProcess redis = new RedisProcess(directory);
                SharedState state = Students.open(url(redis), WhenAway.DENY)) {
            LimitBook book = limiter(state, day(1_000));
            Permit running = admitted(book, ALICE, tokens(10));
            redis.freeze();
            long before = System.nanoTime();
            AdmissionDecision decision = book.reserve(ALICE, Endpoint.CHAT, tokens(100));
            assertThat(System.nanoTime() - before).isLessThan(TimeUnit.MILLISECONDS.toNanos(200));
            assertThat(decision).isInstanceOf(AdmissionDecision.Later.class);
            assertThat(Students.decided(decision)).isInstanceOf(AdmissionDecision.Refuse.class);
            assertThat(state.stats().up()).isFalse();
            assertThat(book.reserve(ALICE, Endpoint.CHAT, tokens(1))).isInstanceOf(AdmissionDecision.Refuse.class);
            running.release(used(5));
            redis.thaw();
            eventually("it is back", () -> state.stats().up());
            eventually("only what was used is charged", () -> {
                var status = Students.status(book, ALICE, "key:", TOKENS_PER_DAY);
                return status != null && status.used() == 5 && status.reserved() == 0;
            });
        }
    }

    @Test
    void cutWire_isReplacedByANewConnection() throws IOException {
        try (RedisProcess redis = new RedisProcess(directory);
                DroppingProxy wire = new DroppingProxy(redis.port());
                SharedState state = Students.open(Students.url(wire.address()), WhenAway.DENY)) {
            LimitBook book = limiter(state, day(1_000));
            Permit permit = admitted(book, ALICE, tokens(10));
            wire.cutAnswers();
            // Redis hears this, and nobody hears that it did.
            permit.release(used(7));
            assertThat(Students.ask(book, ALICE, tokens(10))).isInstanceOf(AdmissionDecision.Refuse.class);
            wire.cut();
            wire.heal();
            eventually("it is back", () -> state.stats().up());
            assertThat(state.settle(Duration.ofSeconds(10))).isTrue();
            eventually("7 are charged once", () -> {
                var status = Students.status(book, ALICE, "key:", TOKENS_PER_DAY);
                return status != null && status.used() == 7 && status.reserved() == 0;
            });
        }
    }

    @Test
    void killsDuringLoad_chargeEverythingOnce() throws IOException {
        try (RedisProcess redis = RedisProcess.durable(directory);
                SharedState state = Students.open(url(redis), WhenAway.DENY)) {
            LimitBook book = limiter(state, day(1_000_000_000));
            long charged = 0;
            for (int round = 0; round < 5; round++) {
                List<AdmissionDecision> asked = new ArrayList<>();
                eventually("it is up", () -> state.stats().up());
                for (int i = 0; i < 200; i++) {
                    asked.add(book.reserve(ALICE, Endpoint.CHAT, tokens(10)));
                }
                List<Permit> permits = new ArrayList<>();
                for (AdmissionDecision decision : asked) {
                    if (Students.decided(decision) instanceof AdmissionDecision.Admit admit) {
                        permits.add(admit.permit());
                    }
                }
                for (int i = 0; i < permits.size(); i++) {
                    if (i == permits.size() / 2) {
                        redis.kill();
                    }
                    permits.get(i).release(used(3));
                    charged += 3;
                }
                redis.start();
            }
            long all = charged;
            assertThat(all).isPositive();
            eventually("it is up", () -> state.stats().up());
            assertThat(state.settle(Duration.ofSeconds(10))).isTrue();
            eventually(all + " are charged", () -> count(book, ALICE, TOKENS_PER_DAY) == all);
            assertThat(state.stats().lost()).isZero();
        }
    }
}
