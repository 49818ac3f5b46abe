package dev.corral.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bodies lie in memory whose bound Java is told at its start: what does not fit is said then, and not met later. */
class DirectMemoryTest {
    private static ConfigResult read(String memory, String yaml) {
        Environment environment = Configs.environment(Map.of(Environment.DIRECT_MEMORY, memory));
        return new ConfigReader(environment).read(yaml, Configs.ETC, Overrides.NONE);
    }

    @ParameterizedTest
    @CsvSource({
        "128m, 33554432",
        "512m, 134217728",
        "2g, 134217728",
        "524288k, 134217728",
        "209715200, 52428800",
        "'', 134217728",
        "much, 134217728"
    })
    void defaultOfBufferedBodies_isAQuarterAtMost(String memory, long expected) {
        CorralConfig config = Configs.valid(read(memory, ""));
        assertThat(config.core().limits().bufferedBodyBytes()).isEqualTo(expected);
    }

    @Test
    void moreThanHalf_isAProblemThatNamesBothWaysOut() {
        List<String> problems = Configs.problems(read("128m", "limits: {buffered-bodies: 128MiB}"));
        assertThat(problems).hasSize(1);
        assertThat(problems.get(0))
                .contains("limits.buffered-bodies", "128MiB", "at most half", "CORRAL_MEMORY", "MaxDirectMemorySize");
    }

    @Test
    void half_isInOrder() {
        CorralConfig config = Configs.valid(read("128m", "limits: {buffered-bodies: 64MiB}"));
        assertThat(config.core().limits().bufferedBodyBytes()).isEqualTo(64 << 20);
    }

    @Test
    void tooLittleForTheDefaultOfOneBody_saysSo() {
        List<String> problems = Configs.problems(read("64m", ""));
        assertThat(problems).hasSize(1);
        assertThat(problems.get(0)).contains("limits.body-size", "at most limits.buffered-bodies, 16MiB");
    }
}
