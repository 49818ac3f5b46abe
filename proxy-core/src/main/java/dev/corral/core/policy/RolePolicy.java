package dev.corral.core.policy;

import java.util.List;

/**
 * Everything about models and bodies that a role decides.
 *
 * @param role its name, for messages
 * @param models which models
 * @param rules what a request may ask of them
 * @param exceptions rules for some models, which hold instead of {@code rules}: the first whose pattern matches
 * @param management for the roles that open pull, push, delete or create
 * @param showDetails whether {@code /api/show} tells system prompt, template, messages and modelfile
 */
public record RolePolicy(
        String role,
        ModelRules models,
        BodyRules rules,
        List<ModelException> exceptions,
        ManagementRules management,
        boolean showDetails) {
    /**
     * Rules for some models.
     *
     * @param models patterns of which one must match
     * @param rules complete: what the exception does not name is the role's own
     */
    public record ModelException(List<ModelPattern> models, BodyRules rules) {
        public ModelException {
            models = List.copyOf(models);
        }
    }

    public RolePolicy {
        exceptions = List.copyOf(exceptions);
    }

    /**
     * Whether a model's name decides anything. Where every model is open, wherever it runs, and the same rules hold for
     * all, even a name that Corral cannot read is Ollama's to answer.
     */
    boolean goesByNames() {
        return !models.opensEverything() || !exceptions.isEmpty();
    }

    /** The rules for requests that name this model. */
    public BodyRules rulesFor(ModelName name) {
        for (ModelException exception : exceptions) {
            if (ModelRules.matchesAny(exception.models(), name)) {
                return exception.rules();
            }
        }
        return rules;
    }
}
