package dev.corral.server.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A YAML value with the line it stands on, from 1. A value under a key stands on the key's line. */
sealed interface Node {
    int line();

    /** What it is, for messages. */
    String kind();

    /** Whether nothing is written here, as under a key whose settings are all commented out. */
    default boolean isEmpty() {
        return this instanceof Scalar scalar && scalar.text().isEmpty();
    }

    /**
     * A single value as it is written, whatever YAML would take it for.
     *
     * @param text without quotes; empty for nothing, {@code ~} and {@code null}
     */
    record Scalar(String text, int line) implements Node {
        @Override
        public String kind() {
            return isEmpty() ? "nothing" : Texts.quote(text);
        }
    }

    /** Keys and their values in the order of the file. */
    record Mapping(Map<String, Node> entries, int line) implements Node {
        public Mapping {
            entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }

        @Override
        public String kind() {
            return "a section";
        }
    }

    /** A list. */
    record Sequence(List<Node> items, int line) implements Node {
        public Sequence {
            items = List.copyOf(items);
        }

        @Override
        public String kind() {
            return "a list";
        }
    }
}
