package dev.corral.core.meter;

/** What one value of an answer is to the meter. */
enum Slot {
    /** The end mark of native answers. */
    DONE,
    /** Text or calls that the model generated. */
    CONTENT,
    /** The list that is empty in the event that carries the usage (OpenAI). */
    CHOICES,
    /** The object with the counts. */
    USAGE,
    /** Why a choice ended. */
    FINISH,
    /** What kind of event it is. */
    TYPE,
    PROMPT_TOKENS,
    COMPLETION_TOKENS,
    /** What the prompt is thought to have, told before it was read (Anthropic's {@code message_start}). */
    EARLY_PROMPT_TOKENS,
    TOTAL_NANOS,
    LOAD_NANOS,
    PROMPT_NANOS,
    EVAL_NANOS;

    /** How many there are. */
    static final int COUNT = values().length;

    private final int bit = 1 << ordinal();

    int bit() {
        return bit;
    }

    /** Whether only true fills it. */
    boolean flag() {
        return this == DONE;
    }

    /** Whether of several values the last one counts alone, as in Go; content is added up. */
    boolean replaced() {
        return this != CONTENT;
    }
}
