package dev.corral.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class NodeReaderTest {
    private final Problems problems = new Problems();

    @Test
    void values_keepTheirTextAndTheLineOfTheirKey() {
        Node root = NodeReader.read("# c\na: 0x1F\nb:\n  c: off\n  d:\n    - \"1\"\n    - ~\n", "f", problems);

        assertThat(problems.errors()).isEmpty();
        assertThat(root)
                .isEqualTo(new Node.Mapping(
                        Map.of(
                                "a",
                                new Node.Scalar("0x1F", 2),
                                "b",
                                new Node.Mapping(
                                        Map.of(
                                                "c",
                                                new Node.Scalar("off", 4),
                                                "d",
                                                new Node.Sequence(
                                                        List.of(new Node.Scalar("1", 6), new Node.Scalar("", 7)), 5)),
                                        3)),
                        2));
    }

    static Stream<Arguments> broken() {
        return Stream.of(
                arguments(
                        "a: 1\nb:\n\tc: 2\n",
                        "f (line 3): not YAML: while scanning for the next token, found character '\\t(TAB)' that cannot"
                                + " start any token. (Do not use \\t(TAB) for indentation)"),
                arguments("a: b: c\n", "f (line 1): not YAML: mapping values are not allowed here"),
                arguments(
                        "a: 1\nb: [1, 2\nc: 3\n",
                        "f (line 3): not YAML: while parsing a flow sequence, expected ',' or ']', but got :"),
                arguments("a: 1\nb: 2\na: 3\n", "a (line 3): set twice (expected: once; the first is in line 1)"),
                arguments("a:\n  b: 1\n  b: 2\n", "a.b (line 3): set twice (expected: once; the first is in line 2)"),
                arguments("a: 1\n---\nb: 2\n", "f (line 3): a second document begins (expected: one YAML document)"),
                arguments("a: 1\n---\n---\n", "f (line 3): a second document begins (expected: one YAML document)"),
                arguments("a: &x [1]\n", "a (line 1): an anchor (expected: a value without &)"),
                arguments(
                        "a: &x 1\nb: *x\n",
                        "b (line 2): the alias *x (expected: the value written out; one that begins with * stands in quotes)"),
                arguments(
                        "b:\n  a: *x\n",
                        "b.a (line 2): the alias *x (expected: the value written out; one that begins with * stands in quotes)"),
                arguments(
                        "a:\n  - *:70b\n",
                        "f (line 2): not YAML: while scanning an alias, unexpected character found :(58); a value that begins with * stands in quotes"),
                arguments(
                        "a:\n   b: 1\n  c: 2\n",
                        "f (line 3): not YAML: while parsing a block mapping, expected <block end>, but found '<block mapping start>'; is this line indented like its neighbours?"),
                arguments("a: !!str 5\n", "a (line 1): a tag (expected: a value without !)"),
                arguments("a: !java.net.URL {x: 1}\n", "a (line 1): a tag (expected: a value without !)"),
                arguments("&x {}\n", "f (line 1): an anchor (expected: a value without &)"),
                arguments("[".repeat(33), "f (line 1): nested too deeply (expected: at most 32 levels)"),
                arguments("a:\n" + "{a: ".repeat(40), "f (line 2): nested too deeply (expected: at most 32 levels)"));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void brokenYaml_isOneProblemWithItsLine(String yaml, String problem) {
        NodeReader.read(yaml, "f", problems);

        assertThat(problems.errors()).extracting(Problem::toString).containsExactly(problem);
    }

    @Test
    void controlCharacter_isAProblemAndNotInTheMessage() {
        NodeReader.read("a: x\u0007\n", "f", problems);

        assertThat(problems.errors())
                .singleElement()
                .extracting(Problem::message)
                .asString()
                .isEqualTo("not YAML: special characters are not allowed");
    }

    @Test
    void billionLaughs_areRefusedAtOnce() {
        StringBuilder yaml = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 30; i++) {
            String previous = "*a" + (i - 1);
            yaml.append("a" + i + ": &a" + i + " [" + String.join(", ", Collections.nCopies(10, previous)))
                    .append("]\n");
        }

        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> NodeReader.read(yaml.toString(), "f", problems));
        assertThat(problems.errors()).hasSizeGreaterThan(30);
        assertThat(problems.errors().get(0).toString()).startsWith("a0 (line 1): an anchor");
        assertThat(problems.errors().get(2).toString()).startsWith("a1[0] (line 2): the alias *a0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[", "{", "- ", "? ", "a: ", "!", "&a ", "*a\n", "%\n", "---\n", "|", "'", "#", "[a, ", "a:\n ", "{a: "
            })
    void endlessNonsense_endsInNoTime(String piece) {
        String yaml = piece.repeat(ConfigReader.MAX_FILE / piece.length());

        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> NodeReader.read(yaml, "f", problems));
        assertThat(problems.errors()).hasSizeLessThanOrEqualTo(101);
    }

    @Test
    void fileFullOfProblems_keepsAHundred() {
        NodeReader.read("a: 1\n".repeat(10_000), "f", problems);

        assertThat(problems.errors()).hasSize(101);
        assertThat(problems.errors().get(100).toString()).isEqualTo("configuration: and 9899 more problems");
    }

    @Test
    void nothing_isNoProblem() {
        assertThat(NodeReader.read("", "f", problems)).isNull();
        assertThat(NodeReader.read("# only a comment\n", "f", problems)).isNull();
        assertThat(problems.errors()).isEmpty();
    }
}
