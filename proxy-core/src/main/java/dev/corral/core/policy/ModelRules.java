package dev.corral.core.policy;

import java.util.List;

/**
 * Which models a role may use.
 *
 * @param allow patterns of which one must match
 * @param deny patterns of which none may match
 * @param cloud whether models that run on ollama.com, on the owner's account, are open
 */
public record ModelRules(List<ModelPattern> allow, List<ModelPattern> deny, boolean cloud) {
    public ModelRules {
        allow = List.copyOf(allow);
        deny = List.copyOf(deny);
    }

    /** Whether every model is open, wherever it runs. */
    boolean opensEverything() {
        return cloud && deny.isEmpty() && allow.stream().anyMatch(ModelPattern::matchesEverything);
    }

    /** Whether the name is open, wherever the model runs. */
    public boolean opens(ModelName name) {
        return matchesAny(allow, name) && !matchesAny(deny, name);
    }

    static boolean matchesAny(List<ModelPattern> patterns, ModelName name) {
        for (ModelPattern pattern : patterns) {
            if (pattern.matches(name)) {
                return true;
            }
        }
        return false;
    }
}
