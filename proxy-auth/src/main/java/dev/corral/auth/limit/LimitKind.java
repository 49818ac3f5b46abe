package dev.corral.auth.limit;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What can be limited. */
public enum LimitKind {
    /** Requests in any minute. */
    REQUESTS_PER_MINUTE,
    /** How many of a minute's requests may come at once; where it is not said, all of them. Not a limit of its own. */
    BURST,
    /** Tokens, read and generated, in any minute. */
    TOKENS_PER_MINUTE,
    /** Tokens of a calendar day. */
    TOKENS_PER_DAY,
    /** Tokens of a calendar month. */
    TOKENS_PER_MONTH,
    /** Seconds that the upstream works, of a calendar day. */
    GPU_SECONDS_PER_DAY,
    /** Requests at one time, waiting ones included. */
    CONCURRENCY;

    private static final Map<String, LimitKind> BY_LABEL =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(LimitKind::label, Function.identity()));

    private final String label = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** The word used in configuration, key file, metrics and messages, such as {@code tokens-per-day}. */
    public String label() {
        return label;
    }

    /** The kind with this label; null where there is none. */
    public static @Nullable LimitKind of(String label) {
        return BY_LABEL.get(label);
    }
}
