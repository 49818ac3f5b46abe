package dev.corral.core.policy;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rules for tests: everything open but what is named. */
final class RulesOf {
    private boolean webSearch = true;
    private @Nullable KeepAliveRule keepAlive;
    private final Map<LoadOption, OptionRule> load = new EnumMap<>(BodyRules.OPEN.load());
    private @Nullable TokenRule tokens;
    private FieldRule fields = FieldRule.ALLOW;
    private int topLogprobs = Integer.MAX_VALUE;
    private int embedInputs = Integer.MAX_VALUE;
    private int images = Integer.MAX_VALUE;
    private long imageBytes = Long.MAX_VALUE;

    private RulesOf() {}

    static RulesOf open() {
        return new RulesOf();
    }

    RulesOf noWebSearch() {
        webSearch = false;
        return this;
    }

    RulesOf keepAlive(long minSeconds, long maxSeconds) {
        keepAlive = new KeepAliveRule(Duration.ofSeconds(minSeconds), Duration.ofSeconds(maxSeconds));
        return this;
    }

    RulesOf load(LoadOption option, OptionRule rule) {
        load.put(option, rule);
        return this;
    }

    RulesOf tokens(long max, long byDefault) {
        tokens = new TokenRule(max, byDefault);
        return this;
    }

    RulesOf fields(FieldRule rule) {
        fields = rule;
        return this;
    }

    RulesOf topLogprobs(int most) {
        topLogprobs = most;
        return this;
    }

    RulesOf embedInputs(int most) {
        embedInputs = most;
        return this;
    }

    RulesOf images(int most, long bytes) {
        images = most;
        imageBytes = bytes;
        return this;
    }

    BodyRules rules() {
        return new BodyRules(
                webSearch,
                keepAlive,
                load,
                tokens,
                fields,
                fields,
                fields,
                fields,
                fields,
                topLogprobs,
                embedInputs,
                images,
                imageBytes);
    }
}
