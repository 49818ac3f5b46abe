package dev.corral.core.policy;

import dev.corral.core.body.BodyEdits;
import dev.corral.core.body.BodyField;
import dev.corral.core.body.JsonFields;
import dev.corral.core.policy.ModelDecision.Respelling;
import dev.corral.core.spi.Endpoint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides about a request by what its body says: runs the rules that its endpoint has, each of which is a class of its
 * own. Stateless but for the catalogue; any thread.
 */
public final class BodyPolicy {
    private final ModelDecision models;
    private final ManagementPolicy management;

    public BodyPolicy(ModelCatalogue catalogue) {
        this.models = new ModelDecision(catalogue);
        this.management = new ManagementPolicy(catalogue, models);
    }

    /**
     * Decides about a JSON body.
     *
     * @param body scanned with the endpoint's schema; read during the call only
     * @throws IllegalArgumentException for an endpoint that has no such body
     */
    public PolicyDecision decide(Endpoint endpoint, RolePolicy policy, JsonFields body) {
        return switch (endpoint) {
            case GENERATE, CHAT, EMBED, EMBEDDINGS -> inference(endpoint, policy, body, true);
            case CHAT_COMPLETIONS, COMPLETIONS, V1_EMBEDDINGS, RESPONSES, MESSAGES ->
                inference(endpoint, policy, body, false);
            case SHOW -> show(policy, body);
            case PULL_MODEL, PUSH_MODEL, DELETE_MODEL, CREATE_MODEL, COPY_MODEL -> manage(endpoint, policy, body);
            case ME, SIGNOUT, USER_KEY, WEB_SEARCH, WEB_FETCH ->
                new PolicyDecision.Forward(null, new BodyEdits(), List.of());
            case ROOT, VERSION, STATUS, TAGS, PS, RECOMMENDATIONS, MODELS, MODEL, TRANSCRIPTIONS, BLOB ->
                throw new IllegalArgumentException(endpoint.pattern() + " (expected: an endpoint with a JSON body)");
        };
    }

    /**
     * Decides about a model that is named elsewhere: in the path of {@code /v1/models/:model}, or in a form.
     *
     * @param raw as the caller wrote it
     */
    public PolicyDecision decideModel(Endpoint endpoint, RolePolicy policy, String raw) {
        Ask ask = endpoint == Endpoint.TRANSCRIPTIONS ? Ask.TRANSCRIPTION : Ask.NOTHING;
        if (!policy.goesByNames()) {
            return new PolicyDecision.Forward(ModelName.parse(raw), new BodyEdits(), List.of(), null, ask);
        }
        @Nullable ModelName name = null;
        try {
            name = NamedModel.parse(raw, BodyField.MODEL);
            models.check(endpoint, policy, raw, name, Respelling.IMPOSSIBLE);
            return new PolicyDecision.Forward(name, new BodyEdits(), List.of(), null, ask);
        } catch (Refusal refusal) {
            return new PolicyDecision.Refuse(refusal.error(), name);
        }
    }

    private PolicyDecision inference(Endpoint endpoint, RolePolicy policy, JsonFields body, boolean nativeRoute) {
        @Nullable ModelName name = null;
        try {
            Amendments out = new Amendments(body);
            BodyRules rules = policy.rules();
            @Nullable NamedModel model = null;
            if (policy.goesByNames()) {
                model = NamedModel.read(body, BodyField.MODEL);
                name = model.name();
                rules = policy.rulesFor(name);
            } else {
                name = NamedModel.unjudged(body, BodyField.MODEL);
            }
            String role = policy.role();
            WebSearchPolicy.check(endpoint, body, rules, role);
            AmountPolicy.check(endpoint, body, rules, role);
            FieldPolicy.apply(endpoint, body, rules, role, out);
            if (nativeRoute) {
                KeepAlivePolicy.apply(endpoint, body, rules, role, out);
                OptionPolicy.apply(endpoint, body, rules, role, out);
            } else {
                IgnoredPolicy.apply(body, rules, out);
            }
            TokenBound bound = TokenPolicy.apply(endpoint, body, rules, out);
            TopLogprobsPolicy.apply(endpoint, body, rules, out);
            boolean usageAdded = UsageRequest.add(endpoint, body, out);
            // Last: what another rule refuses is refused in the same way whether there is such a model or not.
            String absent = model == null ? null : send(endpoint, policy, model, body, out);
            Ask ask = Ask.of(endpoint, body, usageAdded, bound);
            return new PolicyDecision.Forward(name, out.edits(), out.changes(), absent, ask);
        } catch (Refusal refusal) {
            return new PolicyDecision.Refuse(refusal.error(), name);
        }
    }

    private PolicyDecision show(RolePolicy policy, JsonFields body) {
        @Nullable ModelName name = null;
        try {
            // Ollama server/routes.go:ShowHandler: "name" counts where "model" is empty.
            boolean unnamed = FieldReader.text(body, BodyField.MODEL).isEmpty();
            BodyField field = unnamed ? BodyField.NAME : BodyField.MODEL;
            Amendments out = new Amendments(body);
            @Nullable String absent = null;
            if (policy.goesByNames()) {
                NamedModel model = NamedModel.read(body, field);
                name = model.name();
                absent = send(Endpoint.SHOW, policy, model, body, out);
            } else {
                name = NamedModel.unjudged(body, field);
            }
            return new PolicyDecision.Forward(name, out.edits(), out.changes(), absent, Ask.NOTHING);
        } catch (Refusal refusal) {
            return new PolicyDecision.Refuse(refusal.error(), name);
        }
    }

    private PolicyDecision manage(Endpoint endpoint, RolePolicy policy, JsonFields body) {
        @Nullable ModelName name = null;
        try {
            NamedModel model = ManagementPolicy.subject(endpoint, body);
            name = model.name();
            Amendments out = new Amendments(body);
            management.check(endpoint, policy, body, model, out);
            return new PolicyDecision.Forward(name, out.edits(), out.changes());
        } catch (Refusal refusal) {
            return new PolicyDecision.Refuse(refusal.error(), name);
        }
    }

    /** Has the model asked for; tells what to say in the caller's words where it turns out not to be there. */
    private @Nullable String send(
            Endpoint endpoint, RolePolicy policy, NamedModel model, JsonFields body, Amendments out) throws Refusal {
        String sent = models.check(endpoint, policy, model.raw(), model.name(), Respelling.POSSIBLE);
        model.send(sent, body, out);
        return sent.equals(model.raw()) ? null : UnknownModelWords.of(endpoint, model.raw(), model.name());
    }
}
