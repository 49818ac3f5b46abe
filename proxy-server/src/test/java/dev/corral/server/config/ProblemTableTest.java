package dev.corral.server.config;

import static dev.corral.server.config.Configs.problems;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One mistake each, and the one problem that it must be. */
class ProblemTableTest {
    private static final String ORIGIN = "an origin in lower case and without path, such as https://chat.lab,"
            + " http://localhost:*, app://* or \"*\"";
    private static final String GROUPS =
            "a list of liveness, read, inference, pull, push, delete, create, account, web";

    private static final String ROLE = "a section with groups, models, rules, exceptions, show-details, manage,"
            + " limits, limits-together, weight";

    static Stream<Arguments> wrongValues() {
        return Stream.of(
                arguments(
                        "timeouts:\n  connect: 2x",
                        "timeouts.connect (line 2): \"2x\" (expected: a duration such as 10s, 5m, 12h)"),
                arguments("timeouts: {connect: 3m}", "timeouts.connect (line 1): \"3m\" (expected: 10ms to 2m)"),
                arguments("timeouts: {connect: 0s}", "timeouts.connect (line 1): \"0s\" (expected: 10ms to 2m)"),
                arguments("timeouts: {connect: }", "timeouts.connect (line 1): nothing (expected: 10ms to 2m)"),
                arguments("timeouts: {connect: [2s]}", "timeouts.connect (line 1): a list (expected: 10ms to 2m)"),
                arguments("timeouts: {connect: {s: 2}}", "timeouts.connect (line 1): a section (expected: 10ms to 2m)"),
                arguments(
                        "limits: {body-size: 32MB}",
                        "limits.body-size (line 1): \"32MB\" (expected: a size such as 512, 8KiB, 32MiB, 1GiB)"),
                arguments("limits: {body-size: 1}", "limits.body-size (line 1): \"1\" (expected: 1KiB to 1GiB)"),
                arguments(
                        "limits: {header-fields: many}",
                        "limits.header-fields (line 1): \"many\" (expected: a whole number, 10 to 1000)"),
                arguments(
                        "limits: {header-fields: 1.5}",
                        "limits.header-fields (line 1): \"1.5\" (expected: a whole number, 10 to 1000)"),
                arguments("limits: {header-fields: 9}", "limits.header-fields (line 1): \"9\" (expected: 10 to 1000)"),
                arguments(
                        "limits: {header-fields: 99999999999999999999}",
                        "limits.header-fields (line 1): \"99999999999999999999\" (expected: a whole number, 10 to 1000)"),
                arguments("anonymous-liveness: yes", "anonymous-liveness (line 1): \"yes\" (expected: true or false)"),
                arguments("transport: kqueue", "transport (line 1): \"kqueue\" (expected: one of auto, epoll, nio)"),
                arguments(
                        "log: {level: trace}",
                        "log.level (line 1): \"trace\" (expected: one of error, warn, info, debug)"),
                arguments(
                        "state-dir: ~bob/x",
                        "state-dir (line 1): \"~bob/x\" (expected: a path; ~/ is the home directory, a relative one is below this file's directory)"),
                arguments(
                        "state-dir: \"a\\0b\"",
                        "state-dir (line 1): \"a\\u0000b\" (expected: a path; ~/ is the home directory, a relative one is below this file's directory)"),
                arguments(
                        "cors: {origins: https://chat.lab}",
                        "cors.origins (line 1): \"https://chat.lab\" (expected: a list of origins such as https://chat.lab; http://localhost:* for any port, app://* for all of a scheme, \"*\" alone for all)"),
                arguments(
                        "cors:\n  origins:\n    - https://ok.lab\n    - https://chat.lab/x",
                        "cors.origins[1] (line 4): \"https://chat.lab/x\" (expected: " + ORIGIN + ")"),
                arguments(
                        "cors: {origins: [HTTPS://chat.lab]}",
                        "cors.origins[0] (line 1): \"HTTPS://chat.lab\" (expected: " + ORIGIN + ")"),
                arguments(
                        "cors: {origins: [\"null\"]}", "cors.origins[0] (line 1): \"null\" (expected: " + ORIGIN + ")"),
                arguments("cors: {origins: [[a]]}", "cors.origins[0] (line 1): a list (expected: " + ORIGIN + ")"),
                arguments(
                        "roles: [admin]",
                        "roles (line 1): a list (expected: names of roles, and under each " + ROLE + ")"),
                arguments("roles: {a: [read]}", "roles.a (line 1): a list (expected: " + ROLE + ")"),
                arguments("roles: {a: {}}", "roles.a (line 1): no groups (expected: `groups:`, " + GROUPS + ")"),
                arguments("roles: {a: {groups: read}}", "roles.a.groups (line 1): \"read\" (expected: " + GROUPS + ")"),
                arguments(
                        "roles: {a: {groups: [READ]}}",
                        "roles.a.groups[0] (line 1): \"READ\" (expected: one of liveness, read, inference, pull, push, delete, create, account, web; did you mean `read`?)"),
                arguments(
                        "roles: {a: {groups: [everything]}}",
                        "roles.a.groups[0] (line 1): \"everything\" (expected: one of liveness, read, inference, pull, push, delete, create, account, web)"),
                arguments(
                        "roles: {a: {groups: [read], group: []}}",
                        "roles.a.group (line 1): unknown setting (did you mean `groups`?)"),
                arguments(
                        "roles: {Admin: {groups: [read]}}",
                        "roles.Admin (line 1): \"Admin\" (expected: a role's name of at most 32 characters, a-z, 0-9 and -, a letter first)"));
    }

    static Stream<Arguments> unknownSettings() {
        return Stream.of(
                arguments("lissten: 1", "lissten (line 1): unknown setting (did you mean `listen`?)"),
                arguments(
                        "\n\ntimeouts:\n  keepalive: 1s",
                        "timeouts.keepalive (line 4): unknown setting (did you mean `keep-alive`?)"),
                arguments("log: {acess: {keep: 1}}", "log.acess (line 1): unknown setting (did you mean `access`?)"),
                arguments(
                        "keep-alive: 1s", "keep-alive (line 1): unknown setting (did you mean `timeouts.keep-alive`?)"),
                arguments(
                        "keep: 1",
                        "keep (line 1): unknown setting (did you mean `log.access.keep` or `log.audit.keep`?)"),
                arguments(
                        "timeouts.connect: 1s",
                        "timeouts.connect (line 1): unknown setting (expected: nested, `timeouts:` and below it `connect:`)"),
                arguments(
                        "cors: {password: x}",
                        "cors.password (line 1): unknown setting (expected: one of origins, max-age)"),
                arguments("admin: {password: x}", "admin.password (line 1): unknown setting (expected: listen)"),
                arguments(
                        "<<: {listen: x}",
                        "<< (line 1): unknown setting (expected: one of listen, tls, admin, upstream, queue, state-dir, keys-file, state, usage, anonymous-liveness, public-url, proxy-protocol, listeners, trusted-proxies, clients, roles, auth, show-changes, cors, limits, lockout, http2, timeouts, transport, event-loops, log)"));
    }

    @ParameterizedTest
    @MethodSource({"wrongValues", "unknownSettings"})
    void mistake_isOneProblemWithLineValueAndExpectation(String yaml, String problem) {
        assertThat(problems(yaml)).containsExactly(problem);
    }

    static Stream<Arguments> wrongAddresses() {
        return Stream.of(
                        "11435",
                        ":11435",
                        "127.0.0.1",
                        "127.0.0.1:",
                        "127.0.0.1:65536",
                        "127.0.0.1:-1",
                        "127.0.0.1:1:2",
                        "127.0.0.01:1",
                        "256.0.0.1:1",
                        "1.2.3:1",
                        "::1:11435",
                        "[::1]",
                        "[127.0.0.1]:1",
                        "[::1]x:1",
                        "[fe80::1%eth0]:1",
                        "gpu.lab:11435",
                        "http://127.0.0.1:1",
                        "*:11435",
                        "[:1",
                        "127.0.0.1:1 ")
                .map(text -> arguments(text));
    }

    @ParameterizedTest
    @MethodSource("wrongAddresses")
    void listenThatIsNoAddress_isAProblem(String text) {
        assertThat(problems("listen: \"" + text + "\""))
                .containsExactly(
                        "listen (line 1): \"" + text + "\" (expected: ADDRESS:PORT with an IP address or localhost,"
                                + " such as 127.0.0.1:11435 or \"[::1]:11435\"; port 0 for any free one)");
    }

    static Stream<Arguments> wrongUpstreams() {
        return Stream.of(
                        "127.0.0.1:11434",
                        "http://",
                        "http:///",
                        "http://gpu/ollama",
                        "http://gpu//",
                        "http://gpu?x=1",
                        "http://gpu#x",
                        "http://user@gpu",
                        "http://u:p@gpu:1",
                        "http://gpu:0",
                        "http://gpu:65536",
                        "http://gpu:",
                        "http://gp u",
                        "http://1.2.3.999",
                        "http://1.2.3:1",
                        "http://::1",
                        "ftp://gpu",
                        "http://-gpu",
                        "unix:/run/ollama")
                .map(text -> arguments(text));
    }

    @ParameterizedTest
    @MethodSource("wrongUpstreams")
    void upstreamThatIsNotJustHostAndPort_isAProblem(String text) {
        assertThat(problems("upstream: {url: \"" + text + "\"}"))
                .containsExactly("upstream.url (line 1): \"" + text.replaceFirst("u.*@", "***@")
                        + "\" (expected: http://HOST:PORT, nothing after it)");
    }

    static Stream<Arguments> wrongPublicUrls() {
        return Stream.of(
                        "gpu.lab",
                        "https://gpu.lab/x",
                        "https://",
                        "https://u@gpu.lab",
                        "https://gpu.lab?x",
                        "ws://gpu")
                .map(text -> arguments(text));
    }

    @ParameterizedTest
    @MethodSource("wrongPublicUrls")
    void publicUrlThatIsNotJustAnOrigin_isAProblem(String text) {
        assertThat(problems("public-url: \"" + text + "\""))
                .containsExactly("public-url (line 1): \"" + text.replace("u@", "***@")
                        + "\" (expected: https://HOST or http://HOST, with :PORT"
                        + " if it is not the usual one, nothing after it; \"none\" to go by each request's Host)");
    }
}
