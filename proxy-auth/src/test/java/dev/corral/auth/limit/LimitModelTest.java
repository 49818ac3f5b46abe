package dev.corral.auth.limit;

import static dev.corral.auth.limit.Book.ALICE;
import static dev.corral.auth.limit.Book.BOB;
import static dev.corral.auth.limit.Book.used;
import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.spi.Demand;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.Permit;
import dev.corral.core.spi.Principal;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random requests, settlements, changes of limits and waits, beside the plainest bookkeeping that could be right. */
final class LimitModelTest {
    private record Running(Principal who, Permit permit, Map<String, Long> reserved) {}

    /** One account, day after day on one day: tokens as decimals, nothing clever. */
    private static final class Account {
        final Map<String, Long> inForce = new HashMap<>();
        BigDecimal minute = BigDecimal.ZERO;
        BigDecimal requests = BigDecimal.ZERO;
        long held;
        long day;
        long reserved;
        long running;

        void pass(long millis) {
            minute = drained(minute, inForce.get("minute"), millis);
            requests = drained(requests, inForce.get("requests"), millis);
        }

        private static BigDecimal drained(BigDecimal level, @Nullable Long rate, long millis) {
            if (rate == null) {
                return BigDecimal.ZERO;
            }
            BigDecimal passed = BigDecimal.valueOf(rate)
                    .multiply(BigDecimal.valueOf(millis))
                    .divide(BigDecimal.valueOf(60_000), MathContext.DECIMAL128);
            return level.subtract(passed).max(BigDecimal.ZERO);
        }

        private boolean fits(String name, BigDecimal level, long more) {
            Long limit = inForce.get(name);
            return limit == null
                    || level.add(BigDecimal.valueOf(Math.min(more, limit))).compareTo(BigDecimal.valueOf(limit)) <= 0;
        }

        boolean allows(long tokens) {
            return fits("requests", requests, 1)
                    && fits("minute", minute.add(BigDecimal.valueOf(held)), tokens)
                    && fits("day", BigDecimal.valueOf(day + reserved), tokens)
                    && fits("running", BigDecimal.valueOf(running), 1);
        }

        void take(String prefix, long tokens, Map<String, Long> to) {
            running++;
            requests = requests.add(BigDecimal.ONE);
            long ofMinute = Math.min(tokens, inForce.getOrDefault("minute", 0L));
            long ofDay = Math.min(tokens, inForce.getOrDefault("day", Long.MAX_VALUE));
            held += ofMinute;
            reserved += ofDay;
            to.put(prefix + "minute", ofMinute);
            to.put(prefix + "day", ofDay);
        }

        void settle(String prefix, long tokens, Map<String, Long> from) {
            running--;
            held -= from.getOrDefault(prefix + "minute", 0L);
            minute = minute.add(BigDecimal.valueOf(tokens));
            reserved -= from.getOrDefault(prefix + "day", 0L);
            day += tokens;
        }
    }

    private static Account of(Map<String, Account> accounts, String id) {
        return Objects.requireNonNull(accounts.get(id));
    }

    private static Map<String, Long> limits(long requests, long minute, long day, long running) {
        return Map.of("requests", requests, "minute", minute, "day", day, "running", running);
    }

    private static LimitSet set(Map<String, Long> limits) {
        return new LimitSet(Map.of(
                LimitKind.REQUESTS_PER_MINUTE, limits.getOrDefault("requests", 0L),
                LimitKind.TOKENS_PER_MINUTE, limits.getOrDefault("minute", 0L),
                LimitKind.TOKENS_PER_DAY, limits.getOrDefault("day", 0L),
                LimitKind.CONCURRENCY, limits.getOrDefault("running", 0L)));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyDecisionAndEverySum_isThatOfThePlainModel(long seed) {
        Random random = new Random(seed);
        Map<String, Long> each = limits(40, 700, 9_000, 5);
        Map<String, Long> together = limits(60, 900, 15_000, 8);
        Book book = new Book("2026-11-23T02:00:00Z", "UTC", set(each), set(together));
        Map<String, Account> accounts = new HashMap<>();
        for (String id : List.of("aaaaaaaa", "bbbbbbbb", "role")) {
            Account account = new Account();
            account.inForce.putAll(id.equals("role") ? together : each);
            accounts.put(id, account);
        }
        Account role = of(accounts, "role");
        List<Running> running = new ArrayList<>();
        int admitted = 0;
        int refused = 0;
        for (int step = 0; step < 20_000; step++) {
            Principal who = random.nextBoolean() ? ALICE : BOB;
            Account key = of(accounts, who.keyId());
            int dice = random.nextInt(100);
            if (dice < 45) {
                long tokens = 1L + random.nextInt(random.nextInt(20) == 0 ? 3_000 : 150);
                boolean expected = key.allows(tokens) && role.allows(tokens);
                Permit permit = book.permit(who, new Demand("m", tokens - 1, 1, 1));
                assertThat(permit != null).as("step %d of seed %d", step, seed).isEqualTo(expected);
                if (permit != null) {
                    Map<String, Long> reserved = new HashMap<>();
                    key.take("key", tokens, reserved);
                    role.take("role", tokens, reserved);
                    running.add(new Running(who, permit, reserved));
                    admitted++;
                } else {
                    refused++;
                }
            } else if (dice < 85 && !running.isEmpty()) {
                Running one = running.remove(random.nextInt(running.size()));
                long tokens = random.nextInt(20) == 0 ? 400 : random.nextInt(60);
                one.permit().release(used(tokens));
                of(accounts, one.who().keyId()).settle("key", tokens, one.reserved());
                role.settle("role", tokens, one.reserved());
            } else if (dice < 99) {
                long millis = random.nextInt(6_000);
                if (book.clock.epochMillis() + millis
                        < Instant.parse("2026-11-24T00:00:00Z").toEpochMilli()) {
                    book.clock.advance(Duration.ofMillis(millis));
                    accounts.values().forEach(account -> account.pass(millis));
                }
            } else {
                // In force from the key's next request on; nothing passes in between here.
                Map<String, Long> others = limits(
                        20 + random.nextInt(40),
                        300 + random.nextInt(600),
                        5_000 + random.nextInt(9_000),
                        3 + random.nextInt(4));
                book.own.put(who.keyId(), set(others));
                key.inForce.putAll(others);
                assertThat(book.limiter.standing(who, Endpoint.CHAT) == null)
                        .isEqualTo(key.allows(1) && role.allows(1));
            }
            LimitStatus day = book.status(who, LimitKind.TOKENS_PER_DAY);
            assertThat(day.used()).isEqualTo(key.day);
            assertThat(day.reserved()).isEqualTo(key.reserved);
        }
        assertThat(admitted).isGreaterThan(100);
        assertThat(refused).isGreaterThan(100);
    }
}
