package dev.corral.core.policy;

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
     * @param value JSON: a whole number, {@code true} or {@code false}
     */
    record Pin(String value) implements OptionRule {}

    /**
     * A number outside is brought to the nearer bound; one inside passes.
     *
     * @param min at least
     * @param max at most; not less than {@code min}
     */
    record Clamp(long min, long max) implements OptionRule {}
}
