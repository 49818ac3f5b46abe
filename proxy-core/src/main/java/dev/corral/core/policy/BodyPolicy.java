package dev.corral.core.policy;

import dev.corral.core.body.JsonFields;
import dev.corral.core.spi.Endpoint;

/** Decides about a request by what its body says. Stateless but for the catalogue; any thread. */
@SuppressWarnings({"DoNotCallSuggester", "ObjectToString"})
public final class BodyPolicy {
    private final ModelCatalogue catalogue;

    public BodyPolicy(ModelCatalogue catalogue) {
        this.catalogue = catalogue;
    }

    /**
     * Decides about a JSON body.
     *
     * @param body scanned with the endpoint's schema; read during the call only
     */
    public PolicyDecision decide(Endpoint endpoint, RolePolicy policy, JsonFields body) {
        throw new UnsupportedOperationException(endpoint + policy.role() + body + catalogue);
    }

    /**
     * Decides about a model that is named elsewhere: in the path of {@code /v1/models/:model}, or in a form.
     *
     * @param raw as the caller wrote it
     */
    public PolicyDecision decideModel(Endpoint endpoint, RolePolicy policy, String raw) {
        throw new UnsupportedOperationException(endpoint + policy.role() + raw + catalogue);
    }
}
