package dev.corral.server.config;

import static dev.corral.server.config.Types.BOOLEAN;
import static dev.corral.server.config.Types.number;
import static dev.corral.server.config.Types.oneOf;
import static dev.corral.server.config.Types.orAny;
import static dev.corral.server.config.Types.size;

import dev.corral.core.policy.BodyRules;
import dev.corral.core.policy.FieldRule;
import dev.corral.core.policy.KeepAliveRule;
import dev.corral.core.policy.LoadOption;
import dev.corral.core.policy.OptionRule;
import dev.corral.core.policy.TokenRule;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/** What {@code rules} may say: what requests may ask of a model. */
final class RuleSettings {
    /** Images in a request, as one member. */
    private record Images(int count, long bytes) {}

    private static final Member<BodyRules, Boolean> WEB_SEARCH = new Member<>(
            "web-search",
            BOOLEAN,
            "Whether a model may search the web, which ollama.com does on the account that Ollama is signed in to.",
            BodyRules::webSearch);
    private static final Member<BodyRules, Optional<KeepAliveRule>> KEEP_ALIVE = new Member<>(
            "keep-alive",
            BoundTypes.KEEP_ALIVE,
            "How long keep_alive may ask that the model stays loaded, for everybody: a shorter time is raised"
                    + " to min, a longer or endless one brought down to max. With a min over 0s nobody unloads"
                    + " a model that others use.",
            rules -> Optional.ofNullable(rules.keepAlive()));
    private static final Member<BodyRules, Optional<TokenRule>> MAX_TOKENS = new Member<>(
            "max-tokens",
            BoundTypes.MAX_TOKENS,
            "How many tokens one answer may have (num_predict, max_tokens, max_output_tokens): more, or no end,"
                    + " is brought down to max; default is put in where a request says nothing.",
            rules -> Optional.ofNullable(rules.tokens()));
    private static final Map<LoadOption, Member<Map<LoadOption, OptionRule>, OptionRule>> LOAD_OPTIONS = loadOptions();
    private static final Member<BodyRules, Map<LoadOption, OptionRule>> OPTIONS = new Member<>(
            "options",
            new Section<>(List.copyOf(LOAD_OPTIONS.values()), RuleSettings::options, withoutShift(BodyRules.SAFE)),
            "Options that a model is loaded with: a request that differs makes Ollama load it again, for everybody. drop:"
                    + " taken out, so that the model's own value holds; pass: left as it is; pin: every request has this"
                    + " value; clamp: brought into the range.",
            RuleSettings::withoutShift);
    private static final Member<BodyRules, OptionRule> SHIFT = new Member<>(
            "shift",
            PolicyTypes.FLAG_OPTION,
            "The same for shift, which is no member of options.",
            rules -> Objects.requireNonNull(rules.load().get(LoadOption.SHIFT)));
    private static final Member<BodyRules, FieldRule> TEMPLATE = field(
            "template",
            "A prompt template of the caller's own, which can print the model's hidden system prompt. allow, drop: taken"
                    + " out; refuse: 403.",
            BodyRules::template);
    private static final Member<BodyRules, FieldRule> RAW =
            field("raw", "A prompt past the model's template and system prompt.", BodyRules::raw);
    private static final Member<BodyRules, FieldRule> SYSTEM = field(
            "system",
            "A system prompt in place of the model's own; one among the messages of a chat always passes.",
            BodyRules::system);
    private static final Member<BodyRules, FieldRule> CONTEXT =
            field("context", "Tokens of an earlier answer, from /api/generate.", BodyRules::context);
    private static final Member<BodyRules, FieldRule> DEBUG_RENDER = field(
            "debug-render",
            "_debug_render_only: the prompt as the model would get it, hidden system prompt included.",
            BodyRules::debugRender);
    private static final Member<BodyRules, Integer> TOP_LOGPROBS = new Member<>(
            "top-logprobs",
            orAny(number(0, 20), Integer.MAX_VALUE),
            "How many alternatives may be told with each token; more is brought down.",
            BodyRules::topLogprobs);
    private static final Member<BodyRules, Integer> EMBED_INPUTS = new Member<>(
            "embed-inputs",
            orAny(number(1, 1_000_000), Integer.MAX_VALUE),
            "How many texts one request for embeddings may have; more is refused.",
            BodyRules::embedInputs);
    private static final Member<Images, Integer> IMAGE_COUNT = new Member<>(
            "count", orAny(number(0, 10_000), Integer.MAX_VALUE), "How many in one request.", Images::count);
    private static final Member<Images, Long> IMAGE_SIZE = new Member<>(
            "size",
            orAny(size(1 << 10, 1L << 30), Long.MAX_VALUE),
            "How large each may be, as a file; in a request it is a third longer, and limits.body-size counts that.",
            Images::bytes);
    private static final Member<BodyRules, Images> IMAGES = new Member<>(
            "images",
            new Section<>(
                    List.of(IMAGE_COUNT, IMAGE_SIZE),
                    values -> new Images(values.get(IMAGE_COUNT), values.get(IMAGE_SIZE)),
                    images(BodyRules.SAFE)),
            "Images and other attachments; more or larger ones are refused.",
            RuleSettings::images);

    private static final Section<BodyRules> SECTION = new Section<>(
            List.of(
                    WEB_SEARCH,
                    KEEP_ALIVE,
                    MAX_TOKENS,
                    OPTIONS,
                    SHIFT,
                    TEMPLATE,
                    RAW,
                    SYSTEM,
                    CONTEXT,
                    DEBUG_RENDER,
                    TOP_LOGPROBS,
                    EMBED_INPUTS,
                    IMAGES),
            RuleSettings::rules,
            BodyRules.SAFE);

    private static final String WORDS = "safe, open or " + SECTION.expectation();

    /** What differs from the safe rules, or from other rules that it is put over; or one word for all of it. */
    static final Type<BodyRules> RULES = new WordOrSection<>(
            new ScalarType<>(WORDS, (text, in) -> word(text), rules -> rules.equals(BodyRules.OPEN) ? "open" : "safe"),
            SECTION,
            rules -> rules.equals(BodyRules.SAFE) || rules.equals(BodyRules.OPEN));

    private RuleSettings() {}

    private static BodyRules rules(Values<BodyRules> values) {
        Map<LoadOption, OptionRule> load = new EnumMap<>(values.get(OPTIONS));
        load.put(LoadOption.SHIFT, values.get(SHIFT));
        Images images = values.get(IMAGES);
        return new BodyRules(
                values.get(WEB_SEARCH),
                values.get(KEEP_ALIVE).orElse(null),
                load,
                values.get(MAX_TOKENS).orElse(null),
                values.get(TEMPLATE),
                values.get(RAW),
                values.get(SYSTEM),
                values.get(CONTEXT),
                values.get(DEBUG_RENDER),
                values.get(TOP_LOGPROBS),
                values.get(EMBED_INPUTS),
                images.count(),
                images.bytes());
    }

    private static Map<LoadOption, OptionRule> options(Values<Map<LoadOption, OptionRule>> values) {
        Map<LoadOption, OptionRule> rules = new EnumMap<>(LoadOption.class);
        LOAD_OPTIONS.forEach((option, member) -> rules.put(option, values.get(member)));
        return rules;
    }

    private static BodyRules word(String text) throws ScalarType.Unexpected {
        return switch (text) {
            case "safe" -> BodyRules.SAFE;
            case "open" -> BodyRules.OPEN;
            default -> throw new ScalarType.Unexpected(WORDS + DidYouMean.hint(text, List.of("safe", "open")));
        };
    }

    private static Map<LoadOption, Member<Map<LoadOption, OptionRule>, OptionRule>> loadOptions() {
        Map<LoadOption, Member<Map<LoadOption, OptionRule>, OptionRule>> members = new EnumMap<>(LoadOption.class);
        for (LoadOption option : LoadOption.values()) {
            if (option != LoadOption.SHIFT) {
                members.put(
                        option,
                        new Member<>(
                                option.json(),
                                option.bool() ? PolicyTypes.FLAG_OPTION : PolicyTypes.NUMBER_OPTION,
                                description(option),
                                load -> Objects.requireNonNull(load.get(option))));
            }
        }
        return members;
    }

    private static String description(LoadOption option) {
        return switch (option) {
            case NUM_CTX -> "Length of the context in tokens; memory grows with it.";
            case NUM_BATCH -> "Tokens of a prompt that are computed at a time.";
            case NUM_GPU -> "Layers that are put on the GPU.";
            case MAIN_GPU -> "Which GPU, where there are several.";
            case NUM_THREAD -> "Threads of the CPU.";
            case DRAFT_NUM_PREDICT -> "Tokens that a draft model guesses ahead.";
            case USE_MMAP -> "Whether the file is mapped into memory.";
            case SHIFT -> throw new IllegalArgumentException("shift is no member of options");
        };
    }

    private static Map<LoadOption, OptionRule> withoutShift(BodyRules rules) {
        Map<LoadOption, OptionRule> load = new EnumMap<>(rules.load());
        load.remove(LoadOption.SHIFT);
        return load;
    }

    private static Images images(BodyRules rules) {
        return new Images(rules.images(), rules.imageBytes());
    }

    private static Member<BodyRules, FieldRule> field(
            String key, String description, Function<BodyRules, FieldRule> of) {
        return new Member<>(key, oneOf(FieldRule.values()), description, of);
    }
}
