package dev.corral.server.config;

/** Where checks of several settings say what they found. A value that is broken anyway is not compared with others. */
record Findings(CorralConfig config, Input input, Problems problems) {
    /** A problem with the first setting, unless it or the one that it is compared with is broken anyway. */
    void wrong(Setting<?> setting, String expectation, Setting<?> other) {
        if (!input.isBroken(setting) && !input.isBroken(other)) {
            problems.add(input.at(setting), value(setting) + " (expected: " + expectation + ")");
        }
    }

    /** What is wrong with one item of a list. */
    void wrong(Setting<?> list, int index, String value, String expectation) {
        if (!input.isBroken(list)) {
            problems.add(item(list, index), Texts.quote(value) + " (expected: " + expectation + ")");
        }
    }

    void warn(Setting<?> setting, String message) {
        if (!input.isBroken(setting)) {
            problems.warn(input.at(setting), value(setting) + " " + message);
        }
    }

    /** What is dangerous about one item of a list. */
    void warn(Setting<?> list, int index, String value, String message) {
        if (!input.isBroken(list)) {
            problems.warn(item(list, index), Texts.quote(value) + " " + message);
        }
    }

    private Location item(Setting<?> list, int index) {
        Location at = input.at(list);
        return at.item(index, at.line());
    }

    private String value(Setting<?> setting) {
        return setting.in(config).kind();
    }
}
