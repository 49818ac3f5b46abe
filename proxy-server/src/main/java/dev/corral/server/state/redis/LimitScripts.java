package dev.corral.server.state.redis;

import dev.corral.auth.limit.CalendarSpan;
import dev.corral.auth.limit.LimitKind;
import dev.corral.auth.limit.LimitPlan.Account;
import dev.corral.auth.limit.Need;
import io.lettuce.core.ScriptOutputType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Calls the scripts of limits. Any thread; does not block. */
final class LimitScripts {
    /** How long a lease lives that nobody renews. */
    static final long LIFE_MILLIS = 30_000;

    private static final int DAYS_TRIED = 3;
    private static final long TAKEN = 1;
    private static final long OTHER_DAY = 2;
    private static final int RENEWED_AT_ONCE = 500;

    private final RedisConnector redis;
    private final RedisNames names;
    private final RedisCalendar calendar;
    private final long lifeMillis;

    LimitScripts(RedisConnector redis, RedisNames names, RedisCalendar calendar, long lifeMillis) {
        this.redis = redis;
        this.names = names;
        this.calendar = calendar;
        this.lifeMillis = lifeMillis;
    }

    /**
     * What a script answered.
     *
     * @param taken whether everything was taken
     * @param nowMillis when, by Redis's clock
     * @param span in which day
     * @param numbers of each account where nothing was taken; else none
     */
    record Answer(boolean taken, long nowMillis, CalendarSpan span, List<AccountNumbers> numbers) {}

    /** Takes what is needed of all accounts, or of none and tells where they stand. */
    CompletionStage<Answer> reserve(RedisLease lease, Need need) {
        return reserve(lease.id(), lease.accounts(), need);
    }

    /** Where accounts stand. */
    CompletionStage<Answer> look(List<Account> accounts) {
        return reserve("", accounts, new Need(false, 0, 0));
    }

    private CompletionStage<Answer> reserve(String lease, List<Account> accounts, Need need) {
        List<String> keys = keys(accounts);
        return inTheDay(
                RedisScript.RESERVE,
                keys,
                span -> {
                    List<String> args = args(span, lease);
                    args.add(Long.toString(lifeMillis));
                    args.add(need.model() ? Long.toString(need.tokens()) : "0");
                    args.add(Long.toString(need.most()));
                    args.add(Long.toString(need.gpuNanos()));
                    accounts.forEach(account -> AccountNumbers.limits(account.limits(), args));
                    return args;
                },
                (span, numbers) -> answer(accounts, span, numbers));
    }

    private static Answer answer(List<Account> accounts, CalendarSpan span, List<Long> numbers) {
        boolean taken = numbers.get(0) == TAKEN;
        List<AccountNumbers> told = new ArrayList<>();
        for (int i = 0; !taken && i < accounts.size(); i++) {
            told.add(AccountNumbers.of(accounts.get(i), numbers, 2 + i * AccountNumbers.COUNT));
        }
        return new Answer(taken, numbers.get(1), span, told);
    }

    /** Gives back and charges; how many accounts had not been charged yet. */
    CompletionStage<Long> settle(Settlement settlement) {
        List<Account> accounts = settlement.lease().accounts();
        return inTheDay(
                RedisScript.SETTLE,
                keys(accounts),
                span -> {
                    List<String> args = args(span, settlement.lease().id());
                    args.add(Long.toString(settlement.tokens()));
                    args.add(Long.toString(settlement.gpuNanos()));
                    for (Account account : accounts) {
                        args.add(AccountNumbers.number(account.limits().limit(LimitKind.REQUESTS_PER_MINUTE)));
                        args.add(AccountNumbers.number(account.limits().limit(LimitKind.TOKENS_PER_MINUTE)));
                    }
                    return args;
                },
                (span, numbers) -> numbers.get(2));
    }

    /** Lets leases live on; some hundred at a time, one after the other in the same pipeline. */
    CompletionStage<Void> renew(List<RedisLease> leases) {
        List<CompletableFuture<?>> all = new ArrayList<>();
        List<String> keys = new ArrayList<>();
        List<String> args = new ArrayList<>(List.of(Long.toString(lifeMillis)));
        for (RedisLease lease : leases) {
            for (Account account : lease.accounts()) {
                String[] of = names.account(account.id());
                Collections.addAll(keys, of[1], of[3]);
                args.add(lease.id());
            }
            if (args.size() > RENEWED_AT_ONCE) {
                all.add(renew(keys, args));
                keys = new ArrayList<>();
                args = new ArrayList<>(List.of(Long.toString(lifeMillis)));
            }
        }
        if (!keys.isEmpty()) {
            all.add(renew(keys, args));
        }
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<List<Long>> renew(List<String> keys, List<String> args) {
        CompletionStage<List<Long>> answer =
                redis.ask(commands -> RedisScript.RENEW.run(commands, ScriptOutputType.MULTI, keys, args));
        return answer.toCompletableFuture();
    }

    @FunctionalInterface
    private interface Reader<T> {
        T read(CalendarSpan span, List<Long> numbers);
    }

    private <T> CompletionStage<T> inTheDay(
            RedisScript script, List<String> keys, Function<CalendarSpan, List<String>> args, Reader<T> reader) {
        return inTheDay(script, keys, args, reader, DAYS_TRIED);
    }

    // A script that is called with another day than the one it is by Redis's clock has done nothing, and tells the
    // time.
    private <T> CompletionStage<T> inTheDay(
            RedisScript script,
            List<String> keys,
            Function<CalendarSpan, List<String>> args,
            Reader<T> reader,
            int tries) {
        CalendarSpan span = calendar.present();
        CompletionStage<List<Long>> answer =
                redis.ask(commands -> script.run(commands, ScriptOutputType.MULTI, keys, args.apply(span)));
        return answer.thenCompose(numbers -> {
            calendar.told(numbers.get(1));
            if (numbers.get(0) != OTHER_DAY) {
                return CompletableFuture.completedFuture(reader.read(span, numbers));
            }
            return tries > 1
                    ? inTheDay(script, keys, args, reader, tries - 1)
                    : CompletableFuture.failedFuture(new RedisAwayException("its clock cannot be followed"));
        });
    }

    private static List<String> args(CalendarSpan span, String lease) {
        List<String> args = new ArrayList<>();
        args.add(Long.toString(span.dayStart()));
        args.add(Long.toString(span.dayEnd()));
        args.add(Long.toString(span.monthStart()));
        args.add(Long.toString(span.monthEnd()));
        args.add(lease);
        return args;
    }

    private List<String> keys(List<Account> accounts) {
        List<String> keys = new ArrayList<>();
        accounts.forEach(account -> Collections.addAll(keys, names.account(account.id())));
        return keys;
    }
}
