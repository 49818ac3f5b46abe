package dev.corral.server.config;

import static dev.corral.server.config.Types.number;

import dev.corral.core.policy.BodyRules;
import dev.corral.core.policy.KeepAliveRule;
import dev.corral.core.policy.TokenRule;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The two bounds that have a second number: how long a model stays loaded, how many tokens an answer has. */
final class BoundTypes {
    private static final String ANY = "any";

    private static final KeepAliveRule SAFE_KEEP_ALIVE = Objects.requireNonNull(BodyRules.SAFE.keepAlive());
    private static final TokenRule SAFE_TOKENS = Objects.requireNonNull(BodyRules.SAFE.tokens());

    private static final Member<Optional<KeepAliveRule>, Duration> MIN = new Member<>(
            "min",
            wholeSeconds(Duration.ofDays(365)),
            "At least; 0s lets a request unload the model.",
            rule -> rule.orElse(SAFE_KEEP_ALIVE).min(),
            Member.Presence.SHOWN);
    private static final Member<Optional<KeepAliveRule>, Duration> MAX = new Member<>(
            "max",
            wholeSeconds(Duration.ofDays(365)),
            "At most; at least min.",
            rule -> rule.orElse(SAFE_KEEP_ALIVE).max(),
            Member.Presence.SHOWN);
    private static final Section<Optional<KeepAliveRule>> KEEP_ALIVE_SECTION =
            new Section<>(List.of(MIN, MAX), BoundTypes::keepAlive, Optional.of(SAFE_KEEP_ALIVE));

    /** Empty for no bounds. */
    static final Type<Optional<KeepAliveRule>> KEEP_ALIVE = new WordOrSection<>(
            new ScalarType<>(
                    KEEP_ALIVE_SECTION.expectation() + "; \"any\" for no bounds",
                    (text, in) -> text.equals(ANY) ? Optional.empty() : null,
                    rule -> ANY),
            KEEP_ALIVE_SECTION,
            Optional::isEmpty);

    private static final ScalarType<Integer> TOKENS = number(1, 999_999_999);
    private static final ScalarType<Integer> TOKENS_OR_ANY = Types.orAny(TOKENS, Integer.MAX_VALUE);
    private static final Member<Optional<TokenRule>, Integer> TOKENS_MAX = new Member<>(
            "max",
            TOKENS,
            "At most.",
            rule -> Math.toIntExact(rule.orElse(SAFE_TOKENS).max()),
            Member.Presence.SHOWN);
    private static final Member<Optional<TokenRule>, Integer> TOKENS_DEFAULT = new Member<>(
            "default",
            TOKENS,
            "For requests that say nothing; at most max, which it is if it is left out.",
            rule -> Math.toIntExact(rule.orElse(SAFE_TOKENS).byDefault()),
            Member.Presence.SHOWN);
    private static final Section<Optional<TokenRule>> TOKENS_SECTION =
            new Section<>(List.of(TOKENS_MAX, TOKENS_DEFAULT), BoundTypes::tokens, Optional.of(SAFE_TOKENS));

    /** Empty for no bound. */
    static final Type<Optional<TokenRule>> MAX_TOKENS = new WordOrSection<>(
            new ScalarType<>(
                    "a number of tokens, " + TOKENS.expectation() + "; " + TOKENS_SECTION.expectation()
                            + "; \"any\" for no bound",
                    (text, in) -> {
                        Integer max = TOKENS_OR_ANY.literal().parse(text, in);
                        if (max == null) {
                            return null;
                        }
                        return max == Integer.MAX_VALUE ? Optional.empty() : Optional.of(new TokenRule(max, max));
                    },
                    rule -> rule.map(tokens -> Long.toString(tokens.max())).orElse(ANY)),
            TOKENS_SECTION,
            rule -> rule.isEmpty() || rule.get().max() == rule.get().byDefault());

    private BoundTypes() {}

    /** What is left out gives way to what is named. */
    private static Optional<KeepAliveRule> keepAlive(Values<Optional<KeepAliveRule>> values) {
        Duration min = values.get(MIN);
        Duration max = values.get(MAX);
        if (min.compareTo(max) <= 0) {
            return Optional.of(new KeepAliveRule(min, max));
        }
        if (!values.given(MIN)) {
            return Optional.of(new KeepAliveRule(max, max));
        }
        if (!values.given(MAX)) {
            return Optional.of(new KeepAliveRule(min, min));
        }
        if (values.sound()) {
            values.expected(MIN, Texts.quote(Durations.format(min)), "at most max, which is " + Durations.format(max));
        }
        return values.base();
    }

    private static Optional<TokenRule> tokens(Values<Optional<TokenRule>> values) {
        int max = values.get(TOKENS_MAX);
        int byDefault = values.get(TOKENS_DEFAULT);
        if (!values.given(TOKENS_DEFAULT)) {
            return Optional.of(new TokenRule(max, max));
        }
        if (byDefault <= max) {
            return Optional.of(new TokenRule(max, byDefault));
        }
        if (values.sound()) {
            values.expected(TOKENS_DEFAULT, Texts.quote(Integer.toString(byDefault)), "at most max, which is " + max);
        }
        return values.base();
    }

    /** As Ollama is told. */
    private static ScalarType<Duration> wholeSeconds(Duration max) {
        ScalarType<Duration> duration = Types.duration(Duration.ZERO, max);
        return new ScalarType<>(
                duration.expectation() + " in whole seconds",
                (text, in) -> {
                    Duration value = duration.literal().parse(text, in);
                    return value == null || value.toMillisPart() != 0 ? null : value;
                },
                duration.format());
    }
}
