package dev.corral.core.testkit;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request or response exactly as it was on the wire.
 *
 * @param startLine the first line without its end
 * @param fields in order, with the original spelling of names
 * @param raw every byte of it, the empty line included
 */
public record HttpHead(String startLine, List<Field> fields, Bytes raw) {
    /** One header field as it was sent, its value without surrounding blanks. */
    public record Field(String name, String value) {}

    public HttpHead {
        fields = List.copyOf(fields);
    }

    /** All values of a field, in order. */
    public List<String> all(String name) {
        return fields.stream()
                .filter(field -> field.name().equalsIgnoreCase(name))
                .map(Field::value)
                .toList();
    }

    /** The first value of a field, or null. */
    public @Nullable String first(String name) {
        List<String> all = all(name);
        return all.isEmpty() ? null : all.get(0);
    }

    public boolean has(String name) {
        return !all(name).isEmpty();
    }

    /** The names of all fields, in order and as spelled. */
    public List<String> names() {
        return fields.stream().map(Field::name).toList();
    }
}
