package dev.corral.server.state.redis;

import static dev.corral.auth.limit.LimitKind.CONCURRENCY;
import static dev.corral.auth.limit.LimitKind.GPU_SECONDS_PER_DAY;
import static dev.corral.auth.limit.LimitKind.REQUESTS_PER_MINUTE;
import static dev.corral.auth.limit.LimitKind.TOKENS_PER_DAY;
import static dev.corral.auth.limit.LimitKind.TOKENS_PER_MINUTE;
import static dev.corral.auth.limit.LimitKind.TOKENS_PER_MONTH;
import static dev.corral.server.state.redis.Students.ALICE;
import static dev.corral.server.state.redis.Students.BOB;
import static dev.corral.server.state.redis.Students.admitted;
import static dev.corral.server.state.redis.Students.eventually;
import static dev.corral.server.state.redis.Students.limit;
import static dev.corral.server.state.redis.Students.permit;
import static dev.corral.server.state.redis.Students.refused;
import static dev.corral.server.state.redis.Students.status;
import static dev.corral.server.state.redis.Students.tokens;
import static dev.corral.server.state.redis.Students.used;
import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.auth.limit.LimitBook;
import dev.corral.auth.limit.LimitKind;
import dev.corral.auth.limit.LimitPlan;
import dev.corral.auth.limit.LimitSet;
import dev.corral.auth.limit.LimitStatus;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.AdmissionDecision;
import dev.corral.core.spi.Demand;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.Permit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What every limiter does, wherever it counts. Time passes as it likes: no limit here is whole again within minutes. */
interface LimitBookContract {
    /** A limiter that counts on what was never used before. */
    LimitBook book(LimitPlan plan);

    private LimitBook each(LimitSet each) {
        return book(Students.plan(each, LimitSet.NONE));
    }

    private static LimitStatus of(LimitBook book, LimitKind kind) {
        LimitStatus status = status(book, ALICE, "", kind);
        assertThat(status).isNotNull();
        return status == null ? new LimitStatus("", kind, 0, 0, 0, 0, 0) : status;
    }

    @Test
    default void nobodyLimited_isAdmittedAtOnce() {
        AdmissionDecision decision = each(LimitSet.NONE).reserve(ALICE, Endpoint.CHAT, tokens(5));
        assertThat(decision).isEqualTo(AdmissionDecision.Admit.FREELY);
    }

    @Test
    default void dayQuota_isReservedThenSettledToTheTruth() {
        LimitBook book = each(limit(TOKENS_PER_DAY, 1_000));
        Permit first = admitted(book, ALICE, tokens(600));
        assertThat(of(book, TOKENS_PER_DAY)).satisfies(day -> {
            assertThat(day.reserved()).isEqualTo(600);
            assertThat(day.left()).isEqualTo(400);
        });
        ProxyError error = refused(book, ALICE, tokens(401));
        assertThat(error.code()).isEqualTo(ErrorCode.TOKEN_QUOTA);
        assertThat(error.headers()).containsKeys("Retry-After", "RateLimit", "RateLimit-Policy");
        first.release(used(100));
        eventually("the truth is charged", () -> of(book, TOKENS_PER_DAY).used() == 100);
        assertThat(of(book, TOKENS_PER_DAY).reserved()).isZero();
        assertThat(permit(book, ALICE, tokens(900))).isNotNull();
        assertThat(permit(book, ALICE, tokens(1))).isNull();
    }

    @Test
    default void requestForMoreThanTheWholeDay_runsWhereNothingElseWasUsedAndMayOverdraw() {
        LimitBook book = each(limit(TOKENS_PER_DAY, 100));
        Permit permit = admitted(book, ALICE, tokens(1_000_000));
        assertThat(of(book, TOKENS_PER_DAY).reserved()).isEqualTo(100);
        permit.release(used(250));
        eventually("250 of 100 are used", () -> of(book, TOKENS_PER_DAY).used() == 250);
        assertThat(of(book, TOKENS_PER_DAY).left()).isZero();
        assertThat(refused(book, ALICE, tokens(1)).code()).isEqualTo(ErrorCode.TOKEN_QUOTA);
    }

    @Test
    default void month_isCountedLikeTheDay() {
        LimitBook book = each(limit(TOKENS_PER_MONTH, 10));
        admitted(book, ALICE, tokens(10)).release(used(10));
        eventually("10 are used", () -> of(book, TOKENS_PER_MONTH).used() == 10);
        assertThat(refused(book, ALICE, tokens(1)).code()).isEqualTo(ErrorCode.TOKEN_QUOTA);
        assertThat(permit(book, BOB, tokens(10))).isNotNull();
    }

    @Test
    default void gpuTime_isToldInSecondsRoundedUp() {
        LimitBook book = each(limit(GPU_SECONDS_PER_DAY, 10));
        admitted(book, ALICE, new Demand("m", 1, 1, 0)).release(used(5, Duration.ofMillis(9_500)));
        eventually("9.5 s are used", () -> of(book, GPU_SECONDS_PER_DAY).used() == 10);
        assertThat(of(book, GPU_SECONDS_PER_DAY).left()).isZero();
        Demand second = new Demand("m", 1, 1, Duration.ofSeconds(1).toNanos());
        assertThat(refused(book, ALICE, second).code()).isEqualTo(ErrorCode.GPU_QUOTA);
    }

    @Test
    default void tokensOfAMinute_areGivenBackAndMayBeOverdrawn() {
        LimitBook book = each(limit(TOKENS_PER_MINUTE, 1_000));
        Permit permit = admitted(book, ALICE, tokens(1_000));
        ProxyError error = refused(book, ALICE, tokens(1_000));
        assertThat(error.code()).isEqualTo(ErrorCode.TOKEN_RATE);
        permit.release(used(0));
        eventually("all is given back", () -> of(book, TOKENS_PER_MINUTE).left() == 1_000);
        admitted(book, ALICE, tokens(1)).release(used(50_000));
        eventually("it is overdrawn", () -> of(book, TOKENS_PER_MINUTE).used() > 40_000);
        assertThat(permit(book, ALICE, tokens(1))).isNull();
    }

    @Test
    default void tokensOfAMinute_areHeldUntilTheRequestEnds_andThenAreWhatItUsed() {
        LimitBook book = each(new LimitSet(Map.of(TOKENS_PER_MINUTE, 60_000_000L, CONCURRENCY, 10L)));
        Permit first = admitted(book, ALICE, tokens(20_000_000));
        Permit second = admitted(book, ALICE, tokens(40_000_000));
        assertThat(of(book, TOKENS_PER_MINUTE).reserved()).isEqualTo(60_000_000);
        // A million drains in a second; of what is reserved nothing.
        first.release(used(10));
        eventually("it has ended", () -> of(book, CONCURRENCY).used() == 1);
        assertThat(of(book, TOKENS_PER_MINUTE).reserved()).isEqualTo(40_000_000);
        assertThat(permit(book, ALICE, tokens(20_000_100))).isNull();
        second.release(used(0));
        eventually("nothing is reserved", () -> of(book, TOKENS_PER_MINUTE).reserved() == 0);
        assertThat(permit(book, ALICE, tokens(60_000_000 - 10))).isNotNull();
    }

    @Test
    default void requestThatNamesNoNumber_holdsWhatItMayComeTo_orWhatIsLeft() {
        LimitBook book = each(limit(TOKENS_PER_DAY, 5_000));
        Demand unnamed = new Demand("m", 100, 600, 1, 2_100);
        Permit first = admitted(book, ALICE, unnamed);
        admitted(book, ALICE, unnamed);
        admitted(book, ALICE, unnamed);
        assertThat(of(book, TOKENS_PER_DAY).reserved()).isEqualTo(5_000);
        assertThat(refused(book, ALICE, unnamed).code()).isEqualTo(ErrorCode.TOKEN_QUOTA);
        first.release(used(0));
        eventually("what it held is given back", () -> of(book, TOKENS_PER_DAY).left() == 2_100);
    }

    @Test
    default void burst_isAsManyRequestsAtOnceAsItSays() {
        LimitBook book = each(new LimitSet(Map.of(REQUESTS_PER_MINUTE, 2L, LimitKind.BURST, 1L)));
        admitted(book, ALICE, Demand.NONE).release(used(0));
        ProxyError error = refused(book, ALICE, Demand.NONE);
        assertThat(error.code()).isEqualTo(ErrorCode.REQUEST_RATE);
        assertThat(Long.parseLong(error.headers().get("Retry-After"))).isBetween(25L, 30L);
        assertThat(of(book, REQUESTS_PER_MINUTE).left()).isZero();
    }

    @Test
    default void concurrency_isGivenBackOnceHoweverOftenItIsReleased() {
        LimitBook book = each(limit(CONCURRENCY, 2));
        Permit first = admitted(book, ALICE, tokens(1));
        Permit second = admitted(book, ALICE, tokens(1));
        assertThat(refused(book, ALICE, tokens(1)).code()).isEqualTo(ErrorCode.CONCURRENCY);
        first.release(used(1));
        first.release(used(1));
        eventually("one is free", () -> of(book, CONCURRENCY).used() == 1);
        assertThat(permit(book, ALICE, tokens(1))).isNotNull();
        assertThat(permit(book, ALICE, tokens(1))).isNull();
        second.release(used(1));
    }

    @Test
    default void whatOneAccountRefuses_isTakenOfNone() {
        LimitBook book = book(Students.plan(limit(TOKENS_PER_DAY, 100), limit(TOKENS_PER_DAY, 150)));
        admitted(book, ALICE, tokens(100));
        assertThat(permit(book, BOB, tokens(51))).isNull();
        assertThat(of(book, TOKENS_PER_DAY).account()).isEqualTo("key:aaaaaaaa");
        LimitStatus bob = status(book, BOB, "key:", TOKENS_PER_DAY);
        assertThat(bob).isNotNull().satisfies(day -> assertThat(day.reserved()).isZero());
        ProxyError error = refused(book, BOB, tokens(60));
        assertThat(error.message()).contains("student");
        assertThat(permit(book, BOB, tokens(50))).isNotNull();
    }

    @Test
    default void listingModels_needsNoTokens() {
        LimitBook book = each(limit(TOKENS_PER_DAY, 10));
        admitted(book, ALICE, tokens(10));
        AdmissionDecision listing = Students.decided(book.reserve(ALICE, Endpoint.TAGS, Demand.NONE));
        assertThat(listing).isInstanceOf(AdmissionDecision.Admit.class);
        assertThat(permit(book, ALICE, tokens(1))).isNull();
        assertThat(book.standing(ALICE, Endpoint.TAGS)).isNull();
    }

    @Test
    default void twoHundredAtOnce_getExactlyWhatTheQuotaAllows() {
        LimitBook book = each(limit(TOKENS_PER_DAY, 500));
        List<AdmissionDecision> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            all.add(book.reserve(ALICE, Endpoint.CHAT, tokens(10)));
        }
        assertThat(all.stream().map(Students::decided).filter(AdmissionDecision.Admit.class::isInstance))
                .hasSize(50);
    }
}
