package dev.corral.auth.limit;

import static dev.corral.auth.limit.Book.ALICE;
import static dev.corral.auth.limit.Book.BOB;
import static dev.corral.auth.limit.Book.gpu;
import static dev.corral.auth.limit.Book.limit;
import static dev.corral.auth.limit.Book.tokens;
import static dev.corral.auth.limit.Book.used;
import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.AdmissionDecision;
import dev.corral.core.spi.Demand;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.Metering;
import dev.corral.core.spi.Outcome;
import dev.corral.core.spi.Permit;
import dev.corral.core.spi.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class LocalLimiterTest {
    private static final Usage NOTHING = new Usage(0, 0, 0, Outcome.UPSTREAM_FAILED, Metering.NONE);

    @Test
    void nobodyLimited_costsNoAccount() {
        Book book = Book.of(LimitSet.NONE);
        assertThat(book.ask(ALICE, tokens(1_000_000))).isSameAs(AdmissionDecision.Admit.FREELY);
        assertThat(book.limiter.standing(ALICE, Endpoint.CHAT)).isNull();
        assertThat(book.limiter.status(ALICE).toCompletableFuture().join()).isEmpty();
        assertThat(book.limiter.accounts()).isZero();
    }

    @Test
    void requests_comeAtOnceUpToTheBurst_thenAtTheRate() {
        Book book = Book.of(limit(LimitKind.REQUESTS_PER_MINUTE, 30, LimitKind.BURST, 3));
        for (int i = 0; i < 3; i++) {
            book.run(ALICE, 1);
        }
        ProxyError refused = book.refusal(ALICE, tokens(1));
        assertThat(refused.code()).isEqualTo(ErrorCode.REQUEST_RATE);
        assertThat(refused.headers()).containsEntry("Retry-After", "2");
        book.clock.advance(Duration.ofMillis(1999));
        assertThat(book.permit(ALICE, tokens(1))).isNull();
        book.clock.advance(Duration.ofMillis(1));
        book.run(ALICE, 1);
        assertThat(book.permit(ALICE, tokens(1))).isNull();
        book.clock.advance(Duration.ofHours(1));
        for (int i = 0; i < 3; i++) {
            book.run(ALICE, 1);
        }
        assertThat(book.permit(ALICE, tokens(1))).isNull();
    }

    @Test
    void requestsWithoutBurst_areAllOfAMinuteAtOnce() {
        Book book = Book.of(limit(LimitKind.REQUESTS_PER_MINUTE, 5));
        for (int i = 0; i < 5; i++) {
            book.run(ALICE, 1);
        }
        assertThat(book.permit(ALICE, tokens(1))).isNull();
        book.clock.advance(Duration.ofSeconds(12));
        book.run(ALICE, 1);
        assertThat(book.permit(ALICE, tokens(1))).isNull();
    }

    @Test
    void tokensOfAMinute_drainContinuouslyAndAreSettled() {
        Book book = Book.of(limit(LimitKind.TOKENS_PER_MINUTE, 600));
        Permit permit = book.admitted(ALICE, tokens(600));
        ProxyError refused = book.refusal(ALICE, tokens(100));
        assertThat(refused.code()).isEqualTo(ErrorCode.TOKEN_RATE);
        // Nobody knows when the other one ends, and what it will have used.
        assertThat(refused.headers()).containsEntry("Retry-After", "1");
        permit.release(used(500));
        assertThat(book.refusal(ALICE, tokens(200)).headers()).containsEntry("Retry-After", "10");
        book.run(ALICE, 100);
        assertThat(book.permit(ALICE, tokens(1))).isNull();
        book.clock.advance(Duration.ofMillis(100));
        book.run(ALICE, 1);
    }

    @Test
    void tokensOfAMinute_mayBeOverdrawnByOneRequest_andMustBeWaitedFor() {
        Book book = Book.of(limit(LimitKind.TOKENS_PER_MINUTE, 60));
        book.admitted(ALICE, tokens(10)).release(used(180));
        assertThat(book.refusal(ALICE, tokens(60)).headers()).containsEntry("Retry-After", "180");
        assertThat(book.status(ALICE, LimitKind.TOKENS_PER_MINUTE).left()).isZero();
        book.clock.advance(Duration.ofSeconds(121));
        book.run(ALICE, 1);
    }

    @Test
    void tokensOfAMinuteThatAreReserved_areNotHadTwice_howeverLongTheRequestTakes() {
        Book book = Book.of(limit(LimitKind.TOKENS_PER_MINUTE, 20_000));
        Permit slow = book.admitted(ALICE, tokens(20_000));
        book.clock.advance(Duration.ofMinutes(1));
        assertThat(book.permit(ALICE, tokens(1))).isNull();
        slow.release(used(10));
        book.admitted(ALICE, tokens(19_990));
        assertThat(book.permit(ALICE, tokens(1))).isNull();
    }

    @Test
    void tokensOfAMinuteOfSeveral_areWhatTheyUsed_inWhateverOrderTheyEnd() {
        Book book = Book.of(limit(LimitKind.TOKENS_PER_MINUTE, 6000));
        Permit first = book.admitted(ALICE, tokens(2000));
        Permit second = book.admitted(ALICE, tokens(2000));
        Permit third = book.admitted(ALICE, tokens(2000));
        assertThat(book.status(ALICE, LimitKind.TOKENS_PER_MINUTE).reserved()).isEqualTo(6000);
        third.release(used(500));
        first.release(used(0));
        second.release(used(2500));
        assertThat(book.status(ALICE, LimitKind.TOKENS_PER_MINUTE).used()).isEqualTo(3000);
        assertThat(book.status(ALICE, LimitKind.TOKENS_PER_MINUTE).reserved()).isZero();
        book.clock.advance(Duration.ofSeconds(10));
        assertThat(book.status(ALICE, LimitKind.TOKENS_PER_MINUTE).used()).isEqualTo(2000);
    }

    @Test
    void bucketLookedAtAllTheTime_drainsNoSlower() {
        Book book = Book.of(limit(LimitKind.TOKENS_PER_MINUTE, 60_000));
        book.run(ALICE, 60_000);
        for (int i = 0; i < 1000; i++) {
            book.clock.advance(Duration.ofNanos(900_000));
            assertThat(book.status(ALICE, LimitKind.TOKENS_PER_MINUTE).left()).isLessThanOrEqualTo(900);
        }
        assertThat(book.status(ALICE, LimitKind.TOKENS_PER_MINUTE).left()).isEqualTo(900);
    }

    @Test
    void tokensOfADay_areReservedThenSettled() {
        Book book = Book.of(limit(LimitKind.TOKENS_PER_DAY, 1000));
        Permit permit = book.admitted(ALICE, tokens(700));
        LimitStatus status = book.status(ALICE, LimitKind.TOKENS_PER_DAY);
        assertThat(status)
                .isEqualTo(new LimitStatus(
                        "key:aaaaaaaa",
                        LimitKind.TOKENS_PER_DAY,
                        1000,
                        0,
                        700,
                        300,
                        Instant.parse("2026-11-24T00:00:00Z").toEpochMilli()));
        assertThat(book.permit(ALICE, tokens(301))).isNull();
        Permit second = book.admitted(ALICE, tokens(300));
        permit.release(used(650));
        second.release(used(0));
        status = book.status(ALICE, LimitKind.TOKENS_PER_DAY);
        assertThat(status.used()).isEqualTo(650);
        assertThat(status.reserved()).isZero();
        assertThat(status.left()).isEqualTo(350);
    }

    @Test
    void quotaThatOnlyReservationsHold_isWorthAnotherTrySoon() {
        Book book = Book.of(limit(LimitKind.TOKENS_PER_DAY, 1000));
        Permit permit = book.admitted(ALICE, tokens(700));
        ProxyError refused = book.refusal(ALICE, tokens(400));
        assertThat(refused.headers()).containsEntry("Retry-After", "1").doesNotContainKey("x-should-retry");
        assertThat(refused.message()).contains("0 are used, 700 are set aside").endsWith("more when others have ended");
        permit.release(used(700));
        assertThat(book.refusal(ALICE, tokens(400)).headers()).containsEntry("Retry-After", "43200");
    }

    @Test
    void requestLargerThanTheWholeLimit_runsWhenNothingElseWasUsed() {
        for (LimitKind kind :
                new LimitKind[] {LimitKind.TOKENS_PER_MINUTE, LimitKind.TOKENS_PER_DAY, LimitKind.TOKENS_PER_MONTH}) {
            Book book = Book.of(limit(kind, 100));
            Permit permit = book.admitted(ALICE, tokens(5000));
            assertThat(book.permit(ALICE, tokens(1))).as("%s", kind).isNull();
            permit.release(used(30));
            assertThat(book.status(ALICE, kind).used()).isEqualTo(30);
            assertThat(book.permit(ALICE, tokens(5000))).as("%s", kind).isNull();
        }
    }

    @Test
    void gpuTime_isCountedInNanosecondsAndToldInSeconds() {
        Book book = Book.of(limit(LimitKind.GPU_SECONDS_PER_DAY, 2));
        book.admitted(ALICE, gpu(Duration.ofMillis(400))).release(used(9, Duration.ofMillis(1500)));
        assertThat(book.permit(ALICE, gpu(Duration.ofMillis(501)))).isNull();
        LimitStatus status = book.status(ALICE, LimitKind.GPU_SECONDS_PER_DAY);
        assertThat(status.used()).isEqualTo(2);
        assertThat(status.left()).isZero();
        book.admitted(ALICE, gpu(Duration.ofMillis(500))).release(used(9, Duration.ofMillis(500)));
        assertThat(book.refusal(ALICE, gpu(Duration.ZERO)).code()).isEqualTo(ErrorCode.GPU_QUOTA);
    }

    @Test
    void concurrency_isGivenBackWhateverHappened() {
        Book book = Book.of(limit(LimitKind.CONCURRENCY, 2));
        Permit first = book.admitted(ALICE, tokens(1));
        book.admitted(ALICE, Demand.NONE);
        ProxyError refused = book.refusal(ALICE, Demand.NONE);
        assertThat(refused.code()).isEqualTo(ErrorCode.CONCURRENCY);
        assertThat(refused.headers()).containsEntry("Retry-After", "1");
        first.release(NOTHING);
        assertThat(book.permit(ALICE, tokens(1))).isNotNull();
    }

    @Test
    void permitReleasedTwice_countsOnce() {
        Book book = Book.of(limit(LimitKind.CONCURRENCY, 1, LimitKind.TOKENS_PER_DAY, 1000));
        Permit permit = book.admitted(ALICE, tokens(100));
        permit.release(used(60));
        permit.release(used(60));
        assertThat(book.status(ALICE, LimitKind.TOKENS_PER_DAY).used()).isEqualTo(60);
        assertThat(book.status(ALICE, LimitKind.TOKENS_PER_DAY).left()).isEqualTo(940);
        assertThat(book.status(ALICE, LimitKind.CONCURRENCY).used()).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = "BURST", mode = EnumSource.Mode.EXCLUDE)
    void refusedByTheRole_takesNothingOfTheKey(LimitKind kind) {
        LimitSet generous = new LimitSet(Map.of(
                LimitKind.REQUESTS_PER_MINUTE, 100L,
                LimitKind.TOKENS_PER_MINUTE, 1000L,
                LimitKind.TOKENS_PER_DAY, 1000L,
                LimitKind.TOKENS_PER_MONTH, 1000L,
                LimitKind.GPU_SECONDS_PER_DAY, 1000L,
                LimitKind.CONCURRENCY, 100L));
        Book book = new Book("2026-11-23T12:00:00Z", "UTC", generous, limit(kind, 1));
        Demand one = new Demand("m", 0, 1, 1_000_000_000);
        book.admitted(BOB, one);
        ProxyError refused = book.refusal(ALICE, one);
        assertThat(refused.message()).startsWith("all keys of the role \"student\" together may ");
        assertThat(book.limiter.status(ALICE).toCompletableFuture().join())
                .filteredOn(status -> status.account().equals("key:aaaaaaaa"))
                .hasSize(6)
                .allSatisfy(
                        status -> assertThat(status.used() + status.reserved()).isZero());
        assertThat(book.refused).containsExactly(kind);
    }

    @Test
    void requestWithoutAModel_needsNoTokens() {
        Book book = Book.of(limit(LimitKind.TOKENS_PER_DAY, 10, LimitKind.TOKENS_PER_MONTH, 10));
        book.admitted(ALICE, tokens(10)).release(used(50));
        assertThat(book.limiter.standing(ALICE, Endpoint.CHAT)).isNotNull();
        assertThat(book.limiter.standing(ALICE, Endpoint.TAGS)).isNull();
        assertThat(book.limiter.reserve(ALICE, Endpoint.TAGS, Demand.NONE)).isInstanceOf(AdmissionDecision.Admit.class);
    }

    @Test
    void liveness_countsOnNothing() {
        Book book = Book.of(limit(LimitKind.REQUESTS_PER_MINUTE, 1));
        book.run(ALICE, 1);
        assertThat(book.limiter.reserve(ALICE, Endpoint.ROOT, Demand.NONE)).isSameAs(AdmissionDecision.Admit.FREELY);
        assertThat(book.limiter.standing(ALICE, Endpoint.ROOT)).isNull();
    }

    @Test
    void standing_refusesOnlyWhatEveryRequestWouldBeRefusedFor_andTakesNothing() {
        Book book = Book.of(limit(LimitKind.TOKENS_PER_DAY, 100, LimitKind.CONCURRENCY, 2));
        assertThat(book.limiter.standing(ALICE, Endpoint.CHAT)).isNull();
        assertThat(book.limiter.accounts()).isZero();
        Permit permit = book.admitted(ALICE, tokens(99));
        assertThat(book.limiter.standing(ALICE, Endpoint.CHAT)).isNull();
        book.admitted(ALICE, tokens(1));
        assertThat(book.limiter.standing(ALICE, Endpoint.CHAT)).isNotNull();
        assertThat(book.limiter.standing(ALICE, Endpoint.TAGS)).isNotNull();
        assertThat(book.refused).containsExactly(LimitKind.TOKENS_PER_DAY, LimitKind.CONCURRENCY);
        permit.release(used(0));
        assertThat(book.limiter.standing(ALICE, Endpoint.CHAT)).isNull();
        assertThat(book.status(ALICE, LimitKind.CONCURRENCY).used()).isEqualTo(1);
    }

    @Test
    void severalRefuse_theOneWaitedForLongestDecides() {
        Book book = Book.of(new LimitSet(
                Map.of(LimitKind.REQUESTS_PER_MINUTE, 1L, LimitKind.TOKENS_PER_DAY, 10L, LimitKind.CONCURRENCY, 1L)));
        Permit permit = book.admitted(ALICE, tokens(10));
        assertThat(book.refusal(ALICE, tokens(1)).code()).isEqualTo(ErrorCode.REQUEST_RATE);
        permit.release(used(10));
        ProxyError refused = book.refusal(ALICE, tokens(1));
        assertThat(refused.code()).isEqualTo(ErrorCode.TOKEN_QUOTA);
        assertThat(refused.headers()).containsEntry("Retry-After", "43200");
        assertThat(book.refused).containsExactly(LimitKind.REQUESTS_PER_MINUTE, LimitKind.TOKENS_PER_DAY);
    }

    @Test
    void hostileCounts_areBroughtWithinBounds() {
        Book book = Book.of(limit(LimitKind.TOKENS_PER_DAY, 100, LimitKind.TOKENS_PER_MINUTE, 100));
        Permit permit = book.admitted(ALICE, new Demand("m", Long.MAX_VALUE, 0, Long.MAX_VALUE));
        permit.release(used(Long.MAX_VALUE, Duration.ofSeconds(Long.MAX_VALUE / 1_000_000_000)));
        assertThat(book.status(ALICE, LimitKind.TOKENS_PER_DAY).used()).isEqualTo(LimitText.MAX);
        assertThat(book.permit(ALICE, tokens(1))).isNull();
        Book other = Book.of(limit(LimitKind.TOKENS_PER_DAY, 100));
        other.admitted(ALICE, tokens(-5)).release(used(0, Duration.ofSeconds(-50)));
        assertThat(other.status(ALICE, LimitKind.TOKENS_PER_DAY).used()).isZero();
    }
}
