package dev.corral.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The text of {@code config/reference.yaml}, made from the list of settings. */
final class ReferenceFile {
    private static final int WIDTH = 116;

    private static final String HEADER = """
            # Every setting of Corral with its default. A setting that is left out has the value it has here, so a file of
            # your own needs only what differs; home.yaml, lab.yaml and business.yaml are examples of that.
            #
            # The file is looked for in this order: --config FILE, $CORRAL_CONFIG, ./corral.yaml,
            # $XDG_CONFIG_HOME/corral/corral.yaml (~/.config/corral/corral.yaml), /etc/corral/corral.yaml.
            # `corral check` reads it, names everything that is wrong with line, value and what was expected, and shows
            # what is in force.
            #
            # Durations: 250ms 10s 5m 12h 30d. Sizes in bytes: 512 8KiB 32MiB 1GiB.
            # ${NAME} in a value is the environment variable NAME, or the content of the file that the environment
            # variable NAME_FILE names; $${ stands for the characters ${.
            """;

    private final StringBuilder out = new StringBuilder(HEADER);
    private final CorralConfig defaults = Configs.defaults();

    private ReferenceFile() {}

    static String text() {
        ReferenceFile file = new ReferenceFile();
        file.section("", 0);
        return file.out.toString();
    }

    private void section(String path, int depth) {
        for (String key : Settings.keysOf(path)) {
            String child = path.isEmpty() ? key : path + "." + key;
            Setting<?> setting = Settings.at(child);
            if (depth == 0) {
                out.append('\n');
            }
            if (setting == null) {
                comment(Objects.requireNonNull(Settings.SECTIONS.get(child)), depth);
                indent(depth).append(key).append(":\n");
                section(child, depth + 1);
            } else {
                comment(setting.description() + " Expected: " + setting.type().expectation() + ".", depth);
                if (setting.equals(Settings.ROLES)) {
                    roles(key, setting.in(defaults), depth);
                } else {
                    value(key, setting.in(defaults), depth);
                }
            }
        }
    }

    /** One role with all that can be said of it, the others with what differs. */
    private void roles(String key, Node roles, int depth) {
        indent(depth).append(key).append(":\n");
        ((Node.Mapping) roles).entries().forEach((name, node) -> {
            if (name.equals("user")) {
                Role user = Objects.requireNonNull(defaults.roles().get(name));
                indent(depth + 1).append(name).append(":\n");
                members(RolesType.section(name, user.policy().rules()), user, depth + 2);
            } else {
                value(name, node, depth + 1);
            }
        });
    }

    private <T> void members(Section<T> section, T value, int depth) {
        section.members().forEach(member -> member(member, value, depth));
    }

    private <T, V> void member(Member<T, V> member, T value, int depth) {
        V own = member.of().apply(value);
        if (member.type() instanceof Section<V> section) {
            comment(member.description(), depth);
            indent(depth).append(member.key()).append(":\n");
            members(section, own, depth + 1);
        } else {
            comment(member.description() + " Expected: " + member.type().expectation() + ".", depth);
            if (member.type() instanceof WordOrSection<V> either) {
                indent(depth).append(member.key()).append(":\n");
                members(either.section(), own, depth + 1);
            } else {
                value(member.key(), member.type().write(own), depth);
            }
        }
    }

    private void value(String key, Node value, int depth) {
        String yaml = EffectiveConfig.write(new Node.Mapping(Map.of(key, value), 0));
        yaml.replace(Configs.HOME + "/", "~/")
                .lines()
                .forEach(line -> indent(depth).append(line).append('\n'));
    }

    private void comment(String text, int depth) {
        int width = WIDTH - 2 * depth - 2;
        List<String> words = new ArrayList<>(List.of(text.split(" ", -1)));
        while (!words.isEmpty()) {
            StringBuilder line = new StringBuilder(words.remove(0));
            while (!words.isEmpty() && line.length() + 1 + words.get(0).length() <= width) {
                line.append(' ').append(words.remove(0));
            }
            indent(depth).append("# ").append(line).append('\n');
        }
    }

    private StringBuilder indent(int depth) {
        return out.append("  ".repeat(depth));
    }
}
