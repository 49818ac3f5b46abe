package dev.corral.core.policy;

import java.util.List;

/**
 * Which models a role that opens pull, push, delete or create may do it with; the group must be open as well, and the
 * name one that the role may use.
 *
 * @param pull models that may be fetched, host and namespace included: a free host would be a way into every network
 *     that Ollama can reach
 * @param push models that may be sent away
 * @param delete models that may be deleted
 * @param create names under which models may be made or copied to
 */
public record ManagementRules(
        List<ModelPattern> pull, List<ModelPattern> push, List<ModelPattern> delete, List<ModelPattern> create) {
    public ManagementRules {
        pull = List.copyOf(pull);
        push = List.copyOf(push);
        delete = List.copyOf(delete);
        create = List.copyOf(create);
    }
}
