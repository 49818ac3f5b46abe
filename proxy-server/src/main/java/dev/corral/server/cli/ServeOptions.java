package dev.corral.server.cli;

import dev.corral.server.config.Overrides;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What {@code corral serve} was told.
 *
 * @param config null to look for it
 * @param overrides what replaces the file's settings
 */
record ServeOptions(@Nullable String config, Overrides overrides) {
    private static final Set<String> NAMES = Set.of("--config", "--listen", "--upstream", "--admin-listen");

    static ServeOptions of(
            @Nullable String config, @Nullable String listen, @Nullable String upstream, @Nullable String adminListen) {
        return new ServeOptions(config, new Overrides(listen, upstream, adminListen, null));
    }

    /**
     * Reads a plain {@code serve} without the option parser.
     *
     * @return null where the command line is anything else; the option parser then explains what is wrong with it
     */
    static @Nullable ServeOptions parse(List<String> arguments) {
        if (arguments.isEmpty() || !arguments.get(0).equals("serve")) {
            return null;
        }
        Map<String, String> values = new HashMap<>();
        for (int i = 1; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            int equals = argument.indexOf('=');
            String name = equals < 0 ? argument : argument.substring(0, equals);
            boolean valueFollows = equals < 0 && i + 1 < arguments.size();
            if (!NAMES.contains(name) || (equals < 0 && !valueFollows)) {
                return null;
            }
            String value = equals < 0 ? arguments.get(++i) : argument.substring(equals + 1);
            if (value.startsWith("-") || values.put(name, value) != null) {
                return null;
            }
        }
        return of(
                values.get("--config"), values.get("--listen"), values.get("--upstream"), values.get("--admin-listen"));
    }
}
