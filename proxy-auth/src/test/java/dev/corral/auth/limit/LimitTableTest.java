package dev.corral.auth.limit;

import static dev.corral.auth.limit.Book.ALICE;
import static dev.corral.auth.limit.Book.limit;
import static dev.corral.auth.limit.Book.tokens;
import static dev.corral.auth.limit.Book.used;
import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.spi.Permit;
import dev.corral.core.spi.Principal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What stays in memory, and what a change of limits does to it. */
final class LimitTableTest {
    private static Principal key(int number) {
        return new Principal(String.format("%08d", number), "key " + number, "student");
    }

    @Test
    void keysThatUseNothing_leaveNothingBehind() {
        Book book = Book.of(limit(LimitKind.REQUESTS_PER_MINUTE, 10));
        int most = 0;
        for (int i = 0; i < 100_000; i++) {
            book.admitted(key(i), tokens(5)).release(used(0));
            book.clock.advance(Duration.ofMillis(10));
            most = Math.max(most, book.limiter.accounts());
        }
        // A minute is six thousand of them.
        assertThat(most).isLessThan(10_000);
    }

    @Test
    void usedTokens_areRememberedToTheEndOfTheMonth_andNoLonger() {
        Book book = Book.of(limit(LimitKind.TOKENS_PER_MONTH, 100));
        book.run(ALICE, 100);
        for (int i = 0; i < 5_000; i++) {
            book.clock.advance(Duration.ofMinutes(2));
            book.run(key(i), 1);
        }
        assertThat(book.limiter.accounts()).isEqualTo(5_001);
        assertThat(book.permit(ALICE, tokens(1))).isNull();
        book.clock.set("2026-12-01T00:00:00Z");
        for (int i = 5_000; i < 7_000; i++) {
            book.run(key(i), 1);
        }
        assertThat(book.limiter.accounts()).isBetween(2_000, 2_100);
    }

    @Test
    void runningRequest_keepsItsAccount() {
        Book book = Book.of(limit(LimitKind.CONCURRENCY, 1));
        Permit permit = book.admitted(ALICE, tokens(1));
        for (int i = 0; i < 100; i++) {
            book.clock.advance(Duration.ofHours(1));
            book.admitted(key(i), tokens(1)).release(used(0));
        }
        assertThat(book.permit(ALICE, tokens(1))).isNull();
        permit.release(used(0));
        assertThat(book.permit(ALICE, tokens(1))).isNotNull();
    }

    @Test
    void changedLimit_holdsAtOnceAndForgetsNothing() {
        Book book = Book.of(limit(LimitKind.TOKENS_PER_DAY, 100));
        Permit permit = book.admitted(ALICE, tokens(60));
        book.run(ALICE, 30);
        book.own.put(ALICE.keyId(), limit(LimitKind.TOKENS_PER_DAY, 50));
        assertThat(book.permit(ALICE, tokens(1))).isNull();
        LimitStatus status = book.status(ALICE, LimitKind.TOKENS_PER_DAY);
        assertThat(List.of(status.limit(), status.used(), status.reserved(), status.left()))
                .containsExactly(50L, 30L, 60L, 0L);
        book.own.put(ALICE.keyId(), limit(LimitKind.TOKENS_PER_DAY, 1000));
        assertThat(book.status(ALICE, LimitKind.TOKENS_PER_DAY).left()).isEqualTo(910);
        permit.release(used(60));
        book.own.remove(ALICE.keyId());
        assertThat(book.status(ALICE, LimitKind.TOKENS_PER_DAY).left()).isEqualTo(10);
    }

    @Test
    void limitLiftedForAKey_isNoLimit_theRolesOthersStay() {
        Book book = Book.of(limit(LimitKind.TOKENS_PER_DAY, 10, LimitKind.CONCURRENCY, 1));
        book.own.put(ALICE.keyId(), limit(LimitKind.TOKENS_PER_DAY, LimitSet.UNLIMITED));
        Permit permit = book.admitted(ALICE, tokens(5_000));
        assertThat(book.permit(ALICE, tokens(1))).isNull();
        permit.release(used(5_000));
        assertThat(book.permit(ALICE, tokens(5_000))).isNotNull();
        assertThat(book.limiter.status(ALICE).toCompletableFuture().join())
                .extracting(LimitStatus::kind)
                .containsExactly(LimitKind.CONCURRENCY);
    }

    @Test
    void plan_namesTheKeyFirst_leavesOutWhatLimitsNothing_andFindsTheSameAgain() {
        LimitSet day = limit(LimitKind.TOKENS_PER_DAY, 10);
        LimitSet none = limit(LimitKind.TOKENS_PER_DAY, LimitSet.UNLIMITED);
        RolePlan plan = new RolePlan(
                Map.of(
                        "student",
                        new RoleLimits(day, day, 3),
                        "burst",
                        new RoleLimits(limit(LimitKind.BURST, 5), none, 1)),
                id -> id.equals("free") ? none : LimitSet.NONE);
        assertThat(plan.of(ALICE))
                .containsExactly(
                        new LimitPlan.Account("key:aaaaaaaa", day), new LimitPlan.Account("role:student", day));
        assertThat(plan.of(ALICE)).isSameAs(plan.of(new Principal("aaaaaaaa", "alice", "student")));
        assertThat(plan.of(new Principal("free", "free", "student")))
                .containsExactly(new LimitPlan.Account("role:student", day));
        assertThat(plan.of(new Principal("aaaaaaaa", "alice", "burst"))).isEmpty();
        assertThat(plan.of(new Principal("aaaaaaaa", "alice", "unknown"))).isEmpty();
        assertThat(plan.weight(ALICE)).isEqualTo(3);
    }
}
