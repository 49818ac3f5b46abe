package dev.corral.core.policy;

import dev.corral.core.body.BodyField;
import dev.corral.core.body.JsonFields;
import dev.corral.core.body.JsonFields.Kind;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.spi.Endpoint;

/** Bounds how many texts are embedded at once, for Ollama works on all of them at the same time, and the images. */
final class AmountPolicy {
    private AmountPolicy() {}

    static void check(Endpoint endpoint, JsonFields body, BodyRules rules, String role) throws Refusal {
        boolean embeds = endpoint == Endpoint.EMBED || endpoint == Endpoint.V1_EMBEDDINGS;
        if (embeds && body.kind(BodyField.INPUT) == Kind.ARRAY && body.size(BodyField.INPUT) > rules.embedInputs()) {
            throw new Refusal(
                    ErrorCode.OVER_LIMIT,
                    "\"input\" has " + body.size(BodyField.INPUT) + " texts (expected: at most " + rules.embedInputs()
                            + " for the role \"" + role + "\")");
        }
        if (body.images() > rules.images()) {
            throw new Refusal(
                    ErrorCode.OVER_LIMIT,
                    "the request carries " + body.images() + " images or other attachments (expected: at most "
                            + rules.images() + " for the role \"" + role + "\")");
        }
        // Each begun group of four characters of base64 is three bytes or fewer.
        long groups = (body.longestImage() + 3) / 4;
        if (groups > rules.imageBytes() / 3 + (rules.imageBytes() % 3 == 0 ? 0 : 1)) {
            throw new Refusal(
                    ErrorCode.OVER_LIMIT,
                    "the request carries an image or other attachment of about " + groups * 3
                            + " bytes (expected: at most " + rules.imageBytes() + " for the role \"" + role + "\")");
        }
    }
}
