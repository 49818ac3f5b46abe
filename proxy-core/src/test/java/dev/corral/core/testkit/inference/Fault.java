package dev.corral.core.testkit.inference;

/** What goes wrong with one answer. */
public enum Fault {
    NONE,
    /** The model fails before its first token: status 500. */
    STATUS,
    /** The model fails behind the last token: what the dialect shows of it (ollama-api section 3.13). */
    ERROR,
    /** The stream just ends behind the last token, as with a model that repeats itself. */
    NO_END,
    /** The connection breaks somewhere in the body. */
    RESET
}
