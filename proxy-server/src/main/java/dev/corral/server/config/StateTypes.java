package dev.corral.server.config;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.regex.Pattern;

/** The types of settings about state and usage. */
final class StateTypes {
    private static final Pattern PREFIX_TEXT = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.:-]{0,39}");

    static final ScalarType<StateUrl> URL =
            new ScalarType<>(StateUrls.EXPECTATION, (text, in) -> StateUrls.parse(text), StateUrl::text);

    static final ScalarType<String> PREFIX = new ScalarType<>(
            "at most 40 characters, a-z, A-Z, 0-9, _, ., : and -, a letter or digit first",
            (text, in) -> PREFIX_TEXT.matcher(text).matches() ? text : null,
            prefix -> prefix);

    static final ScalarType<ZoneId> ZONE = new ScalarType<>(
            "the name of a time zone such as Europe/Berlin or UTC",
            (text, in) -> {
                try {
                    return ZoneId.of(text);
                } catch (DateTimeException e) {
                    return null;
                }
            },
            ZoneId::getId);

    /** Limits of a month need the days of the month. */
    private static final ScalarType<Duration> DURATION = Types.duration(Duration.ofDays(31), Duration.ofDays(3_660));

    static final ScalarType<Duration> DAYS = new ScalarType<>(
            DURATION.expectation() + " in whole days",
            (text, in) -> {
                Duration value = DURATION.literal().parse(text, in);
                return value == null || value.toMillis() % Duration.ofDays(1).toMillis() != 0 ? null : value;
            },
            DURATION.format());

    private StateTypes() {}
}
