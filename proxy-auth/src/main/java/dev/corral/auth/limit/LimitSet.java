package dev.corral.auth.limit;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Limits that somebody has set. Immutable.
 *
 * @param said each from 1 to {@link LimitText#MAX}, or {@link #UNLIMITED}; what is not said is left to who is asked next
 */
public record LimitSet(Map<LimitKind, Long> said) {
    /** Says that there is no limit. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    /** Says nothing. */
    public static final LimitSet NONE = new LimitSet(Map.of());

    public LimitSet {
        EnumMap<LimitKind, Long> copy = new EnumMap<>(LimitKind.class);
        copy.putAll(said);
        copy.forEach((kind, value) -> {
            // Far below what a long holds, so that no sum of counts ever fails to be a number.
            if (value < 1 || (value > LimitText.MAX && value != UNLIMITED)) {
                throw new IllegalArgumentException(
                        kind.label() + ": " + value + " (expected: 1 to " + LimitText.MAX + ", or no limit)");
            }
        });
        said = Collections.unmodifiableMap(copy);
    }

    /** What is said of a limit; null where nothing is. */
    public @Nullable Long said(LimitKind kind) {
        return said.get(kind);
    }

    /** The limit in force; {@link #UNLIMITED} where none was set. */
    public long limit(LimitKind kind) {
        Long value = said.get(kind);
        return value == null ? UNLIMITED : value;
    }

    /** Whether no limit is in force. */
    public boolean unlimited() {
        return said.values().stream().allMatch(value -> value == UNLIMITED);
    }

    /** What is said here, and for the rest what is said there. */
    public LimitSet over(LimitSet base) {
        EnumMap<LimitKind, Long> both = new EnumMap<>(LimitKind.class);
        both.putAll(base.said);
        both.putAll(said);
        return new LimitSet(both);
    }
}
