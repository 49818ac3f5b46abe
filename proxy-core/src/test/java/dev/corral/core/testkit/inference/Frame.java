package dev.corral.core.testkit.inference;

/**
 * A part of a streamed body that Ollama writes at one time.
 *
 * @param token whether it carries a token
 */
record Frame(String text, boolean token) {
    static Frame token(String text) {
        return new Frame(text, true);
    }

    static Frame plain(String text) {
        return new Frame(text, false);
    }

    static Frame data(String json, boolean token) {
        return new Frame("data: " + json + "\n\n", token);
    }

    static Frame event(String type, String json, boolean token) {
        return new Frame("event: " + type + "\ndata: " + json + "\n\n", token);
    }
}
