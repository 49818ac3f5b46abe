package dev.corral.server.config;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A mapping of words that the file chooses to words, in the order of the file. */
record WordsType(String expectation) implements Type<Map<String, String>> {
    @Override
    public @Nullable Map<String, String> read(Node node, Location at, Reading reading) {
        if (!(node instanceof Node.Mapping mapping)) {
            reading.problems().add(at, node.kind() + " (expected: " + expectation + ")");
            return null;
        }
        Map<String, String> words = new LinkedHashMap<>();
        mapping.entries().forEach((key, value) -> {
            Location here = at.child(key, value.line());
            if (value instanceof Node.Scalar scalar && !value.isEmpty()) {
                String text = reading.text(scalar, here);
                if (text != null) {
                    words.put(key, text);
                }
            } else {
                reading.problems().add(here, value.kind() + " (expected: a word)");
            }
        });
        return words.size() == mapping.entries().size() ? words : null;
    }

    @Override
    public Node write(Map<String, String> words) {
        Map<String, Node> entries = new LinkedHashMap<>();
        words.forEach((key, value) -> entries.put(key, new Node.Scalar(value, 0)));
        return new Node.Mapping(entries, 0);
    }
}
