package dev.corral.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.spi.Endpoint;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ManagementPolicyTest {
    private static final List<Endpoint> ONE_NAME =
            List.of(Endpoint.PULL_MODEL, Endpoint.PUSH_MODEL, Endpoint.DELETE_MODEL, Endpoint.CREATE_MODEL);

    /** May use all but {@code secret}, and manage what is called after what may be done with it. */
    private static RolePolicy role(boolean cloud) {
        return new RolePolicy(
                "ops",
                new ModelRules(Policies.patterns("*"), Policies.patterns("secret"), cloud),
                BodyRules.SAFE,
                List.of(),
                new ManagementRules(
                        Policies.patterns("pullable", "both", "here", "stub", "hf.co/org/*"),
                        Policies.patterns("pushable", "both", "here", "stub", "org/*"),
                        Policies.patterns("deletable", "both", "here", "stub"),
                        Policies.patterns("mine/*", "both", "here", "stub")),
                false);
    }

    private static final RolePolicy OPS = role(false);
    private static final RolePolicy CLOUD = role(true);

    private static String named(String name) {
        return "{\"model\":\"" + name + "\"}";
    }

    private static String copy(String source, String destination) {
        return "{\"source\":\"" + source + "\",\"destination\":\"" + destination + "\"}";
    }

    private static String create(String from) {
        return "{\"model\":\"mine/x\",\"from\":\"" + from + "\"}";
    }

    @Test
    void whatTheRulesName_passesAsItIsWritten() {
        Map.of(
                        Endpoint.PULL_MODEL, List.of("pullable", "BOTH", "both:latest", "here:local", "hf.co/Org/x"),
                        Endpoint.PUSH_MODEL, List.of("pushable", "both", "org/x"),
                        Endpoint.DELETE_MODEL, List.of("deletable", "Both", "here", "here:local"),
                        Endpoint.CREATE_MODEL, List.of("mine/x", "both"))
                .forEach((endpoint, names) -> {
                    for (String name : names) {
                        Verdict.of(endpoint, OPS, named(name)).passes();
                        Verdict.of(endpoint, OPS, "{\"name\":\"" + name + "\",\"model\":\"\",\"stream\":false}")
                                .passes();
                    }
                });
        Verdict.of(Endpoint.COPY_MODEL, OPS, copy("here", "mine/x:v1")).passes();
        // Not in the last listing: what is there to be copied is there.
        Verdict.of(Endpoint.COPY_MODEL, OPS, copy("new", "both")).passes();
    }

    @Test
    void whatTheRulesDoNotName_isRefusedBySayingWhichRule() {
        Map.of(
                        Endpoint.PULL_MODEL, "pull",
                        Endpoint.PUSH_MODEL, "push",
                        Endpoint.DELETE_MODEL, "delete",
                        Endpoint.CREATE_MODEL, "create")
                .forEach((endpoint, verb) -> {
                    for (String name : List.of("other", "both:7b", "evil.example/library/both", "hf.co/orgy/x")) {
                        Verdict.of(endpoint, OPS, named(name))
                                .refused(
                                        ErrorCode.FORBIDDEN_MANAGEMENT,
                                        "the role \"ops\" may not " + verb + " \"",
                                        "its rules for " + verb + " do not name it");
                    }
                });
        Verdict.of(Endpoint.PULL_MODEL, OPS, named("other"))
                .refused(ErrorCode.FORBIDDEN_MANAGEMENT, "\"registry.ollama.ai/library/other:latest\"");
        Verdict.of(Endpoint.COPY_MODEL, OPS, copy("here", "other"))
                .refused(ErrorCode.FORBIDDEN_MANAGEMENT, "create \"registry.ollama.ai/library/other:latest\"");
    }

    @Test
    void aModelThatIsNotOpen_isNotThere() {
        Verdict.of(Endpoint.DELETE_MODEL, OPS, named("Secret"))
                .refusedWith(ErrorCode.FORBIDDEN_MODEL, "model 'Secret' not found");
        Verdict.of(Endpoint.PUSH_MODEL, OPS, named("secret"))
                .refusedWith(ErrorCode.FORBIDDEN_MODEL, "model 'secret' not found");
        Verdict.of(Endpoint.COPY_MODEL, OPS, copy("secret", "mine/x"))
                .refusedWith(ErrorCode.FORBIDDEN_MODEL, "model \"secret\" not found");
        for (Endpoint endpoint : List.of(Endpoint.DELETE_MODEL, Endpoint.PUSH_MODEL)) {
            Verdict.of(endpoint, OPS, named("stub")).refused(ErrorCode.FORBIDDEN_MODEL, "'stub'");
            Verdict.of(endpoint, CLOUD, named("stub")).passes();
        }
        Verdict.of(Endpoint.COPY_MODEL, OPS, copy("stub", "mine/x")).refused(ErrorCode.FORBIDDEN_MODEL, "\"stub\"");
        Verdict.of(Endpoint.COPY_MODEL, CLOUD, copy("stub", "mine/x")).passes();
    }

    @Test
    void aNameThatIsNotOpen_mayNotBeMadeOrFetched() {
        for (Endpoint endpoint : List.of(Endpoint.PULL_MODEL, Endpoint.CREATE_MODEL)) {
            Verdict.of(endpoint, OPS, named("secret"))
                    .refused(ErrorCode.FORBIDDEN_MANAGEMENT, "\"ops\"", "library/secret:latest", "its models");
        }
        Verdict.of(Endpoint.COPY_MODEL, OPS, copy("here", "secret"))
                .refused(ErrorCode.FORBIDDEN_MANAGEMENT, "library/secret:latest", "its models");
    }

    @Test
    void cloudNames_needCloud() {
        for (Endpoint endpoint : ONE_NAME) {
            for (String name : List.of("both:cloud", "both:latest-cloud")) {
                Verdict.of(endpoint, OPS, named(name)).refused(ErrorCode.FORBIDDEN_CLOUD, "\"ops\"", name);
                Verdict.of(endpoint, CLOUD, named(name)).passes();
            }
        }
        Verdict.of(Endpoint.COPY_MODEL, OPS, copy("both:cloud", "mine/x")).refused(ErrorCode.FORBIDDEN_CLOUD);
        Verdict.of(Endpoint.COPY_MODEL, OPS, copy("here", "mine/x:cloud")).refused(ErrorCode.FORBIDDEN_CLOUD);
        Verdict.of(Endpoint.COPY_MODEL, CLOUD, copy("both:cloud", "mine/x")).passes();
    }

    @Test
    void whereLocalWouldBeATag_itIsNoName() {
        for (Endpoint endpoint : List.of(Endpoint.PUSH_MODEL, Endpoint.CREATE_MODEL)) {
            Verdict.of(endpoint, OPS, named("both:local"))
                    .refusedWith(ErrorCode.INVALID_MODEL_NAME, "invalid model name");
        }
        Verdict.of(Endpoint.COPY_MODEL, OPS, copy("here:local", "mine/x")).refused(ErrorCode.INVALID_MODEL_NAME);
        Verdict.of(Endpoint.COPY_MODEL, OPS, copy("here", "mine/x:LOCAL")).refused(ErrorCode.INVALID_MODEL_NAME);
    }

    @Test
    void modelAndName_mustBeTheSameModel() {
        for (Endpoint endpoint : ONE_NAME) {
            Verdict.of(endpoint, OPS, "{\"model\":\"both\",\"name\":\"library/BOTH:latest\"}")
                    .passes();
            Verdict.of(endpoint, OPS, "{\"model\":\"both\",\"name\":null}").passes();
            Verdict.of(endpoint, OPS, "{\"model\":\"both\",\"name\":\"other\"}")
                    .refused(ErrorCode.AMBIGUOUS_BODY, "\"model\"", "\"name\"");
            Verdict.of(endpoint, OPS, "{\"model\":\"both\",\"name\":\"a b\"}").refused(ErrorCode.INVALID_MODEL_NAME);
            Verdict.of(endpoint, OPS, "{\"model\":\"both\",\"name\":1}")
                    .refused(ErrorCode.INVALID_BODY, "\"name\" is a number");
        }
    }

    @Test
    void noName_isRefused() {
        for (Endpoint endpoint : ONE_NAME) {
            for (String body : List.of("{}", "{\"model\":\"\"}", "{\"name\":\"\"}", "{\"model\":null,\"name\":null}")) {
                Verdict.of(endpoint, OPS, body).refusedWith(ErrorCode.INVALID_BODY, "model is required");
            }
            Verdict.of(endpoint, OPS, named("https://both")).refused(ErrorCode.INVALID_MODEL_NAME);
        }
        Verdict.of(Endpoint.COPY_MODEL, OPS, "{\"destination\":\"both\"}")
                .refusedWith(ErrorCode.INVALID_BODY, "source is required");
        Verdict.of(Endpoint.COPY_MODEL, OPS, "{\"source\":\"here\"}")
                .refusedWith(ErrorCode.INVALID_BODY, "destination is required");
        Verdict.of(Endpoint.COPY_MODEL, OPS, copy("here", "../x")).refused(ErrorCode.INVALID_MODEL_NAME);
    }

    @Test
    void escapes_areWrittenPlainly() {
        for (Endpoint endpoint : ONE_NAME) {
            Verdict.of(endpoint, OPS, named("b\\u006fth")).becomes(named("both"));
        }
        Verdict.of(Endpoint.COPY_MODEL, OPS, copy("h\\u0065re", "mine\\/x")).becomes(copy("here", "mine/x"));
        Verdict.of(Endpoint.CREATE_MODEL, OPS, create("h\\u0065re")).becomes(create("here"));
    }

    @Test
    void insecure_isForNobody() {
        for (Endpoint endpoint : List.of(Endpoint.PULL_MODEL, Endpoint.PUSH_MODEL)) {
            for (RolePolicy role : List.of(OPS, open())) {
                Verdict.of(endpoint, role, "{\"model\":\"both\",\"insecure\":true}")
                        .refused(ErrorCode.FORBIDDEN_MANAGEMENT, "\"insecure\"", '"' + role.role() + '"');
                Verdict.of(endpoint, role, "{\"model\":\"both\",\"insecure\":1}")
                        .refused(ErrorCode.INVALID_BODY, "\"insecure\" is a number", "true or false");
                Verdict.of(endpoint, role, "{\"model\":\"both\",\"insecure\":false}")
                        .passes();
                Verdict.of(endpoint, role, "{\"model\":\"both\",\"insecure\":null}")
                        .passes();
            }
        }
    }

    @Test
    void remoteHost_isForNobody() {
        for (RolePolicy role : List.of(OPS, CLOUD, open())) {
            Verdict.of(Endpoint.CREATE_MODEL, role, "{\"model\":\"mine/x\",\"from\":\"here\",\"remote_host\":\"x\"}")
                    .refused(ErrorCode.FORBIDDEN_MANAGEMENT, "\"remote_host\"", '"' + role.role() + '"');
            Verdict.of(Endpoint.CREATE_MODEL, role, "{\"model\":\"mine/x\",\"from\":\"here\",\"remote_host\":\"\"}")
                    .passes();
        }
    }

    @Test
    void creating_isFromWhatTheRoleMayUse() {
        for (String from : List.of("here", "HERE:latest", "here:local")) {
            Verdict.of(Endpoint.CREATE_MODEL, OPS, create(from)).passes();
        }
        Verdict.of(Endpoint.CREATE_MODEL, OPS, "{\"model\":\"mine/x\",\"files\":{\"a\":\"sha256:0\"},\"from\":\"\"}")
                .passes();
        Verdict.of(Endpoint.CREATE_MODEL, OPS, create("secret"))
                .refused(ErrorCode.FORBIDDEN_MANAGEMENT, "create from", "library/secret:latest");
        for (String path : List.of("./x.gguf", "/models/x", "a b", "..", "C:\\\\x")) {
            Verdict.of(Endpoint.CREATE_MODEL, OPS, create(path)).refused(ErrorCode.INVALID_MODEL_NAME);
        }
        Verdict.of(Endpoint.CREATE_MODEL, OPS, "{\"model\":\"mine/x\",\"from\":7}")
                .refused(ErrorCode.INVALID_BODY, "\"from\" is a number");
    }

    @Test
    void creatingFromTheCloud_needsCloud() {
        for (String from : List.of("here:cloud", "here:7b-cloud", "stub")) {
            Verdict.of(Endpoint.CREATE_MODEL, OPS, create(from)).refused(ErrorCode.FORBIDDEN_CLOUD, "\"ops\"", from);
            Verdict.of(Endpoint.CREATE_MODEL, CLOUD, create(from)).passes();
        }
    }

    @Test
    void creatingFromWhatOllamaWouldFetch_isFetchingIt() {
        for (RolePolicy role : List.of(OPS, CLOUD)) {
            Verdict.of(Endpoint.CREATE_MODEL, role, create("pullable")).passes();
            Verdict.of(Endpoint.CREATE_MODEL, role, create("hf.co/org/x:q4")).passes();
            Verdict.of(Endpoint.CREATE_MODEL, role, create("10.0.0.1:8080/a/b"))
                    .refused(ErrorCode.FORBIDDEN_MANAGEMENT, "may not pull \"10.0.0.1:8080/a/b:latest\"");
        }
    }

    @Test
    void theModel_isToldToTheLogs() {
        assertThat(Verdict.of(Endpoint.COPY_MODEL, OPS, copy("here", "mine/x"))
                        .forward()
                        .model())
                .isEqualTo(ModelName.parse("here"));
    }

    private static RolePolicy open() {
        RolePolicy open = RolePolicies.OPEN.of("admin");
        if (open == null) {
            throw new AssertionError("no such role");
        }
        return open;
    }
}
