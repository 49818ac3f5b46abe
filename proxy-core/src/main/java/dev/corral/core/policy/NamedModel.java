package dev.corral.core.policy;

import dev.corral.core.body.BodyField;
import dev.corral.core.body.JsonFields;
import dev.corral.core.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * A model's name in a body.
 *
 * @param field where it stands
 * @param raw as the caller wrote it
 * @param name the same, parsed
 */
record NamedModel(BodyField field, String raw, ModelName name) {
    /**
     * Reads a name.
     *
     * @throws Refusal 400, for none, and for what is no name
     */
    static NamedModel read(JsonFields body, BodyField field) throws Refusal {
        String raw = FieldReader.text(body, field);
        return new NamedModel(field, raw, parse(raw, field));
    }

    /**
     * The same for routes that take a name as it is (Ollama {@code types/model/name.go:ParseName}). There {@code x:local}
     * would be a model with the tag {@code local} and not the {@code x} that it is everywhere else.
     */
    static NamedModel literal(JsonFields body, BodyField field) throws Refusal {
        NamedModel model = read(body, field);
        if (model.name.source() == ModelName.Source.LOCAL) {
            throw invalid();
        }
        return model;
    }

    /** Reads a name that decides nothing; null for one that Corral cannot read, which is Ollama's to judge. */
    static @Nullable ModelName unjudged(JsonFields body, BodyField field) throws Refusal {
        return ModelName.parse(required(FieldReader.text(body, field), field));
    }

    /** Reads a name that stands anywhere. */
    static ModelName parse(String raw, BodyField field) throws Refusal {
        ModelName name = ModelName.parse(required(raw, field));
        if (name == null) {
            throw invalid();
        }
        return name;
    }

    /** Has it sent like this; a name with escapes is written plainly, so that nothing reads it differently. */
    void send(String sent, JsonFields body, Amendments out) {
        if (body.escaped(field) || !sent.equals(raw)) {
            out.put(field, '"' + sent + '"');
        }
    }

    private static String required(String raw, BodyField field) throws Refusal {
        if (raw.isEmpty()) {
            String what = field == BodyField.NAME ? BodyField.MODEL.json() : field.json();
            throw new Refusal(ErrorCode.INVALID_BODY, what + " is required");
        }
        return raw;
    }

    private static Refusal invalid() {
        return new Refusal(ErrorCode.INVALID_MODEL_NAME, "invalid model name");
    }
}
