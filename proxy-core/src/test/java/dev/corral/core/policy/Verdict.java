package dev.corral.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.body.BadBody;
import dev.corral.core.body.JsonFieldScanner;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.policy.ModelCatalogue.Place;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.testkit.Json;
import java.util.List;
import java.util.Map;

/** What policy made of a body, through the real scanner. */
record Verdict(String sent, PolicyDecision decision) {
    /** Knows {@code here} and {@code secret}, and {@code stub} as one that runs elsewhere. */
    static final ModelCatalogue CATALOGUE = catalogue();

    /** Opens the models {@code here}, {@code stub} and {@code new}, and no cloud. */
    static RolePolicy role(BodyRules rules) {
        return role(new ModelRules(Policies.patterns("here", "stub", "new", "org/new"), List.of(), false), rules);
    }

    static RolePolicy role(ModelRules models, BodyRules rules) {
        ManagementRules none = new ManagementRules(List.of(), List.of(), List.of(), List.of());
        return new RolePolicy("user", models, rules, List.of(), none, false);
    }

    static Verdict of(Endpoint endpoint, RulesOf rules, String body) {
        return of(endpoint, role(rules.rules()), body);
    }

    static Verdict of(Endpoint endpoint, RolePolicy role, String body) {
        try {
            return new Verdict(
                    body,
                    new BodyPolicy(CATALOGUE)
                            .decide(endpoint, role, new JsonFieldScanner().scan(endpoint, Policies.bytes(body))));
        } catch (BadBody bad) {
            throw new AssertionError(bad.getMessage() + ": " + body, bad);
        }
    }

    /** Forwarded, and not a byte changed. */
    void passes() {
        becomes(sent);
    }

    /** Forwarded like this, which is JSON, with just these changes told. */
    void becomes(String expected, String... changes) {
        PolicyDecision.Forward forward = forward();
        String result = Policies.apply(forward.edits(), sent);
        assertThat(result).as(sent).isEqualTo(expected);
        assertThat(Json.parse(result)).isInstanceOf(Map.class);
        assertThat(forward.edits().isEmpty()).as("no edits for %s", sent).isEqualTo(sent.equals(expected));
        assertThat(texts()).as(sent).containsExactly(changes);
        assertThat(texts()).allMatch(text -> text.matches("[ -~]+"));
    }

    /** Refused, in words that say all of this. */
    void refused(ErrorCode code, String... parts) {
        assertThat(decision).as(sent).isInstanceOf(PolicyDecision.Refuse.class);
        PolicyDecision.Refuse refuse = (PolicyDecision.Refuse) decision;
        assertThat(refuse.error().code())
                .as("%s: %s", sent, refuse.error().message())
                .isEqualTo(code);
        assertThat(refuse.error().message()).as(sent).matches("[ -~]+");
        assertThat(List.of(parts))
                .as(refuse.error().message())
                .allMatch(refuse.error().message()::contains);
    }

    /** Refused in exactly these words. */
    void refusedWith(ErrorCode code, String message) {
        refused(code, message);
        assertThat(((PolicyDecision.Refuse) decision).error().message()).isEqualTo(message);
    }

    PolicyDecision.Forward forward() {
        assertThat(decision).as(sent).isInstanceOf(PolicyDecision.Forward.class);
        return (PolicyDecision.Forward) decision;
    }

    List<String> texts() {
        return forward().changes().stream().map(Change::text).toList();
    }

    List<Change.Kind> kinds() {
        return forward().changes().stream().map(Change::kind).toList();
    }

    private static ModelCatalogue catalogue() {
        ModelCatalogue catalogue = new ModelCatalogue();
        catalogue.learn(Map.of(
                "registry.ollama.ai/library/here:latest", Place.LOCAL,
                "registry.ollama.ai/library/secret:latest", Place.LOCAL,
                "registry.ollama.ai/library/stub:latest", Place.REMOTE));
        return catalogue;
    }
}
