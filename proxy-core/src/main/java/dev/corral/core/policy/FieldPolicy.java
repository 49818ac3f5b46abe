package dev.corral.core.policy;

import dev.corral.core.body.BodyField;
import dev.corral.core.body.JsonFields;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.spi.Endpoint;

/**
 * Lets pass, takes out or refuses the fields that reach around a model's template and hidden system prompt, on the routes
 * where Ollama knows them. What is empty, 0 or false counts as not given: clients in Go send it always.
 */
final class FieldPolicy {
    private FieldPolicy() {}

    static void apply(Endpoint endpoint, JsonFields body, BodyRules rules, String role, Amendments out) throws Refusal {
        switch (endpoint) {
            case GENERATE -> {
                hold(BodyField.TEMPLATE, rules.template(), body, role, out);
                hold(BodyField.RAW, rules.raw(), body, role, out);
                hold(BodyField.SYSTEM, rules.system(), body, role, out);
                hold(BodyField.CONTEXT, rules.context(), body, role, out);
                hold(BodyField.DEBUG_RENDER_ONLY, rules.debugRender(), body, role, out);
            }
            case CHAT, CHAT_COMPLETIONS, COMPLETIONS ->
                hold(BodyField.DEBUG_RENDER_ONLY, rules.debugRender(), body, role, out);
            default -> {
                // /v1/messages has a "system" as well, but there it is part of the conversation.
            }
        }
    }

    private static void hold(BodyField field, FieldRule rule, JsonFields body, String role, Amendments out)
            throws Refusal {
        if (rule == FieldRule.ALLOW) {
            return;
        }
        if (body.zero(field)) {
            if (field == BodyField.CONTEXT && body.kind(field) == JsonFields.Kind.ARRAY) {
                // To Go an empty list is one that was given: Ollama then leaves the model's own messages out.
                out.drop(field);
            }
            return;
        }
        if (rule == FieldRule.REFUSE) {
            throw new Refusal(
                    ErrorCode.FORBIDDEN_FIELD,
                    "the role \"" + role + "\" may not use \"" + field.path() + "\" in a request");
        }
        out.drop(field);
        out.tell(Change.Kind.FIELD, field.path() + " dropped");
    }
}
