package dev.corral.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Reads configurations in tests, in surroundings that are the same on every machine. */
final class Configs {
    static final Path HOME = Path.of("/home/someone");
    static final Path ETC = Path.of("/etc/corral");
    static final Environment ENVIRONMENT = environment(Map.of());

    private Configs() {}

    static Environment environment(Map<String, String> variables) {
        return new Environment(variables, HOME, Path.of("/srv"));
    }

    static ConfigResult read(String yaml) {
        return new ConfigReader(ENVIRONMENT).read(yaml, ETC, Overrides.NONE);
    }

    static CorralConfig valid(ConfigResult result) {
        assertThat(result).isInstanceOf(ConfigResult.Valid.class);
        return ((ConfigResult.Valid) result).config();
    }

    static CorralConfig valid(String yaml) {
        return valid(read(yaml));
    }

    static List<String> problems(ConfigResult result) {
        assertThat(result).isInstanceOf(ConfigResult.Invalid.class);
        return ((ConfigResult.Invalid) result)
                .problems().stream().map(Problem::toString).toList();
    }

    static List<String> problems(String yaml) {
        return problems(read(yaml));
    }

    static List<String> warnings(String yaml) {
        ConfigResult result = read(yaml);
        valid(result);
        return result.warnings().stream().map(Problem::toString).toList();
    }

    static CorralConfig defaults() {
        return CorralConfig.defaults(HOME.resolve(".local/state/corral"));
    }
}
