package dev.corral.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.spi.EndpointGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InterpolationTest {
    private static final Map<String, String> VARIABLES = Map.of("A", "one", "B_2", "two", "NEST", "${A}", "EMPTY", "");

    private static String expand(Map<String, String> variables, String text) throws Interpolation.Unresolved {
        return new Interpolation(Configs.environment(variables)).expand(text);
    }

    private static ConfigResult read(Map<String, String> variables, String yaml) {
        return new ConfigReader(Configs.environment(variables)).read(yaml, Configs.ETC, Overrides.NONE);
    }

    @ParameterizedTest
    @CsvSource({
        "plain, plain",
        "${A}, one",
        "x${A}y${B_2}z, xoneytwoz",
        "${NEST}, ${A}",
        "'${EMPTY}', ''",
        "$${A}, ${A}",
        "$$${A}, $${A}",
        "$A $ $$ {A}, $A $ $$ {A}",
    })
    void variables_arePutInOnce(String text, String expanded) throws Interpolation.Unresolved {
        assertThat(expand(VARIABLES, text)).isEqualTo(expanded);
    }

    @Test
    void everyKindOfValue_mayHoldVariables() {
        CorralConfig config = Configs.valid(read(
                Map.of(
                        "PORT",
                        "81",
                        "HOST",
                        "gpu",
                        "T",
                        "7",
                        "ORIGIN",
                        "https://a.b",
                        "GROUP",
                        "read",
                        "BOOL",
                        "false"),
                """
                listen: 127.0.0.1:${PORT}
                upstream: {url: "http://${HOST}:1"}
                timeouts: {connect: "${T}s"}
                cors: {origins: ["${ORIGIN}"]}
                roles: {a: {groups: ["${GROUP}"]}}
                anonymous-liveness: ${BOOL}
                """));

        assertThat(config.core().listen().getPort()).isEqualTo(81);
        assertThat(config.core().upstream().host()).isEqualTo("gpu");
        assertThat(config.core().timeouts().connect()).hasSeconds(7);
        assertThat(config.core().cors().origins()).containsExactly("https://a.b");
        assertThat(config.roles()).containsEntry("a", Role.safe("a", Set.of(EndpointGroup.READ)));
        assertThat(config.core().anonymousLiveness()).isFalse();
    }

    @Test
    void missingVariable_isAProblemThatNamesIt() {
        assertThat(Configs.problems(read(VARIABLES, "\nlisten: ${CORRAL_LISTEN}\n")))
                .containsExactly(
                        "listen (line 2): \"${CORRAL_LISTEN}\" (expected: the environment variable CORRAL_LISTEN"
                                + " or CORRAL_LISTEN_FILE to be set)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"${", "${}", "${A", "${1A}", "${A-b}", "${A:-b}", "x${ A}"})
    void malformedReference_isAProblem(String text) {
        assertThat(Configs.problems(read(VARIABLES, "state-dir: \"" + text + "\"")))
                .containsExactly("state-dir (line 1): \"" + text
                        + "\" (expected: a variable as in ${NAME}, or $${ for the characters ${)");
    }

    @Test
    void wrongValueFromAVariable_isNotShownForItMayBeASecret() {
        assertThat(Configs.problems(read(Map.of("S", "hunter2"), "listen: ${S}")))
                .singleElement()
                .asString()
                .startsWith("listen (line 1): \"${S}\" (expected: ADDRESS:PORT")
                .doesNotContain("hunter2");
    }

    @Test
    void file_isReadTrimmedAndOnlyWithoutTheVariable(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("secret"), "\n  from file \n\n");

        assertThat(expand(Map.of("S_FILE", file.toString()), "<${S}>")).isEqualTo("<from file>");
        assertThat(expand(Map.of("S_FILE", file.toString(), "S", "direct"), "<${S}>"))
                .isEqualTo("<direct>");
    }

    @Test
    void fileThatCannotBeTaken_isAProblemThatNamesTheVariable(@TempDir Path directory) throws IOException {
        Path binary = Files.write(directory.resolve("binary"), new byte[] {(byte) 0xff});
        Path large = Files.write(directory.resolve("large"), new byte[(64 << 10) + 1]);

        assertThat(problemOfFile(directory)).endsWith("(expected: the environment variable S_FILE to name a file)");
        assertThat(problemOfFile(directory.resolve("none")))
                .endsWith("(expected: the environment variable S_FILE to name a file)");
        assertThat(problemOfFile(binary)).endsWith("(expected: the file that S_FILE names to be UTF-8 text)");
        assertThat(problemOfFile(large)).endsWith("(expected: the file that S_FILE names to have at most 64KiB)");
    }

    private static String problemOfFile(Path file) {
        return Configs.problems(read(Map.of("S_FILE", file.toString()), "listen: ${S}"))
                .get(0);
    }

    @Test
    void valueThatGrowsWithoutEnd_isAProblem() {
        String yaml = "state-dir: \"" + "${BIG}".repeat(10_000) + "\"";

        assertThat(Configs.problems(read(Map.of("BIG", "x".repeat(100_000)), yaml)))
                .singleElement()
                .asString()
                .endsWith("...\" (expected: at most 64KiB after variables are put in)");
    }
}
