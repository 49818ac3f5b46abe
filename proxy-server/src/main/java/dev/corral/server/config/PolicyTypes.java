package dev.corral.server.config;

import dev.corral.core.policy.ModelPattern;
import dev.corral.core.policy.OptionRule;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The types of settings that say what a role may ask of models. */
final class PolicyTypes {
    private static final String NUMBER = "(-?[0-9]{1,9})";
    private static final Pattern WHOLE = Pattern.compile(NUMBER);
    private static final Pattern RANGE = Pattern.compile(NUMBER + " ?\\.\\. ?" + NUMBER);
    private static final List<String> NUMBER_WORDS = List.of("drop", "pass", "pin", "clamp");
    private static final List<String> FLAG_WORDS = List.of("drop", "pass", "pin");

    /** What becomes of a load-time option whose value is a number. */
    static final ScalarType<OptionRule> NUMBER_OPTION = new ScalarType<>(
            "drop, pass, pin N or clamp MIN..MAX", (text, in) -> numberOption(text), PolicyTypes::format);

    /** What becomes of one that is true or false. */
    static final ScalarType<OptionRule> FLAG_OPTION =
            new ScalarType<>("drop, pass, pin true or pin false", (text, in) -> flagOption(text), PolicyTypes::format);

    private static final String MODEL =
            "a model such as llama3, llama3:70b or hf.co/org/name, with * for any characters; \"*\" for all";

    static final ListType<ModelPattern> MODELS = new ListType<>(
            "a list of models such as llama3:70b or \"llama3*\"",
            new ScalarType<>(MODEL, (text, in) -> pattern(text), ModelPattern::toString));

    private PolicyTypes() {}

    private static OptionRule numberOption(String text) throws ScalarType.Unexpected {
        OptionRule rule = simple(text);
        if (rule != null) {
            return rule;
        }
        String rest = text.substring(text.indexOf(' ') + 1);
        Matcher range = RANGE.matcher(rest);
        if (text.startsWith("pin ") && WHOLE.matcher(rest).matches()) {
            return new OptionRule.Pin(Long.toString(Long.parseLong(rest)));
        }
        if (text.startsWith("clamp ") && range.matches()) {
            long min = Long.parseLong(range.group(1));
            long max = Long.parseLong(range.group(2));
            if (min <= max) {
                return new OptionRule.Clamp(min, max);
            }
            throw new ScalarType.Unexpected("clamp MIN..MAX, the smaller number first");
        }
        throw new ScalarType.Unexpected(
                NUMBER_OPTION.expectation() + meant(text, WHOLE.matcher(text).matches(), NUMBER_WORDS));
    }

    private static OptionRule flagOption(String text) throws ScalarType.Unexpected {
        OptionRule rule = simple(text);
        if (rule != null) {
            return rule;
        }
        if (text.equals("pin true") || text.equals("pin false")) {
            return new OptionRule.Pin(text.substring("pin ".length()));
        }
        boolean flag = text.equals("true") || text.equals("false");
        throw new ScalarType.Unexpected(FLAG_OPTION.expectation() + meant(text, flag, FLAG_WORDS));
    }

    private static @Nullable OptionRule simple(String text) {
        return switch (text) {
            case "drop" -> OptionRule.Drop.INSTANCE;
            case "pass" -> OptionRule.Pass.INSTANCE;
            default -> null;
        };
    }

    /** What somebody may have meant who wrote a value, a range or a misspelt word. */
    private static String meant(String text, boolean value, List<String> words) {
        if (value) {
            return "; did you mean `pin " + text + "`?";
        }
        if (words.contains("clamp") && RANGE.matcher(text).matches()) {
            return "; did you mean `clamp " + text + "`?";
        }
        String word = text.indexOf(' ') < 0 ? text : text.substring(0, text.indexOf(' '));
        return words.contains(word) ? "" : DidYouMean.hint(word, words);
    }

    private static String format(OptionRule rule) {
        if (rule instanceof OptionRule.Pin pin) {
            return "pin " + pin.value();
        }
        if (rule instanceof OptionRule.Clamp clamp) {
            return "clamp " + clamp.min() + ".." + clamp.max();
        }
        return rule instanceof OptionRule.Pass ? "pass" : "drop";
    }

    private static @Nullable ModelPattern pattern(String text) throws ScalarType.Unexpected {
        ModelPattern pattern = ModelPattern.compile(text);
        if (pattern != null) {
            return pattern;
        }
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.endsWith(":cloud") || lower.endsWith("-cloud")) {
            throw new ScalarType.Unexpected(
                    "a name without cloud; models that run on ollama.com are closed unless `cloud: true` opens them");
        }
        if (text.indexOf('.') >= 0 && text.indexOf('/') == text.lastIndexOf('/') && completes(text)) {
            throw new ScalarType.Unexpected(MODEL + "; did you mean `" + text + "/*`?");
        }
        return null;
    }

    /** Whether a registry is named and the namespace is missing. */
    private static boolean completes(String text) {
        return text.indexOf('/') > text.indexOf('.') && ModelPattern.compile(text + "/*") != null;
    }
}
