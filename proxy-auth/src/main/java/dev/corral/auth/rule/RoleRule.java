package dev.corral.auth.rule;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.AdmissionDecision;
import dev.corral.core.spi.AdmissionRule;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.EndpointGroup;
import dev.corral.core.spi.Principal;
import dev.corral.core.spi.RequestView;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Opens to a caller the endpoint groups that its role names, and nothing else. A role that is not configured opens
 * nothing. Immutable; any thread.
 */
public final class RoleRule implements AdmissionRule {
    private final Map<String, Set<EndpointGroup>> roles = new HashMap<>();

    /**
     * Copies the roles.
     *
     * @param roles by name, the groups each opens
     */
    public RoleRule(Map<String, Set<EndpointGroup>> roles) {
        roles.forEach((role, groups) -> this.roles.put(role, Set.copyOf(groups)));
    }

    @Override
    public AdmissionDecision admit(Principal principal, Endpoint endpoint, RequestView request) {
        Set<EndpointGroup> open = roles.get(principal.role());
        if (open == null) {
            return refuse("the role \"" + principal.role() + "\" is not configured, so it opens nothing");
        }
        if (open.contains(endpoint.group())) {
            return AdmissionDecision.Admit.FREELY;
        }
        return refuse("the role \"" + principal.role() + "\" may not use " + endpoint.pattern()
                + ": it does not open \"" + endpoint.group().configName() + "\"");
    }

    private static AdmissionDecision refuse(String message) {
        return new AdmissionDecision.Refuse(new ProxyError(ErrorCode.FORBIDDEN_ENDPOINT, message));
    }
}
