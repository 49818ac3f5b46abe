package dev.corral.core.policy;

import java.util.regex.Pattern;

/** What becomes of a load-time option. */
public sealed interface OptionRule {
    /** It passes as it is. */
    enum Pass implements OptionRule {
        INSTANCE
    }

    /** It is taken out: the model's own value, or the server's, applies. */
    enum Drop implements OptionRule {
        INSTANCE
    }

    /**
     * Every request carries this value, also one that did not name the option.
     *
     * @param value JSON: a whole number of at most 18 digits, {@code true} or {@code false}
     */
    record Pin(String value) implements OptionRule {
        private static final Pattern VALUE = Pattern.compile("-?(0|[1-9][0-9]{0,17})|true|false");

        public Pin {
            if (!VALUE.matcher(value).matches()) {
                throw new IllegalArgumentException(
                        '"' + value + "\" (expected: a whole number of at most 18 digits, true or false)");
            }
        }

        /** Whether the value is true or false. */
        boolean bool() {
            return value.endsWith("e");
        }
    }

    /**
     * A number outside is brought to the nearer bound; one inside passes.
     *
     * @param min at least
     * @param max at most; not less than {@code min}
     */
    record Clamp(long min, long max) implements OptionRule {
        public Clamp {
            if (max < min) {
                throw new IllegalArgumentException("from " + min + " to " + max + " (expected: a range)");
            }
        }
    }
}
