package dev.corral.core.policy;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.corral.core.body.BadBody;
import dev.corral.core.body.JsonFieldScanner;
import dev.corral.core.body.JsonFields;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.spi.Endpoint;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BodyPolicyTest {
    private static final RolePolicy OPEN = requireNonNull(RolePolicies.OPEN.of("anybody"));
    private static final String FULL = "{\"model\":\"any/thing:7b-cloud\",\"prompt\":\"x\",\"messages\":[{}],\"input\":"
            + "[\"x\"],\"keep_alive\":-1,\"options\":{\"num_ctx\":9,\"num_gpu\":null,\"num_predict\":-1},\"shift\":true,"
            + "\"template\":\"x\",\"raw\":true,\"system\":\"x\",\"context\":[1],\"_debug_render_only\":true,"
            + "\"top_logprobs\":20,\"max_tokens\":-1,\"max_output_tokens\":-1,\"tools\":[{\"type\":\"web_search\"}],"
            + "\"source\":\"a/b\",\"destination\":\"c/d\",\"from\":\"x:cloud\"}";

    @Test
    void openRoles_haveNothingChanged() {
        for (Endpoint endpoint : Endpoint.values()) {
            if (endpoint.body() == Endpoint.BodyKind.JSON && !passedUnread(endpoint)) {
                Verdict.of(endpoint, OPEN, FULL).passes();
            }
        }
    }

    @Test
    void safeRoles_haveEverythingHeldAtOnce() {
        RolePolicy safe = Verdict.role(BodyRules.SAFE);
        Verdict.of(
                        Endpoint.GENERATE,
                        safe,
                        "{\"model\":\"n\\u0065w\",\"prompt\":\"x\",\"keep_alive\":\"24h\",\"shift\":true,"
                                + "\"options\":{\"num_ctx\":1,\"num_predict\":-1,\"num_gpu\":0},\"top_logprobs\":21}")
                .becomes(
                        "{\"model\":\"new:local\",\"prompt\":\"x\",\"keep_alive\":3600,\"shift\":null,"
                                + "\"options\":{\"num_predict\":16384},\"top_logprobs\":20}",
                        "keep_alive=3600",
                        "options.num_ctx dropped",
                        "options.num_gpu dropped",
                        "shift dropped",
                        "options.num_predict=16384",
                        "top_logprobs=20");
    }

    @Test
    void anException_holdsInsteadOfTheRolesRules() {
        RolePolicy role = new RolePolicy(
                "user",
                new ModelRules(Policies.patterns("*"), List.of(), false),
                RulesOf.open().tokens(100, 100).rules(),
                List.of(new RolePolicy.ModelException(
                        Policies.patterns("here"), RulesOf.open().tokens(7, 7).rules())),
                new ManagementRules(List.of(), List.of(), List.of(), List.of()),
                false);
        String body = "{\"model\":\"%s\",\"prompt\":\"x\",\"max_tokens\":1000}";
        Verdict.of(Endpoint.COMPLETIONS, role, body.formatted("HERE:local"))
                .becomes(body.formatted("HERE:local").replace("1000", "7"), "max_tokens=7");
        Verdict.of(Endpoint.COMPLETIONS, role, body.formatted("secret"))
                .becomes(body.formatted("secret").replace("1000", "100"), "max_tokens=100");
    }

    @Test
    void theModel_isJudgedLast_soThatOtherRefusalsDoNotTellIt() {
        RolePolicy safe = Verdict.role(BodyRules.SAFE);
        for (String model : List.of("here", "secret", "stub", "never-heard-of")) {
            String body = "{\"model\":\"" + model + "\",\"prompt\":\"x\",";
            Verdict.of(Endpoint.GENERATE, safe, body + "\"raw\":true}").refused(ErrorCode.FORBIDDEN_FIELD);
            Verdict.of(Endpoint.GENERATE, safe, body + "\"keep_alive\":true}").refused(ErrorCode.INVALID_BODY);
        }
        Verdict.of(Endpoint.GENERATE, safe, "{\"model\":\"stub\",\"prompt\":\"x\"}")
                .refused(ErrorCode.FORBIDDEN_MODEL);
    }

    @Test
    void optionsOfNativeRoutes_areTakenOutWhereOllamaIgnoresThem() {
        String body = "{\"model\":\"here\",\"input\":\"x\",\"options\":{\"num_ctx\":999999}}";
        String without = "{\"model\":\"here\",\"input\":\"x\",\"options\":null}";
        Verdict.of(Endpoint.V1_EMBEDDINGS, Verdict.role(BodyRules.SAFE), body).becomes(without, "options dropped");
        Verdict.of(Endpoint.V1_EMBEDDINGS, OPEN, body).passes();
    }

    @Test
    void whereEveryModelIsOpen_aNameThatOnlyOllamaCouldReadIsItsToAnswer() {
        String body = "{\"model\":\"a@sha256:0\",\"prompt\":\"x\"}";
        Verdict.of(Endpoint.GENERATE, OPEN, body).passes();
        Verdict.of(Endpoint.SHOW, OPEN, body).passes();
        RolePolicy noCloud = Verdict.role(new ModelRules(Policies.patterns("*"), List.of(), false), BodyRules.OPEN);
        RolePolicy denying =
                Verdict.role(new ModelRules(Policies.patterns("*"), Policies.patterns("x"), true), BodyRules.OPEN);
        for (RolePolicy role : List.of(noCloud, denying)) {
            Verdict.of(Endpoint.GENERATE, role, body).refused(ErrorCode.INVALID_MODEL_NAME);
            Verdict.of(Endpoint.SHOW, role, body).refused(ErrorCode.INVALID_MODEL_NAME);
        }
        Verdict.of(Endpoint.GENERATE, OPEN, "{\"prompt\":\"x\"}").refused(ErrorCode.INVALID_BODY);
    }

    @Test
    void accountAndWeb_areNotLookedInto() throws BadBody {
        JsonFields fields = new JsonFieldScanner().scan(Endpoint.CHAT, Policies.bytes("{}"));
        for (Endpoint endpoint : Endpoint.values()) {
            if (passedUnread(endpoint)) {
                PolicyDecision decision =
                        new BodyPolicy(Verdict.CATALOGUE).decide(endpoint, Verdict.role(BodyRules.SAFE), fields);
                assertThat(decision).isInstanceOfSatisfying(PolicyDecision.Forward.class, forward -> {
                    assertThat(forward.model()).isNull();
                    assertThat(forward.edits().isEmpty()).isTrue();
                    assertThat(forward.changes()).isEmpty();
                });
            }
        }
    }

    @Test
    void endpointsWithoutAJsonBody_haveNoDecision() throws BadBody {
        JsonFields fields = new JsonFieldScanner().scan(Endpoint.CHAT, Policies.bytes("{\"model\":\"here\"}"));
        for (Endpoint endpoint : Endpoint.values()) {
            if (endpoint.body() != Endpoint.BodyKind.JSON) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> new BodyPolicy(Verdict.CATALOGUE).decide(endpoint, OPEN, fields))
                        .withMessageContaining(endpoint.pattern());
            }
        }
    }

    private static boolean passedUnread(Endpoint endpoint) {
        return switch (endpoint) {
            case ME, SIGNOUT, USER_KEY, WEB_SEARCH, WEB_FETCH -> true;
            default -> false;
        };
    }
}
