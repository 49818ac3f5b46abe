package dev.corral.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that went wrong somewhere: whatever is in them, reading ends with a configuration or with problems. */
class ConfigFuzzTest {
    private static final int ROUNDS = 1_000;
    private static final List<String> PIECES = List.of(
            ":",
            "\n",
            " ",
            "\t",
            "- ",
            "[",
            "]",
            "{",
            "}",
            "\"",
            "'",
            "#",
            "&a ",
            "*a",
            "!!binary ",
            "!!str ",
            "<<: ",
            "---\n",
            "...\n",
            "%YAML 1.1\n",
            "|\n",
            ">-\n",
            "? ",
            "~",
            "null",
            "${A}",
            "${",
            "$${",
            "\\",
            "\u0000",
            "\u0085",
            "\u2028",
            "\ud83e\udd99",
            "\ufeff",
            "0x",
            "1e999999999",
            "-0",
            "99999999999999999999",
            "true",
            "roles:\n",
            "  user:\n",
            "    groups: [read]\n",
            "    models: {allow: [\"*\"], deny: [a:b], cloud: true}\n",
            "    rules: open\n",
            "    rules: {keep-alive: {max: 1s}, max-tokens: 5}\n",
            "      options: {num_ctx: clamp 1..2}\n",
            "    exceptions: [{models: [a], rules: {}}]\n",
            "    manage: {pull: [\"*\"]}\n",
            "\"*\"",
            "clamp 9..1",
            "pin ",
            "..",
            "any",
            "drop",
            "safe",
            "refuse",
            "timeouts:\n",
            "admin: off\n",
            "a.b: 1\n",
            "@",
            "`",
            ",");

    private final Random random = new Random(20_261_122);

    @Test
    void mutatedFile_neverThrowsAndAlwaysSaysSomething(@TempDir Path directory) throws IOException {
        List<String> seeds = List.of(
                Files.readString(Path.of("..", "config", "reference.yaml")),
                Files.readString(Path.of("..", "config", "business.yaml")),
                Files.readString(Path.of("..", "config", "lab.yaml")),
                EffectiveConfig.render(Configs.defaults()));
        ConfigReader reader = new ConfigReader(Configs.environment(Map.of("A", "x")));
        Path file = directory.resolve("corral.yaml");
        int valid = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = mutate(seeds.get(round % seeds.size())).getBytes(StandardCharsets.UTF_8);
            if (round % 10 == 0) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            Files.write(file, bytes);
            ConfigResult result = reader.read(file, Overrides.NONE);
            if (result instanceof ConfigResult.Valid read) {
                valid++;
                assertThat(Configs.valid(Configs.read(EffectiveConfig.render(read.config()))))
                        .isEqualTo(read.config());
            } else if (result instanceof ConfigResult.Invalid invalid) {
                assertThat(invalid.problems())
                        .isNotEmpty()
                        .allSatisfy(problem -> assertThat(problem.toString()).doesNotContainPattern("\\p{Cntrl}"));
            }
        }
        // Both ends must be exercised, or the mutations are too wild or too tame.
        assertThat(valid).isBetween(ROUNDS / 100, ROUNDS * 9 / 10);
    }

    private String mutate(String seed) {
        StringBuilder text = new StringBuilder(seed);
        for (int i = 1 + random.nextInt(4); i > 0 && !text.isEmpty(); i--) {
            int at = random.nextInt(text.length());
            switch (random.nextInt(5)) {
                case 0 -> text.insert(at, PIECES.get(random.nextInt(PIECES.size())));
                case 1 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(8)));
                case 2 -> text.setCharAt(at, (char) (' ' + random.nextInt(95)));
                case 3 -> text.insert(at, text.substring(random.nextInt(at + 1), at));
                default -> text.setLength(Math.max(1, random.nextInt(4) == 0 ? at : text.length()));
            }
        }
        return text.toString();
    }
}
