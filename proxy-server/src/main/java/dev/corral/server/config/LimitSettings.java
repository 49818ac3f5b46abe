package dev.corral.server.config;

import dev.corral.auth.limit.LimitKind;
import dev.corral.auth.limit.LimitSet;
import dev.corral.auth.limit.LimitText;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What may be said of a role's limits. */
final class LimitSettings {
    private static final ScalarType<Long> AMOUNT =
            new ScalarType<>(LimitText.EXPECTED, (text, in) -> LimitText.parse(text), LimitText::format);

    private static final Map<LimitKind, Member<LimitSet, Long>> MEMBERS = members();

    /** Every limit, each of them left out for none. */
    static final Section<LimitSet> LIMITS =
            new Section<>(List.copyOf(MEMBERS.values()), LimitSettings::read, LimitSet.NONE);

    private LimitSettings() {}

    private static LimitSet read(Values<LimitSet> values) {
        Map<LimitKind, Long> said = new EnumMap<>(LimitKind.class);
        MEMBERS.forEach((kind, member) -> {
            long value = values.get(member);
            // Nobody is asked next, so that none is as good as nothing.
            if (value != LimitSet.UNLIMITED) {
                said.put(kind, value);
            }
        });
        LimitSet limits = new LimitSet(said);
        if (values.sound()) {
            burst(limits, values);
        }
        return limits;
    }

    private static void burst(LimitSet limits, Values<LimitSet> values) {
        Long burst = limits.said(LimitKind.BURST);
        if (burst == null) {
            return;
        }
        long requests = limits.limit(LimitKind.REQUESTS_PER_MINUTE);
        Location at = values.at(member(LimitKind.BURST));
        if (requests == LimitSet.UNLIMITED) {
            values.warn(at, "has no effect without requests-per-minute");
        } else if (burst > requests) {
            values.warn(
                    at,
                    Texts.quote(LimitText.format(burst)) + " is more than requests-per-minute, "
                            + LimitText.format(requests) + ": a minute may begin with so many");
        }
    }

    /** Warns of limits of each key that those of all keys together make pointless. */
    static <T> void compare(
            LimitSet each,
            LimitSet together,
            Member<T, LimitSet> section,
            Member<T, LimitSet> other,
            Values<T> values) {
        MEMBERS.forEach((kind, member) -> {
            Long own = each.said(kind);
            Long all = together.said(kind);
            if (own != null && all != null && own > all) {
                values.warn(
                        values.at(section)
                                .child(kind.label(), values.at(section).line()),
                        Texts.quote(LimitText.format(own)) + " has no effect: it is more than " + other.key() + "."
                                + kind.label() + ", " + LimitText.format(all));
            }
        });
    }

    private static Member<LimitSet, Long> member(LimitKind kind) {
        return Objects.requireNonNull(MEMBERS.get(kind));
    }

    private static Map<LimitKind, Member<LimitSet, Long>> members() {
        Map<LimitKind, Member<LimitSet, Long>> members = new EnumMap<>(LimitKind.class);
        for (LimitKind kind : LimitKind.values()) {
            members.put(kind, new Member<>(kind.label(), AMOUNT, description(kind), limits -> limits.limit(kind)));
        }
        return members;
    }

    private static String description(LimitKind kind) {
        return switch (kind) {
            case REQUESTS_PER_MINUTE -> "Requests in any minute, listings too.";
            case BURST -> "How many of these may come at once; all of them if it is left out.";
            case TOKENS_PER_MINUTE -> "Tokens read and generated in any minute.";
            case TOKENS_PER_DAY -> "The same of a day, which begins at midnight in usage.time-zone.";
            case TOKENS_PER_MONTH -> "The same of a month.";
            case GPU_SECONDS_PER_DAY -> "Seconds that Ollama works, of a day.";
            case CONCURRENCY -> "Requests at one time, waiting ones included.";
        };
    }
}
