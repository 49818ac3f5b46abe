package dev.corral.core.policy;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.policy.ModelCatalogue.Place;
import dev.corral.core.policy.ModelName.Source;
import dev.corral.core.spi.Endpoint;

/** Decides whether a role may use the model that a request names. */
final class ModelDecision {
    private static final String LOCAL = ":local";

    private final ModelCatalogue catalogue;

    ModelDecision(ModelCatalogue catalogue) {
        this.catalogue = catalogue;
    }

    /** Whether a name that the catalogue does not know can be sent as one that is to run locally. */
    enum Respelling {
        /** In a JSON body on routes that understand {@code :local}. */
        POSSIBLE,
        /** In a path or a form, which are passed on as they are. */
        IMPOSSIBLE,
        /** Where the name only stands for what lies on the disk: nothing runs, wherever it would. */
        POINTLESS
    }

    /**
     * Refuses a model that the role may not use.
     *
     * @param raw as the caller wrote it
     * @param name the same, parsed
     * @return the name to send in its place; {@code raw} where it may stay
     */
    String check(Endpoint endpoint, RolePolicy policy, String raw, ModelName name, Respelling respelling)
            throws Refusal {
        refuseCloud(policy, raw, name);
        boolean cloud = policy.models().cloud();
        boolean respell = !cloud && respelling == Respelling.POSSIBLE && name.source() != Source.LOCAL;
        if (!policy.models().opens(name)) {
            throw unknown(endpoint, raw, name);
        }
        if (cloud) {
            return raw;
        }
        Place place = catalogue.place(name);
        boolean unsafe = place == Place.UNKNOWN && respelling == Respelling.IMPOSSIBLE && name.source() != Source.LOCAL;
        if (place == Place.REMOTE || unsafe) {
            throw unknown(endpoint, raw, name);
        }
        // Ollama itself refuses a stub that is asked for like this (server/routes.go, model_resolver.go).
        return respell && place == Place.UNKNOWN ? raw + LOCAL : raw;
    }

    /** Refuses a name that means ollama.com, whether such a model exists or not. */
    static void refuseCloud(RolePolicy policy, String raw, ModelName name) throws Refusal {
        if (name.source() == Source.CLOUD && !policy.models().cloud()) {
            throw new Refusal(
                    ErrorCode.FORBIDDEN_CLOUD,
                    "the role \"" + policy.role() + "\" may not use models that run on ollama.com: \"" + raw + '"');
        }
    }

    private static Refusal unknown(Endpoint endpoint, String raw, ModelName name) {
        return new Refusal(ErrorCode.FORBIDDEN_MODEL, UnknownModelWords.of(endpoint, raw, name));
    }
}
