package dev.corral.core.policy;

import dev.corral.core.body.BodyField;
import dev.corral.core.body.JsonFields;

/**
 * Takes out what the {@code /v1} routes ignore and the native ones obey, where the role has bounds for it: a later Ollama
 * may obey it there as well.
 */
final class IgnoredPolicy {
    private IgnoredPolicy() {}

    static void apply(JsonFields body, BodyRules rules, Amendments out) {
        if (rules.keepAlive() != null) {
            drop(BodyField.KEEP_ALIVE, body, out);
        }
        if (rules.tokens() != null
                || rules.load().values().stream().anyMatch(rule -> rule != OptionRule.Pass.INSTANCE)) {
            drop(BodyField.OPTIONS, body, out);
        }
    }

    private static void drop(BodyField field, JsonFields body, Amendments out) {
        if (body.present(field)) {
            out.drop(field);
            out.tell(Change.Kind.FIELD, field.path() + " dropped");
        }
    }
}
