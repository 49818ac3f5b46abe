package dev.corral.core.policy;

import dev.corral.core.body.BodyField;
import dev.corral.core.body.JsonFields;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.policy.ModelCatalogue.Place;
import dev.corral.core.policy.ModelDecision.Respelling;
import dev.corral.core.policy.ModelName.Source;
import dev.corral.core.spi.Endpoint;
import java.util.List;

/**
 * Decides about requests that fetch, send away, delete, make or copy models. Where the words do not matter because a
 * pattern decides and not what exists, the refusal says which rule it was.
 */
final class ManagementPolicy {
    private final ModelCatalogue catalogue;
    private final ModelDecision models;

    ManagementPolicy(ModelCatalogue catalogue, ModelDecision models) {
        this.catalogue = catalogue;
        this.models = models;
    }

    /** The model that a request is about; for a copy, the one that is copied. */
    static NamedModel subject(Endpoint endpoint, JsonFields body) throws Refusal {
        return switch (endpoint) {
            case PULL_MODEL, DELETE_MODEL -> NamedModel.read(body, modelOrName(body));
            case PUSH_MODEL, CREATE_MODEL -> NamedModel.literal(body, modelOrName(body));
            case COPY_MODEL -> NamedModel.literal(body, BodyField.SOURCE);
            default -> throw new IllegalArgumentException(endpoint.pattern());
        };
    }

    /** Refuses what the role may not do with the model. */
    void check(Endpoint endpoint, RolePolicy policy, JsonFields body, NamedModel model, Amendments out) throws Refusal {
        refuseInsecure(policy, body);
        ManagementRules rules = policy.management();
        switch (endpoint) {
            case PULL_MODEL -> requireOwn(policy, model, "pull", rules.pull());
            case PUSH_MODEL -> requireExisting(endpoint, policy, model, "push", rules.push());
            case DELETE_MODEL -> requireExisting(endpoint, policy, model, "delete", rules.delete());
            case CREATE_MODEL -> {
                requireOwn(policy, model, "create", rules.create());
                checkOrigin(policy, body, out);
            }
            case COPY_MODEL -> {
                models.check(endpoint, policy, model.raw(), model.name(), Respelling.POINTLESS);
                NamedModel copy = NamedModel.literal(body, BodyField.DESTINATION);
                requireOwn(policy, copy, "create", rules.create());
                copy.send(copy.raw(), body, out);
            }
            default -> throw new IllegalArgumentException(endpoint.pattern());
        }
        model.send(model.raw(), body, out);
    }

    /** Ollama's precedence ({@code server/routes.go}: PullHandler, PushHandler, DeleteHandler; {@code create.go}). */
    private static BodyField modelOrName(JsonFields body) throws Refusal {
        String model = FieldReader.text(body, BodyField.MODEL);
        String name = FieldReader.text(body, BodyField.NAME);
        if (model.isEmpty()) {
            return BodyField.NAME;
        }
        if (!name.isEmpty()
                && !NamedModel.parse(model, BodyField.MODEL).equals(NamedModel.parse(name, BodyField.NAME))) {
            throw new Refusal(ErrorCode.AMBIGUOUS_BODY, "\"model\" and \"name\" are two models (expected: one)");
        }
        return BodyField.MODEL;
    }

    /** Without TLS, Ollama would speak to anything that answers. */
    private static void refuseInsecure(RolePolicy policy, JsonFields body) throws Refusal {
        if (FieldReader.flag(body, BodyField.INSECURE)) {
            throw forbidden(policy, "use \"insecure\": no role may");
        }
    }

    /** For names that a request brings: whether such a model exists is not what decides. */
    private static void requireOwn(RolePolicy policy, NamedModel model, String verb, List<ModelPattern> patterns)
            throws Refusal {
        ModelDecision.refuseCloud(policy, model.raw(), model.name());
        if (!policy.models().opens(model.name())) {
            throw forbidden(policy, verb + " \"" + model.name().key() + "\": its models do not open it");
        }
        requireManaged(policy, model, verb, patterns);
    }

    /** For models that are there; one that the role may not use is not, to the caller. */
    private void requireExisting(
            Endpoint endpoint, RolePolicy policy, NamedModel model, String verb, List<ModelPattern> patterns)
            throws Refusal {
        models.check(endpoint, policy, model.raw(), model.name(), Respelling.POINTLESS);
        requireManaged(policy, model, verb, patterns);
    }

    private static void requireManaged(RolePolicy policy, NamedModel model, String verb, List<ModelPattern> patterns)
            throws Refusal {
        if (!ModelRules.matchesAny(patterns, model.name())) {
            throw forbidden(
                    policy, verb + " \"" + model.name().key() + "\": its rules for " + verb + " do not name it");
        }
    }

    /** What a new model is made from (Ollama {@code server/create.go:CreateHandler}). */
    private void checkOrigin(RolePolicy policy, JsonFields body, Amendments out) throws Refusal {
        if (!body.zero(BodyField.REMOTE_HOST)) {
            throw forbidden(policy, "use \"remote_host\": no role may");
        }
        if (body.zero(BodyField.FROM)) {
            return;
        }
        NamedModel from = NamedModel.read(body, BodyField.FROM);
        ModelDecision.refuseCloud(policy, from.raw(), from.name());
        if (!policy.models().opens(from.name())) {
            throw forbidden(policy, "create from \"" + from.name().key() + "\": its models do not open it");
        }
        if (from.name().source() != Source.CLOUD) {
            checkPlace(policy, from);
        }
        from.send(from.raw(), body, out);
    }

    private void checkPlace(RolePolicy policy, NamedModel from) throws Refusal {
        Place place = catalogue.place(from.name());
        if (place == Place.REMOTE && !policy.models().cloud()) {
            throw new Refusal(
                    ErrorCode.FORBIDDEN_CLOUD,
                    "the role \"" + policy.role() + "\" may not use models that run on ollama.com: \"" + from.raw()
                            + '"');
        }
        // Ollama fetches what it does not have (server/model.go:parseFromModel).
        if (place == Place.UNKNOWN) {
            requireManaged(policy, from, "pull", policy.management().pull());
        }
    }

    private static Refusal forbidden(RolePolicy policy, String what) {
        return new Refusal(ErrorCode.FORBIDDEN_MANAGEMENT, "the role \"" + policy.role() + "\" may not " + what);
    }
}
