package dev.corral.server.config;

import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A configuration as a file that says the same, with every setting. No setting holds a secret. */
public final class EffectiveConfig {
    private static final YAMLFactory YAML = YAMLFactory.builder()
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR)
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .build();

    private EffectiveConfig() {}

    /** YAML that {@link ConfigReader} reads as this configuration; lines end with a line feed. */
    public static String render(CorralConfig config) {
        return write(tree(config));
    }

    /** Any node as YAML. */
    static String write(Node node) {
        StringWriter out = new StringWriter();
        try (YAMLGenerator yaml = YAML.createGenerator(out)) {
            write(node, yaml);
        } catch (IOException e) {
            throw new UncheckedIOException("a StringWriter does not fail", e);
        }
        return out.toString();
    }

    private static Node tree(CorralConfig config) {
        Map<String, Node> root = new LinkedHashMap<>();
        for (String key : Settings.keysOf("")) {
            root.put(key, tree(key, config));
        }
        return new Node.Mapping(root, 0);
    }

    private static Node tree(String path, CorralConfig config) {
        Setting<?> setting = Settings.at(path);
        if (setting != null) {
            return setting.in(config);
        }
        Map<String, Node> section = new LinkedHashMap<>();
        for (String key : Settings.keysOf(path)) {
            section.put(key, tree(path + "." + key, config));
        }
        return new Node.Mapping(section, 0);
    }

    private static void write(Node node, YAMLGenerator yaml) throws IOException {
        if (node instanceof Node.Scalar scalar) {
            writeWord(scalar.text(), yaml);
        } else if (node instanceof Node.Sequence sequence) {
            writeList(sequence.items(), yaml);
        } else if (node instanceof Node.Mapping mapping) {
            yaml.writeStartObject();
            for (Map.Entry<String, Node> entry : mapping.entries().entrySet()) {
                yaml.writeFieldName(entry.getKey());
                write(entry.getValue(), yaml);
            }
            yaml.writeEndObject();
        }
    }

    private static void writeWord(String text, YAMLGenerator yaml) throws IOException {
        if (text.equals("true") || text.equals("false")) {
            // As a string it would be written in quotes.
            yaml.writeBoolean(text.equals("true"));
        } else {
            yaml.writeString(text.replace("${", "$${"));
        }
    }

    private static void writeList(List<Node> items, YAMLGenerator yaml) throws IOException {
        yaml.writeStartArray();
        for (Node item : items) {
            write(item, yaml);
        }
        yaml.writeEndArray();
    }
}
