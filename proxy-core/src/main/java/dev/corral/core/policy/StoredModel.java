package dev.corral.core.policy;

import dev.corral.core.body.BodyField;
import dev.corral.core.body.JsonFields;
import dev.corral.core.error.ErrorCode;

/**
 * A model that a request wants to manage.
 *
 * @param field where its name stands
 * @param raw as the caller wrote it
 * @param asked what an inference request would mean by it
 * @param stored what it is called on the disk, where a cloud model's stub has {@code cloud} in its tag
 */
record StoredModel(BodyField field, String raw, ModelName asked, ModelName stored) {
    private static final String CLOUD = ":cloud";

    /**
     * For routes that understand {@code :local} and {@code :cloud} (Ollama {@code internal/modelref/modelref.go:
     * NormalizePullName}).
     */
    static StoredModel resolved(JsonFields body, BodyField field) throws Refusal {
        String raw = FieldReader.text(body, field);
        ModelName asked = ModelDecision.read(raw, field);
        return switch (asked.source()) {
            case UNSPECIFIED, LOCAL -> new StoredModel(field, raw, asked, asked);
            case CLOUD -> new StoredModel(field, raw, asked, installed(stub(raw)));
        };
    }

    /**
     * For routes that take the name as it is (Ollama {@code types/model/name.go:ParseName}): there {@code x:local} would
     * be a model with the tag {@code local}, which no inference request could ever name.
     */
    static StoredModel literal(JsonFields body, BodyField field) throws Refusal {
        String raw = FieldReader.text(body, field);
        ModelName asked = ModelDecision.read(raw, field);
        if (asked.source() == ModelName.Source.LOCAL) {
            throw invalid();
        }
        return new StoredModel(field, raw, asked, installed(raw));
    }

    /** Writes the name plainly, if it has escapes. */
    void spell(JsonFields body, Amendments out) {
        ModelDecision.spell(body, field, raw, raw, out);
    }

    private static String stub(String raw) {
        int end = raw.length() - CLOUD.length();
        if (!raw.regionMatches(true, end, CLOUD, 0, CLOUD.length())) {
            return raw;
        }
        String base = raw.substring(0, end);
        return base.lastIndexOf(':') > base.lastIndexOf('/') ? base + "-cloud" : base + CLOUD;
    }

    private static ModelName installed(String text) throws Refusal {
        ModelName name = ModelName.installed(text);
        if (name == null) {
            throw invalid();
        }
        return name;
    }

    private static Refusal invalid() {
        return new Refusal(ErrorCode.INVALID_MODEL_NAME, "invalid model name");
    }
}
