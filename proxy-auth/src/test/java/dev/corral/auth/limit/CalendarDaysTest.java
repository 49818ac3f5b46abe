package dev.corral.auth.limit;

import static dev.corral.auth.limit.Book.ALICE;
import static dev.corral.auth.limit.Book.limit;
import static dev.corral.auth.limit.Book.tokens;
import static dev.corral.auth.limit.Book.used;
import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.spi.Permit;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CalendarDaysTest {
    @ParameterizedTest
    @CsvSource({
        "2026-11-23T12:00:00Z, UTC,              2026-11-23, 2026-11-24T00:00:00Z, 2026-12-01T00:00:00Z",
        "2026-12-31T23:59:59.999Z, UTC,          2026-12-31, 2027-01-01T00:00:00Z, 2027-01-01T00:00:00Z",
        "2028-02-28T12:00:00Z, UTC,              2028-02-28, 2028-02-29T00:00:00Z, 2028-03-01T00:00:00Z",
        // A day of 23 hours, and one of 25.
        "2026-03-28T23:00:00Z, Europe/Berlin,    2026-03-29, 2026-03-29T22:00:00Z, 2026-03-31T22:00:00Z",
        "2026-10-24T22:00:00Z, Europe/Berlin,    2026-10-25, 2026-10-25T23:00:00Z, 2026-10-31T23:00:00Z",
        // Midnight does not exist: the day begins at one o'clock.
        "2026-09-06T03:59:59.999Z, America/Santiago, 2026-09-05, 2026-09-06T04:00:00Z, 2026-10-01T03:00:00Z",
        "2026-09-06T04:00:00Z, America/Santiago, 2026-09-06, 2026-09-07T03:00:00Z, 2026-10-01T03:00:00Z",
        // The hour before midnight comes twice.
        "2026-04-05T03:30:00Z, America/Santiago, 2026-04-04, 2026-04-05T04:00:00Z, 2026-05-01T04:00:00Z",
        // The hour after midnight comes twice: the day has begun already.
        "2026-11-01T04:30:00Z, America/Havana,   2026-11-01, 2026-11-02T05:00:00Z, 2026-12-01T05:00:00Z",
        "2026-11-01T05:30:00Z, America/Havana,   2026-11-01, 2026-11-02T05:00:00Z, 2026-12-01T05:00:00Z",
        // Half an hour after midnight it was 23:01 again in St. John's, until 2011.
        "2010-11-07T02:30:00Z, America/St_Johns, 2010-11-07, 2010-11-08T03:30:00Z, 2010-12-01T03:30:00Z",
        "2010-11-07T02:35:00Z, America/St_Johns, 2010-11-07, 2010-11-08T03:30:00Z, 2010-12-01T03:30:00Z",
        // A day that never was.
        "2011-12-30T09:59:59Z, Pacific/Apia,     2011-12-29, 2011-12-30T10:00:00Z, 2011-12-31T10:00:00Z",
        "2011-12-30T10:00:00Z, Pacific/Apia,     2011-12-31, 2011-12-31T10:00:00Z, 2011-12-31T10:00:00Z",
    })
    void dayAndMonth_endWhenTheyEndThere(String now, String zone, String day, String end, String monthEnd) {
        Window window = new CalendarDays(ZoneId.of(zone), new WallClock(now)).present();
        assertThat(window.date()).hasToString(day);
        assertThat(Instant.ofEpochMilli(window.endMillis())).isEqualTo(Instant.parse(end));
        assertThat(Instant.ofEpochMilli(window.monthEndMillis())).isEqualTo(Instant.parse(monthEnd));
    }

    @ParameterizedTest
    @CsvSource({"Europe/Berlin", "America/Santiago", "Pacific/Apia", "America/Havana", "Asia/Kathmandu", "UTC"})
    void everyMinuteOfYears_daysOnlyAdvanceAndLieWithinTheirBounds(String zone) {
        WallClock clock = new WallClock("2011-12-01T00:00:00Z");
        CalendarDays days = new CalendarDays(ZoneId.of(zone), clock);
        Window before = days.present();
        for (int i = 0; i < 400 * 96; i++) {
            clock.advance(Duration.ofMinutes(15));
            Window window = days.present();
            long now = clock.epochMillis();
            assertThat(now).isGreaterThanOrEqualTo(window.startMillis()).isLessThan(window.endMillis());
            assertThat(window.monthEndMillis()).isGreaterThanOrEqualTo(window.endMillis());
            if (window.version() != before.version()) {
                assertThat(window.startMillis()).isEqualTo(before.endMillis());
                assertThat(window.dayAfter(before)).isTrue();
            }
            // A fresh look finds the same day as one that went through all days before.
            assertThat(new CalendarDays(ZoneId.of(zone), clock).present().date())
                    .isEqualTo(window.date());
            before = window;
        }
    }

    @Test
    void nextDay_beginsAnew_theMonthGoesOn() {
        Book book = new Book(
                "2026-11-29T22:59:00Z",
                "Europe/Berlin",
                limit(LimitKind.TOKENS_PER_DAY, 100, LimitKind.TOKENS_PER_MONTH, 250),
                LimitSet.NONE);
        book.run(ALICE, 100);
        assertThat(book.permit(ALICE, tokens(1))).isNull();
        book.clock.advance(Duration.ofMinutes(1));
        book.run(ALICE, 100);
        assertThat(book.status(ALICE, LimitKind.TOKENS_PER_MONTH).used()).isEqualTo(200);
        book.clock.advance(Duration.ofDays(1));
        assertThat(book.status(ALICE, LimitKind.TOKENS_PER_MONTH).used()).isZero();
        book.run(ALICE, 100);
    }

    @Test
    void requestAcrossMidnight_isChargedToTheDayInWhichItEnds() {
        Book book = new Book("2026-11-23T23:59:00Z", "UTC", limit(LimitKind.TOKENS_PER_DAY, 100), LimitSet.NONE);
        Permit yesterday = book.admitted(ALICE, tokens(80));
        book.clock.advance(Duration.ofMinutes(2));
        Permit today = book.admitted(ALICE, tokens(40));
        assertThat(book.status(ALICE, LimitKind.TOKENS_PER_DAY).reserved()).isEqualTo(40);
        yesterday.release(used(50));
        LimitStatus status = book.status(ALICE, LimitKind.TOKENS_PER_DAY);
        assertThat(status.used()).isEqualTo(50);
        assertThat(status.reserved()).isEqualTo(40);
        today.release(used(10));
        assertThat(book.status(ALICE, LimitKind.TOKENS_PER_DAY).left()).isEqualTo(40);
    }

    @Test
    void clockSetBackOverMidnight_givesNoSecondQuota() {
        Book book = new Book("2026-11-23T23:30:00Z", "UTC", limit(LimitKind.TOKENS_PER_DAY, 100), LimitSet.NONE);
        book.run(ALICE, 100);
        book.clock.set("2026-11-24T00:10:00Z");
        book.run(ALICE, 100);
        book.clock.set("2026-11-23T23:40:00Z");
        assertThat(book.permit(ALICE, tokens(1))).isNull();
        assertThat(book.refusal(ALICE, tokens(1)).headers())
                .containsEntry(
                        "Retry-After",
                        Long.toString(Duration.ofMinutes(24 * 60 + 20).toSeconds()));
        book.clock.set("2026-11-24T00:10:00Z");
        assertThat(book.permit(ALICE, tokens(1))).isNull();
        book.clock.set("2026-11-25T00:00:00Z");
        book.run(ALICE, 100);
    }

    @Test
    void clockSetFarBackAndForwardAgain_givesNoSecondQuota() {
        Book book = new Book(
                "2026-11-23T12:00:00Z",
                "UTC",
                limit(LimitKind.TOKENS_PER_DAY, 100, LimitKind.TOKENS_PER_MONTH, 1000),
                LimitSet.NONE);
        book.run(ALICE, 60);
        Permit permit = book.admitted(ALICE, tokens(40));
        book.clock.set("2026-10-23T12:00:00Z");
        assertThat(book.permit(ALICE, tokens(1))).isNull();
        permit.release(used(40));
        book.clock.set("2026-11-23T12:01:00Z");
        assertThat(book.permit(ALICE, tokens(1))).isNull();
        assertThat(book.status(ALICE, LimitKind.TOKENS_PER_MONTH).used()).isEqualTo(100);
        book.clock.set("2026-11-24T00:00:00Z");
        book.run(ALICE, 100);
    }

    @Test
    void clockThatWasYearsAhead_isFollowedBack_andNothingIsForgotten() {
        Book book = new Book("2036-11-23T12:00:00Z", "UTC", limit(LimitKind.TOKENS_PER_DAY, 100), LimitSet.NONE);
        Permit permit = book.admitted(ALICE, tokens(60));
        book.clock.set("2026-11-23T12:00:00Z");
        assertThat(book.permit(ALICE, tokens(60))).isNull();
        permit.release(used(60));
        assertThat(book.status(ALICE, LimitKind.TOKENS_PER_DAY).left()).isEqualTo(40);
        assertThat(book.limiter.today()).hasToString("2026-11-23");
        book.clock.set("2026-11-24T12:00:00Z");
        assertThat(book.status(ALICE, LimitKind.TOKENS_PER_DAY).left()).isEqualTo(100);
    }

    @Test
    void restored_isAddedToWhatWasCountedMeanwhile() {
        Book book = Book.of(limit(LimitKind.TOKENS_PER_DAY, 100, LimitKind.TOKENS_PER_MONTH, 1000));
        book.run(ALICE, 10);
        Permit permit = book.admitted(ALICE, tokens(20));
        book.limiter.restore(Map.of("key:aaaaaaaa", new Spent(50, 700, 0)), book.limiter.today());
        LimitStatus day = book.status(ALICE, LimitKind.TOKENS_PER_DAY);
        assertThat(day.used()).isEqualTo(60);
        assertThat(day.reserved()).isEqualTo(20);
        assertThat(book.status(ALICE, LimitKind.TOKENS_PER_MONTH).used()).isEqualTo(710);
        permit.release(used(20));
        assertThat(book.status(ALICE, LimitKind.TOKENS_PER_DAY).left()).isEqualTo(20);
    }

    @Test
    void restoredOfADayOrMonthThatIsOver_isLeftOut() {
        Book book = Book.of(limit(LimitKind.TOKENS_PER_DAY, 100, LimitKind.TOKENS_PER_MONTH, 1000));
        Map<String, Spent> spent = Map.of("key:aaaaaaaa", new Spent(50, 700, 0));
        book.limiter.restore(spent, book.limiter.today().minusMonths(1));
        assertThat(book.status(ALICE, LimitKind.TOKENS_PER_MONTH).used()).isZero();
        book.limiter.restore(spent, book.limiter.today().minusDays(1));
        assertThat(book.status(ALICE, LimitKind.TOKENS_PER_DAY).used()).isZero();
        assertThat(book.status(ALICE, LimitKind.TOKENS_PER_MONTH).used()).isEqualTo(700);
    }
}
