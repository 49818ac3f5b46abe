package dev.corral.server.config;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The values that were given, by setting: the file's, and over them the command line's. Not thread-safe. */
final class Input {
    private record Given(Node node, Location at, Reading reading) {}

    private final Map<String, Given> given = new HashMap<>();
    private final Set<String> broken = new HashSet<>();
    private final Problems problems;

    Input(Problems problems) {
        this.problems = problems;
    }

    /** Takes over what the file's root holds; unknown keys become problems. */
    void file(Node.Mapping root, Reading reading) {
        section("", root, reading);
    }

    /** Puts the command line's values in the place of the file's. */
    void overrides(Overrides overrides, Reading reading) {
        overrides.bySetting().forEach((path, option) -> {
            Location at = new Location(option.name(), 0);
            given.put(path, new Given(new Node.Scalar(option.value(), 0), at, reading));
        });
    }

    /** The value given, or the default's; a value that is none becomes a problem, so ask once. */
    <T> T value(Setting<T> setting, CorralConfig defaults) {
        Given value = given.get(setting.path());
        if (value == null) {
            return setting.of().apply(defaults);
        }
        T read = setting.type().read(value.node, value.at, value.reading);
        if (read == null) {
            broken.add(setting.path());
            return setting.of().apply(defaults);
        }
        return read;
    }

    /** Whether a value was given that is none, so that the default stands in for it. */
    boolean isBroken(Setting<?> setting) {
        return broken.contains(setting.path());
    }

    /** Whether anything was said, rightly or not. */
    boolean isGiven(Setting<?> setting) {
        return given.containsKey(setting.path());
    }

    /** Where the value came from; the setting's path without a line if it is the default. */
    Location at(Setting<?> setting) {
        Given value = given.get(setting.path());
        return value == null ? new Location(setting.path(), 0) : value.at;
    }

    private void section(String path, Node.Mapping mapping, Reading reading) {
        List<String> keys = Settings.keysOf(path);
        mapping.entries().forEach((key, node) -> {
            String childPath = path.isEmpty() ? key : path + "." + key;
            Location at = new Location(path, 0).child(key, node.line());
            if (!keys.contains(key)) {
                problems.add(at, unknown(key, childPath, keys));
            } else if (Settings.at(childPath) != null) {
                given.put(childPath, new Given(node, at, reading));
            } else if (node instanceof Node.Mapping section) {
                section(childPath, section, reading);
            } else if (node instanceof Node.Scalar && !node.isEmpty() && Settings.at(childPath + ".mode") != null) {
                // One word says it all.
                given.put(childPath + ".mode", new Given(node, at, reading));
            } else if (!node.isEmpty()) {
                problems.add(
                        at,
                        node.kind() + " (expected: a section with " + String.join(", ", Settings.keysOf(childPath))
                                + ")");
            }
        });
    }

    private static String unknown(String key, String path, List<String> siblings) {
        if (Settings.at(path) != null) {
            return "unknown setting (expected: nested, " + nested(path) + ")";
        }
        return DidYouMean.unknownSetting(key, siblings, Settings.paths());
    }

    private static String nested(String path) {
        return "`" + path.replace(".", ":` and below it `") + ":`";
    }
}
