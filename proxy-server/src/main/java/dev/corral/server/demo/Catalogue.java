package dev.corral.server.demo;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The models that the stand-in pretends to have, and which of them are loaded. Confined to its event loop. */
final class Catalogue {
    /** Talks. */
    static final String CHAT = "stand-in:latest";
    /** Embeds. */
    static final String EMBED = "stand-in-embed:latest";

    private static final Duration KEPT = Duration.ofMinutes(5);
    private static final Instant MODIFIED = Instant.parse("2026-01-01T00:00:00Z");
    private static final List<Model> MODELS = List.of(
            new Model(CHAT, "llama", "1B", 1_321_098_329L, "completion"),
            new Model(EMBED, "nomic-bert", "137M", 274_302_450L, "embedding"));

    /**
     * One model.
     *
     * @param family as Ollama names the architecture
     * @param parameters such as {@code 1B}
     * @param size bytes
     * @param capability what it can do
     */
    record Model(String name, String family, String parameters, long size, String capability) {
        String digest() {
            try {
                MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
                return HexFormat.of().formatHex(sha256.digest(name.getBytes(StandardCharsets.UTF_8)));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has SHA-256", e);
            }
        }

        ObjectNode details() {
            ObjectNode details = Json.object();
            details.put("parent_model", "").put("format", "gguf").put("family", family);
            details.putArray("families").add(family);
            return details.put("parameter_size", parameters).put("quantization_level", "Q4_K_M");
        }

        private ObjectNode row() {
            return Json.object().put("name", name).put("model", name);
        }
    }

    private final Map<String, Instant> loadedUntil = new LinkedHashMap<>();

    /** Finds a model by what a client called it; names are matched as loosely as Ollama does in the common cases. */
    Model find(String name) throws ApiException {
        String plain = name.strip().toLowerCase(Locale.ROOT);
        plain = plain.startsWith("library/") ? plain.substring("library/".length()) : plain;
        String full = plain.contains(":") ? plain : plain + ":latest";
        for (Model model : MODELS) {
            if (model.name().equals(full)) {
                return model;
            }
        }
        throw new ApiException(404, "model '" + name + "' not found");
    }

    /** Finds a model and holds it to what it can do. */
    Model find(String name, String capability, String verb) throws ApiException {
        Model model = find(name);
        if (!model.capability().equals(capability)) {
            throw new ApiException(400, "\"" + name + "\" does not support " + verb);
        }
        loadedUntil.put(model.name(), Instant.now().plus(KEPT));
        return model;
    }

    void unload(Model model) {
        loadedUntil.remove(model.name());
    }

    ObjectNode tags() {
        ArrayNode rows = Json.array();
        for (Model model : MODELS) {
            ObjectNode row = model.row()
                    .put("modified_at", MODIFIED.toString())
                    .put("size", model.size())
                    .put("digest", model.digest());
            rows.add(row.set("details", model.details()));
        }
        return Json.object().set("models", rows);
    }

    ObjectNode ps() {
        loadedUntil.values().removeIf(Instant.now()::isAfter);
        ArrayNode rows = Json.array();
        for (Model model : MODELS) {
            Instant until = loadedUntil.get(model.name());
            if (until != null) {
                ObjectNode row = model.row().put("size", model.size()).put("digest", model.digest());
                row.set("details", model.details());
                rows.add(row.put(
                                "expires_at",
                                until.truncatedTo(ChronoUnit.MICROS).toString())
                        .put("size_vram", 0L)
                        .put("context_length", 4096));
            }
        }
        return Json.object().set("models", rows);
    }

    ObjectNode show(Model model) {
        ObjectNode show = Json.object()
                .put("license", "Apache-2.0")
                .put("modelfile", "# Corral's built-in stand-in for Ollama\nFROM scratch\n")
                .put("template", "{{ .Prompt }}");
        show.set("details", model.details());
        ObjectNode info = show.putObject("model_info")
                .put("general.architecture", model.family())
                .put("general.basename", "stand-in")
                .put(model.family() + ".context_length", 4096);
        if (model.capability().equals("embedding")) {
            info.put(model.family() + ".embedding_length", Vectors.DIMENSIONS);
        }
        show.putArray("capabilities").add(model.capability());
        return show.put("modified_at", MODIFIED.toString());
    }

    ObjectNode openAiList() {
        ArrayNode rows = Json.array();
        MODELS.forEach(model -> rows.add(openAi(model.name())));
        return Json.object().put("object", "list").set("data", rows);
    }

    ObjectNode openAi(String id) {
        return Json.object()
                .put("id", id)
                .put("object", "model")
                .put("created", MODIFIED.getEpochSecond())
                .put("owned_by", "library");
    }
}
