package dev.corral.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.spi.Endpoint;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ModelDecisionTest {
    private static final List<Endpoint> ROUTES = List.of(
            Endpoint.GENERATE,
            Endpoint.CHAT,
            Endpoint.EMBED,
            Endpoint.EMBEDDINGS,
            Endpoint.CHAT_COMPLETIONS,
            Endpoint.COMPLETIONS,
            Endpoint.V1_EMBEDDINGS,
            Endpoint.RESPONSES,
            Endpoint.MESSAGES,
            Endpoint.SHOW);
    private static final String CHAT_WORDS = "model '%s' not found";
    private static final String PULL_WORDS = "model \"%s\" not found, try pulling it first";
    /** What Ollama says of a model that does not exist. */
    private static final Map<Endpoint, String> WORDS = Map.of(
            Endpoint.GENERATE, CHAT_WORDS,
            Endpoint.CHAT, CHAT_WORDS,
            Endpoint.EMBED, PULL_WORDS,
            Endpoint.EMBEDDINGS, PULL_WORDS,
            Endpoint.CHAT_COMPLETIONS, CHAT_WORDS,
            Endpoint.COMPLETIONS, CHAT_WORDS,
            Endpoint.V1_EMBEDDINGS, PULL_WORDS,
            Endpoint.RESPONSES, CHAT_WORDS,
            Endpoint.MESSAGES, CHAT_WORDS);

    private static final RolePolicy USER = Verdict.role(BodyRules.OPEN);
    private static final RolePolicy CLOUD =
            Verdict.role(new ModelRules(Policies.patterns("here", "stub", "new"), List.of(), true), BodyRules.OPEN);

    private static String body(String model) {
        return "{\"model\":\"" + model + "\"}";
    }

    private static PolicyDecision decide(Endpoint endpoint, RolePolicy role, String model) {
        return new BodyPolicy(Verdict.CATALOGUE).decideModel(endpoint, role, model);
    }

    private static void refused(PolicyDecision decision, ErrorCode code, String message) {
        assertThat(decision).isInstanceOfSatisfying(PolicyDecision.Refuse.class, refuse -> {
            assertThat(refuse.error().code()).isEqualTo(code);
            assertThat(refuse.error().message()).isEqualTo(message);
        });
    }

    @Test
    void aModelThatIsHere_passesInTheCallersSpelling() {
        for (Endpoint endpoint : ROUTES) {
            for (String model : List.of(
                    "here",
                    "HERE",
                    "here:latest",
                    "Here:LATEST",
                    "library/here",
                    "registry.ollama.ai/library/here:latest",
                    "here:local",
                    "here:latest:LOCAL")) {
                Verdict verdict = Verdict.of(endpoint, USER, body(model));
                verdict.passes();
                assertThat(verdict.forward().model()).isNotNull();
                assertThat(requireKey(verdict)).isEqualTo("registry.ollama.ai/library/here:latest");
            }
        }
    }

    private static String requireKey(Verdict verdict) {
        ModelName name = verdict.forward().model();
        return name == null ? "none" : name.key();
    }

    @Test
    void escapes_areWrittenPlainly() {
        for (Endpoint endpoint : ROUTES) {
            Verdict.of(endpoint, USER, body("h\\u0065re")).becomes(body("here"));
            Verdict.of(endpoint, USER, body("org\\/new")).becomes(body("org/new:local"));
            Verdict.of(endpoint, CLOUD, body("h\\u0065re")).becomes(body("here"));
        }
    }

    @Test
    void aModelOfWhichNothingIsKnown_isAskedForAsALocalOne() {
        for (Endpoint endpoint : ROUTES) {
            Verdict.of(endpoint, USER, body("new")).becomes(body("new:local"));
            Verdict.of(endpoint, USER, body("NEW:Latest")).becomes(body("NEW:Latest:local"));
            Verdict.of(endpoint, USER, body("org/new")).becomes(body("org/new:local"));
            Verdict.of(endpoint, USER, body("new:local")).passes();
            Verdict.of(endpoint, USER, body("new:LOCAL")).passes();
            Verdict.of(endpoint, CLOUD, body("new")).passes();
        }
    }

    @Test
    void aModelThatIsNotOpen_doesNotExist_whetherItDoesOrNot() {
        for (Endpoint endpoint : WORDS.keySet()) {
            for (String model : List.of("secret", "nonesuch", "SECRET:7b", "hf.co/a/b:Q4")) {
                Verdict.of(endpoint, USER, body(model)).refusedWith(ErrorCode.FORBIDDEN_MODEL, words(endpoint, model));
                Verdict.of(endpoint, CLOUD, body(model)).refusedWith(ErrorCode.FORBIDDEN_MODEL, words(endpoint, model));
            }
            Verdict.of(endpoint, USER, body("secret:local"))
                    .refusedWith(ErrorCode.FORBIDDEN_MODEL, words(endpoint, "secret:local"));
            Verdict.of(endpoint, USER, body("s\\u0065cret"))
                    .refusedWith(ErrorCode.FORBIDDEN_MODEL, words(endpoint, "secret"));
        }
    }

    @Test
    void whereAnotherNameIsAskedFor_ollamasWordsForTheCallersOwnAreKept() {
        for (Endpoint endpoint : WORDS.keySet()) {
            for (String model : List.of("new", "NEW:Latest", "org/new")) {
                assertThat(Verdict.of(endpoint, USER, body(model)).forward().absent())
                        .isEqualTo(words(endpoint, model));
            }
            for (String model : List.of("here", "new:local")) {
                assertThat(Verdict.of(endpoint, USER, body(model)).forward().absent())
                        .isNull();
            }
            assertThat(Verdict.of(endpoint, CLOUD, body("new")).forward().absent())
                    .isNull();
        }
        assertThat(Verdict.of(Endpoint.SHOW, USER, body("new")).forward().absent())
                .isEqualTo("model 'new:latest' not found");
    }

    private static String words(Endpoint endpoint, String model) {
        return String.format(WORDS.getOrDefault(endpoint, ""), model);
    }

    @Test
    void aStub_doesNotExistEither_unlessCloudIsOpen() {
        for (Endpoint endpoint : WORDS.keySet()) {
            Verdict.of(endpoint, USER, body("stub")).refusedWith(ErrorCode.FORBIDDEN_MODEL, words(endpoint, "stub"));
            Verdict.of(endpoint, USER, body("Stub:local"))
                    .refusedWith(ErrorCode.FORBIDDEN_MODEL, words(endpoint, "Stub:local"));
            Verdict.of(endpoint, CLOUD, body("stub")).passes();
        }
        Verdict.of(Endpoint.SHOW, USER, body("stub"))
                .refusedWith(ErrorCode.FORBIDDEN_MODEL, "model 'stub:latest' not found");
        Verdict.of(Endpoint.SHOW, CLOUD, body("stub")).passes();
    }

    @Test
    void show_namesItAsOllamaWouldDisplayIt() {
        Map.of(
                        "secret", "secret:latest",
                        "Secret", "Secret:latest",
                        "SECRET:7B", "SECRET:7B",
                        "secret:local", "secret:latest",
                        "Secret:7B:local", "Secret:7B",
                        "library/secret", "secret:latest",
                        "Registry.Ollama.AI/library/Secret:v1", "Secret:v1",
                        "Org/Secret", "Org/Secret:latest",
                        "HF.co/Org/Secret", "HF.co/Org/Secret:latest")
                .forEach((asked, shown) -> {
                    String words = "model '" + shown + "' not found";
                    Verdict.of(Endpoint.SHOW, USER, body(asked)).refusedWith(ErrorCode.FORBIDDEN_MODEL, words);
                    refused(decide(Endpoint.MODEL, USER, asked), ErrorCode.FORBIDDEN_MODEL, words);
                });
    }

    @Test
    void cloudNames_areRefusedWhateverExists() {
        for (Endpoint endpoint : ROUTES) {
            for (String model :
                    List.of("here:cloud", "here:CLOUD", "here:7b-cloud", "nonesuch:cloud", "secret:7b-Cloud")) {
                Verdict.of(endpoint, USER, body(model))
                        .refused(ErrorCode.FORBIDDEN_CLOUD, "\"user\"", "ollama.com", '"' + model + '"');
                refused(
                        decide(Endpoint.TRANSCRIPTIONS, USER, model),
                        ErrorCode.FORBIDDEN_CLOUD,
                        "the role \"user\" may not use models that run on ollama.com: \"" + model + '"');
            }
            Verdict.of(endpoint, CLOUD, body("here:cloud")).passes();
            Verdict.of(endpoint, CLOUD, body("secret:cloud")).refused(ErrorCode.FORBIDDEN_MODEL);
        }
    }

    @Test
    void whatIsNoName_isRefusedWithoutAnEcho() {
        for (Endpoint endpoint : ROUTES) {
            for (String model : List.of(
                    " ",
                    " here",
                    "here ",
                    "a b",
                    "https://here",
                    "here@sha256",
                    "h\\u00e9re",
                    "a/b/c/d",
                    "here:cloud:local",
                    "..",
                    "/",
                    ":",
                    "a".repeat(501),
                    "here\\u0000",
                    "\\ud800")) {
                Verdict.of(endpoint, USER, body(model)).refusedWith(ErrorCode.INVALID_MODEL_NAME, "invalid model name");
            }
        }
    }

    @Test
    void nameAsLongAsABody_isRefusedUnread() {
        for (Endpoint endpoint : ROUTES) {
            Verdict.of(endpoint, USER, body("a".repeat(3001))).refused(ErrorCode.INVALID_BODY, "\"model\"", "3002");
        }
    }

    @Test
    void noName_isRefused() {
        for (Endpoint endpoint : ROUTES) {
            for (String body : List.of("{}", "{\"model\":null}", "{\"model\":\"\"}", "{\"nodel\":\"here\"}")) {
                Verdict.of(endpoint, USER, body).refusedWith(ErrorCode.INVALID_BODY, "model is required");
            }
            for (String value : List.of("1", "true", "[]", "{}", "[\"here\"]")) {
                Verdict.of(endpoint, USER, "{\"model\":" + value + "}")
                        .refused(ErrorCode.INVALID_BODY, "\"model\" is ", "expected: a string");
            }
        }
        refused(decide(Endpoint.TRANSCRIPTIONS, USER, ""), ErrorCode.INVALID_BODY, "model is required");
    }

    @Test
    void show_takesNameWhereModelIsEmpty() {
        for (String model : List.of("", "\"model\":\"\",", "\"model\":null,")) {
            Verdict.of(Endpoint.SHOW, USER, "{" + model + "\"name\":\"here\"}").passes();
            Verdict.of(Endpoint.SHOW, USER, "{" + model + "\"name\":\"new\"}")
                    .becomes("{" + model + "\"name\":\"new:local\"}");
            Verdict.of(Endpoint.SHOW, USER, "{" + model + "\"name\":\"secret\"}")
                    .refused(ErrorCode.FORBIDDEN_MODEL);
        }
        Verdict.of(Endpoint.SHOW, USER, "{\"model\":\"here\",\"name\":\"secret\"}")
                .passes();
        Verdict.of(Endpoint.SHOW, USER, "{\"model\":\"secret\",\"name\":\"here\"}")
                .refused(ErrorCode.FORBIDDEN_MODEL);
        Verdict.of(Endpoint.CHAT, USER, "{\"name\":\"here\"}").refused(ErrorCode.INVALID_BODY, "model is required");
    }

    @Test
    void inAPathOrForm_onlyWhatIsKnownToBeLocalPasses() {
        for (Endpoint endpoint : List.of(Endpoint.MODEL, Endpoint.TRANSCRIPTIONS)) {
            for (String model : List.of("here", "HERE:latest", "here:local", "new:local")) {
                assertThat(decide(endpoint, USER, model)).isInstanceOf(PolicyDecision.Forward.class);
            }
            for (String model : List.of("stub", "new", "secret", "stub:local")) {
                String shown = endpoint == Endpoint.MODEL ? model.replace(":local", "") + ":latest" : model;
                refused(decide(endpoint, USER, model), ErrorCode.FORBIDDEN_MODEL, "model '" + shown + "' not found");
            }
            for (String model : List.of("stub", "new", "here:cloud")) {
                assertThat(decide(endpoint, CLOUD, model)).isInstanceOf(PolicyDecision.Forward.class);
            }
            refused(decide(endpoint, USER, "a b"), ErrorCode.INVALID_MODEL_NAME, "invalid model name");
        }
    }

    @Test
    void refusals_tellTheLogsWhichModelItWas() {
        assertThat(Verdict.of(Endpoint.CHAT, USER, body("SECRET")).decision())
                .isInstanceOfSatisfying(PolicyDecision.Refuse.class, refuse -> {
                    ModelName name = refuse.model();
                    assertThat(name == null ? "none" : name.key())
                            .isEqualTo("registry.ollama.ai/library/secret:latest");
                });
        assertThat(Verdict.of(Endpoint.CHAT, USER, body("a b")).decision())
                .isInstanceOfSatisfying(
                        PolicyDecision.Refuse.class,
                        refuse -> assertThat(refuse.model()).isNull());
    }
}
