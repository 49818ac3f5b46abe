package dev.corral.server.config;

import static dev.corral.server.config.Configs.problems;
import static dev.corral.server.config.Configs.warnings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigValidatorTest {
    private static final String LOOP = "Ollama's address, not Corral's own listener: that is a loop)";

    static Stream<Arguments> contradictions() {
        return Stream.of(
                arguments(
                        "admin: {listen: 127.0.0.1:11435}",
                        "admin.listen (line 1): \"127.0.0.1:11435\" (expected: another port than listen, which is 127.0.0.1:11435)"),
                arguments(
                        "listen: 127.0.0.1:11436",
                        "admin.listen: \"127.0.0.1:11436\" (expected: another port than listen, which is 127.0.0.1:11436)"),
                arguments(
                        "listen: 0.0.0.0:11436",
                        "admin.listen: \"127.0.0.1:11436\" (expected: another port than listen, which is 0.0.0.0:11436)"),
                arguments(
                        "upstream: {url: http://127.0.0.1:11435}",
                        "upstream.url (line 1): \"http://127.0.0.1:11435\" (expected: " + LOOP),
                arguments(
                        "upstream: {url: http://localhost:11435}",
                        "upstream.url (line 1): \"http://localhost:11435\" (expected: " + LOOP),
                arguments(
                        "listen: 0.0.0.0:80\nupstream: {url: \"http://[::1]\"}",
                        "upstream.url (line 2): \"http://[::1]:80\" (expected: " + LOOP),
                arguments(
                        "listen: 10.0.0.1:80\nupstream: {url: http://10.0.0.1}",
                        "upstream.url (line 2): \"http://10.0.0.1:80\" (expected: " + LOOP),
                arguments("listen: 127.0.0.1:11434", "upstream.url: \"http://127.0.0.1:11434\" (expected: " + LOOP),
                arguments(
                        "upstream: {url: http://localhost:11436}",
                        "upstream.url (line 1): \"http://localhost:11436\" (expected: Ollama's address, not Corral's admin listener)"),
                arguments(
                        "limits: {header-size: 4KiB}",
                        "limits.header-size (line 1): \"4KiB\" (expected: at least limits.target-size, 8KiB)"),
                arguments(
                        "limits: {body-size: 256MiB}",
                        "limits.body-size (line 1): \"256MiB\" (expected: at most limits.buffered-bodies, 128MiB)"),
                arguments(
                        "limits: {buffered-bodies: 1MiB}",
                        "limits.body-size: \"32MiB\" (expected: at most limits.buffered-bodies, 1MiB)"),
                arguments(
                        "limits: {connections: 10}",
                        "limits.connections-per-address: \"2000\" (expected: at most limits.connections, 10)"),
                arguments(
                        "timeouts: {connect: 60s, first-byte: 45s}",
                        "timeouts.first-byte (line 1): \"45s\" (expected: at least timeouts.connect, 1m)"),
                arguments(
                        "timeouts: {stream-idle: 2h}",
                        "timeouts.long-stream-idle: \"30m\" (expected: at least timeouts.stream-idle, 2h)"),
                arguments(
                        "log: {audit: {file: /a}, access: {file: /b/../a}}",
                        "log.audit.file (line 1): \"/a\" (expected: another file than log.access.file)"),
                arguments(
                        "keys-file: /k\nlog: {access: {file: /k}}",
                        "log.access.file (line 2): \"/k\" (expected: another file than keys-file)"),
                arguments(
                        "keys-file: /k\nlog: {audit: {file: /k}}",
                        "log.audit.file (line 2): \"/k\" (expected: another file than keys-file)"),
                arguments(
                        "cors: {origins: [\"*\", https://a.b]}",
                        "cors.origins (line 1): \"*\" among others (expected: \"*\" alone, or a list without)"));
    }

    @ParameterizedTest
    @MethodSource("contradictions")
    void valuesThatContradictEachOther_areAProblem(String yaml, String problem) {
        assertThat(problems(yaml)).containsExactly(problem);
    }

    @Test
    void defaultStandingInForABrokenValue_isNotComparedWithOthers() {
        assertThat(problems("listen: 127.0.0.1:11436\nadmin: {listen: x}")).hasSize(1);
        assertThat(problems("limits: {header-size: 4KiB, target-size: x}")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "listen: 127.0.0.1:0\nadmin: {listen: 127.0.0.1:0}",
                "listen: 127.0.0.1:11436\nadmin: {listen: off}",
                "listen: 127.0.0.2:11436",
                "listen: 127.0.0.2:11434",
                "log: {access: {file: \"-\"}, audit: {file: \"-\"}}",
                "log: {audit: {file: /a, enabled: false}, access: {file: /a}}",
                "limits: {connections: 10, connections-per-address: 10}",
                "upstream: {url: http://localhost:1}",
                "upstream: {url: \"http://[::1]:1\"}",
                "cors: {origins: []}",
                "queue: {waiting: 0}",
                "state: {url: \"redis://localhost\", when-away: local}",
                "state: {url: \"rediss+cluster://u:p@a,b\"}",
                "timeouts: {drain: 0s, linger: 0s}"
            })
    void harmlessValues_areNeitherProblemNorWarning(String yaml) {
        assertThat(warnings(yaml)).isEmpty();
    }

    static Stream<Arguments> dangers() {
        return Stream.of(
                arguments(
                        "listen: 0.0.0.0:11435",
                        "listen (line 1): \"0.0.0.0:11435\" is reachable from other machines without TLS"),
                arguments(
                        "listen: 192.168.1.2:11435",
                        "listen (line 1): \"192.168.1.2:11435\" is reachable from other machines without TLS"),
                arguments(
                        "listen: \"[::]:11435\"",
                        "listen (line 1): \"[::]:11435\" is reachable from other machines without TLS"),
                arguments(
                        "admin: {listen: 0.0.0.0:11436}",
                        "admin.listen (line 1): \"0.0.0.0:11436\" is reachable from other machines, and asks for no key"),
                arguments("cors: {origins: [\"*\"]}", "cors.origins (line 1): \"*\" lets every web page"),
                arguments(
                        "upstream: {url: http://gpu}",
                        "upstream.url (line 1): \"http://gpu:80\" is plain HTTP to another machine"),
                arguments(
                        "queue: {waiting: 5, waiting-per-key: 6}",
                        "queue.waiting-per-key (line 1): \"6\" is more than queue.waiting, 5: so many never wait"),
                arguments(
                        "queue: {max-wait: 11m}", "queue.max-wait (line 1): \"11m\" is longer than most clients wait"),
                arguments(
                        "state: {when-away: local}",
                        "state.when-away (line 1): \"local\" has no effect: state.url is sqlite"),
                arguments(
                        "state: {url: \"rediss://db\"}",
                        "state.url (line 1): \"rediss://db:6379\" is another machine, and has no password"),
                arguments(
                        "state: {url: \"redis://:hush@db\"}",
                        "state.url (line 1): \"redis://***@db:6379\" is another machine without TLS"),
                arguments(
                        "roles: {a: {groups: [read], limits: {burst: 3}}}",
                        "roles.a.limits.burst (line 1): has no effect without requests-per-minute"),
                arguments(
                        "roles: {a: {groups: [read], limits: {burst: 3, requests-per-minute: 2}}}",
                        "roles.a.limits.burst (line 1): \"3\" is more than requests-per-minute, 2"),
                arguments(
                        "roles: {a: {groups: [read], limits: {concurrency: 3}, limits-together: {concurrency: 2}}}",
                        "roles.a.limits.concurrency (line 1): \"3\" has no effect: it is more than"
                                + " limits-together.concurrency, 2"),
                arguments("timeouts: {first-byte: 10s}", "timeouts.first-byte (line 1): \"10s\" is short"));
    }

    @ParameterizedTest
    @MethodSource("dangers")
    void dangerousButLegalValue_isOneWarningByName(String yaml, String warning) {
        assertThat(warnings(yaml)).singleElement().asString().startsWith(warning);
    }
}
