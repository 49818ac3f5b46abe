package dev.corral.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigLocatorTest {
    @TempDir
    private Path root;

    private ConfigLocator locator(Map<String, String> variables) {
        return new ConfigLocator(new Environment(variables, root.resolve("home"), root.resolve("work")));
    }

    private Path file(String path) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, "");
    }

    @Test
    void fileAskedForByName_isTakenEvenIfItIsNotThere() throws IOException {
        file("work/corral.yaml");

        assertThat(locator(Map.of("CORRAL_CONFIG", "b.yaml")).locate(Path.of("a.yaml")))
                .isEqualTo(root.resolve("work/a.yaml"));
        assertThat(locator(Map.of("CORRAL_CONFIG", "b.yaml")).locate(null)).isEqualTo(root.resolve("work/b.yaml"));
    }

    @Test
    void withoutAName_theFirstThatExistsIsTaken() throws IOException {
        Path underHome = file("home/.config/corral/corral.yaml");
        assertThat(locator(Map.of()).locate(null)).isEqualTo(underHome);

        Path xdg = file("xdg/corral/corral.yaml");
        assertThat(locator(Map.of("XDG_CONFIG_HOME", root.resolve("xdg").toString()))
                        .locate(null))
                .isEqualTo(xdg);

        Path here = file("work/corral.yaml");
        assertThat(locator(Map.of("CORRAL_CONFIG", "")).locate(null)).isEqualTo(here);
    }

    @Test
    void lastPlace_isTheSystems() {
        assertThat(locator(Map.of()).candidates())
                .containsExactly(
                        root.resolve("work/corral.yaml"),
                        root.resolve("home/.config/corral/corral.yaml"),
                        Path.of("/etc/corral/corral.yaml"));
    }
}
