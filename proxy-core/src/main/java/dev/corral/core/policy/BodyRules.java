package dev.corral.core.policy;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a request may ask of a model.
 *
 * @param webSearch whether the server may search the web for it, on the owner's account
 * @param keepAlive null for no bounds
 * @param load per load-time option; one that is not named is dropped
 * @param tokens null for no bounds
 * @param template a prompt template of the caller's own, which can print the model's hidden system prompt
 * @param raw a prompt past the model's template
 * @param system a system prompt of the caller's own
 * @param context tokens of an earlier answer
 * @param debugRender the rendered prompt instead of an answer, hidden system prompt included
 * @param topLogprobs how many alternatives a token may be told with
 * @param embedInputs how many texts one embedding request may carry
 * @param images how many images, or other attachments, a request may carry
 * @param imageBytes how large each may be, in bytes as they are, before base64
 */
public record BodyRules(
        boolean webSearch,
        @Nullable KeepAliveRule keepAlive,
        Map<LoadOption, OptionRule> load,
        @Nullable TokenRule tokens,
        FieldRule template,
        FieldRule raw,
        FieldRule system,
        FieldRule context,
        FieldRule debugRender,
        int topLogprobs,
        int embedInputs,
        int images,
        long imageBytes) {
    /** What the shipped role {@code user} has, and every role of which nothing else is said. */
    public static final BodyRules SAFE = new BodyRules(
            false,
            new KeepAliveRule(Duration.ofMinutes(1), Duration.ofHours(1)),
            Map.of(),
            new TokenRule(16_384, 16_384),
            FieldRule.REFUSE,
            FieldRule.REFUSE,
            FieldRule.ALLOW,
            FieldRule.ALLOW,
            FieldRule.REFUSE,
            20,
            1024,
            16,
            10L << 20);

    /** Nothing is held back or changed. */
    public static final BodyRules OPEN = new BodyRules(
            true,
            null,
            everyOption(OptionRule.Pass.INSTANCE),
            null,
            FieldRule.ALLOW,
            FieldRule.ALLOW,
            FieldRule.ALLOW,
            FieldRule.ALLOW,
            FieldRule.ALLOW,
            Integer.MAX_VALUE,
            Integer.MAX_VALUE,
            Integer.MAX_VALUE,
            Long.MAX_VALUE);

    public BodyRules {
        EnumMap<LoadOption, OptionRule> copy = new EnumMap<>(everyOption(OptionRule.Drop.INSTANCE));
        copy.putAll(load);
        copy.forEach(BodyRules::requireFitting);
        load = Collections.unmodifiableMap(copy);
    }

    /** What becomes of a load-time option. */
    OptionRule rule(LoadOption option) {
        return load.getOrDefault(option, OptionRule.Drop.INSTANCE);
    }

    private static void requireFitting(LoadOption option, OptionRule rule) {
        boolean fits = rule instanceof OptionRule.Pin pin
                ? pin.bool() == option.bool()
                : !(rule instanceof OptionRule.Clamp) || !option.bool();
        if (!fits) {
            throw new IllegalArgumentException(option.field().path() + ": " + rule + " (expected: a rule for "
                    + (option.bool() ? "true or false)" : "a whole number)"));
        }
    }

    private static Map<LoadOption, OptionRule> everyOption(OptionRule rule) {
        EnumMap<LoadOption, OptionRule> all = new EnumMap<>(LoadOption.class);
        for (LoadOption option : LoadOption.values()) {
            all.put(option, rule);
        }
        return all;
    }
}
