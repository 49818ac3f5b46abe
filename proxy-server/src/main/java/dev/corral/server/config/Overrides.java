package dev.corral.server.config;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Settings from the command line; they replace the file's before anything is checked.
 *
 * @param listen {@code --listen}, null if not given
 * @param upstream {@code --upstream}, null if not given
 * @param adminListen {@code --admin-listen}, null if not given
 * @param keysFile {@code --keys-file}, null if not given
 */
public record Overrides(
        @Nullable String listen,
        @Nullable String upstream,
        @Nullable String adminListen,
        @Nullable String keysFile) {
    public static final Overrides NONE = new Overrides(null, null, null, null);

    /** One value from the command line. */
    record Option(String name, String value) {}

    /** The options given, by the path of the setting each replaces. */
    Map<String, Option> bySetting() {
        Map<String, Option> options = new LinkedHashMap<>();
        put(options, Settings.LISTEN, "--listen", listen);
        put(options, Settings.UPSTREAM_URL, "--upstream", upstream);
        put(options, Settings.ADMIN_LISTEN, "--admin-listen", adminListen);
        put(options, Settings.KEYS_FILE, "--keys-file", keysFile);
        return options;
    }

    private static void put(Map<String, Option> options, Setting<?> setting, String name, @Nullable String value) {
        if (value != null) {
            options.put(setting.path(), new Option(name, value));
        }
    }
}
