package dev.corral.server.state.redis;

import dev.corral.server.state.UsageEntry;
import dev.corral.server.state.UsageStore;
import dev.corral.server.state.UsageSums;
import io.lettuce.core.Range;
import io.lettuce.core.Range.Boundary;
import io.lettuce.core.ScriptOutputType;
import java.io.IOException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Usage in Redis: a hash for each day, with a field for each sum of each key and model. As durable as Redis is. Batches
 * that were added once are remembered for a day.
 */
final class RedisUsageStore implements UsageStore {
    private static final String REMEMBERED_MILLIS =
            Long.toString(Duration.ofDays(1).toMillis());
    // A script holds everybody up while it runs.
    private static final int ENTRIES_AT_ONCE = 1_000;

    private final RedisConnector redis;
    private final RedisNames names;
    private final String process;

    /**
     * Asks nothing yet.
     *
     * @param process what no other process that adds usage is called
     */
    RedisUsageStore(RedisConnector redis, RedisNames names, String process) {
        this.redis = redis;
        this.names = names;
        this.process = process;
    }

    @Override
    public void add(long batch, List<UsageEntry> entries) throws IOException {
        // Each part is added once, by a mark of its own.
        for (int from = 0, part = 0; from < entries.size(); from += ENTRIES_AT_ONCE, part++) {
            add(batch, part, entries.subList(from, Math.min(entries.size(), from + ENTRIES_AT_ONCE)));
        }
    }

    private void add(long batch, int part, List<UsageEntry> entries) throws IOException {
        Map<LocalDate, Integer> places = new LinkedHashMap<>();
        List<String> increments = new ArrayList<>();
        for (UsageEntry entry : entries) {
            Integer known = places.get(entry.day());
            int place = known == null ? places.size() + 1 : known;
            places.put(entry.day(), place);
            for (Sum sum : Sum.values()) {
                long value = sum.of(entry.sums());
                if (value != 0) {
                    increments.add(Integer.toString(place));
                    increments.add(sum.field(entry.keyId(), entry.model()));
                    increments.add(Long.toString(value));
                }
            }
        }
        List<String> keys = new ArrayList<>();
        keys.add(names.batch(process + ":" + part, batch));
        keys.add(names.days());
        List<String> args = new ArrayList<>();
        args.add(REMEMBERED_MILLIS);
        args.add(Integer.toString(places.size()));
        for (LocalDate day : places.keySet()) {
            keys.add(names.day(day));
            args.add(Long.toString(day.toEpochDay()));
        }
        args.addAll(increments);
        try {
            Long added = redis.await(
                    commands -> RedisScript.USAGE.<Long>run(commands, ScriptOutputType.INTEGER, keys, args));
            if (added == null) {
                throw new IOException("usage may not be in " + redis.place() + ": no answer");
            }
        } catch (RedisAwayException e) {
            throw new IOException("usage may not be in " + redis.place() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public List<UsageEntry> read(LocalDate first, LocalDate last) throws IOException {
        List<UsageEntry> all = new ArrayList<>();
        for (LocalDate day : days(Range.create(first.toEpochDay(), last.toEpochDay()))) {
            all.addAll(read(day));
        }
        return all;
    }

    private List<UsageEntry> read(LocalDate day) throws IOException {
        Map<String, String> fields = ask(commands -> commands.hgetall(names.day(day)));
        Map<String, long[]> sums = new TreeMap<>();
        for (Map.Entry<String, String> field : fields.entrySet()) {
            String name = field.getKey();
            Sum sum = Sum.of(name);
            if (sum != null) {
                sums.computeIfAbsent(name.substring(2), of -> new long[Sum.values().length])[sum.ordinal()] =
                        Long.parseLong(field.getValue());
            }
        }
        List<UsageEntry> entries = new ArrayList<>();
        sums.forEach((of, values) -> {
            int colon = of.indexOf(':');
            entries.add(new UsageEntry(
                    day,
                    of.substring(0, colon),
                    of.substring(colon + 1),
                    new UsageSums(values[0], values[1], values[2], values[3], values[4], values[5])));
        });
        return entries;
    }

    private List<LocalDate> days(Range<Long> range) throws IOException {
        List<String> days = ask(commands -> commands.zrangebyscore(names.days(), range));
        return days.stream()
                .map(day -> LocalDate.ofEpochDay(Long.parseLong(day)))
                .toList();
    }

    @Override
    public void forgetBefore(LocalDate day) throws IOException {
        for (LocalDate old : days(Range.from(Boundary.<Long>unbounded(), Boundary.excluding(day.toEpochDay())))) {
            ask(commands -> commands.del(names.day(old)));
            ask(commands -> commands.zrem(names.days(), Long.toString(old.toEpochDay())));
        }
    }

    private <T> T ask(RedisConnector.Question<T> question) throws IOException {
        try {
            return redis.await(question);
        } catch (RedisAwayException e) {
            throw new IOException("usage in " + redis.place() + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Nothing to close: the connection is others' too. */
    @Override
    public void close() {}
}
