package dev.corral.core.body.oracle;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A Go type as far as encoding/json tells types apart. */
sealed interface GoType {
    /** What Java object stands for a value: String, Boolean, Long, Double, Float, any of them, raw bytes. */
    enum Plain implements GoType {
        STRING,
        BOOL,
        INT,
        BYTE,
        FLOAT64,
        FLOAT32,
        ANY,
        /** {@code json.RawMessage}; a {@link Raw}. */
        RAW
    }

    record Pointer(GoType to) implements GoType {}

    record Slice(GoType of) implements GoType {}

    /** With strings as keys. */
    record Dictionary(GoType of) implements GoType {}

    /** A type with its own {@code UnmarshalJSON}. */
    record Custom(Unmarshal unmarshal) implements GoType {}

    /** What {@code UnmarshalJSON} does. */
    interface Unmarshal {
        /** The value before. */
        @Nullable
        Object zero();

        /**
         * Reads one value.
         *
         * @param json exactly the value's bytes
         * @param old what the variable holds
         */
        @Nullable
        Object read(byte[] json, @Nullable Object old) throws GoRefuses;
    }

    /** Fields by their JSON names, in order. Filled after construction, because structs contain themselves. */
    final class Struct implements GoType {
        private final String name;
        private final Map<String, GoType> fields = new LinkedHashMap<>();
        private final Map<String, String> folded = new LinkedHashMap<>();

        Struct(String name) {
            this.name = name;
        }

        Struct with(String field, GoType type) {
            fields.put(field, type);
            folded.putIfAbsent(fold(field), field);
            return this;
        }

        String name() {
            return name;
        }

        Map<String, GoType> fields() {
            return fields;
        }

        /** The field that Go puts a member of this name into: the exact one, or else one that folds to the same. */
        @Nullable
        String fieldFor(String key) {
            return fields.containsKey(key) ? key : folded.get(fold(key));
        }

        /** Go's {@code foldName}, as far as it can meet a name in ASCII. */
        private static String fold(String key) {
            return key.replace('\u017F', 's')
                    .replace('\u212A', 'k')
                    .chars()
                    .map(c -> c < 0x80 ? Character.toUpperCase(c) : c)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
        }
    }

    /** A struct's value. */
    record Fields(Struct type, Map<String, @Nullable Object> values) {
        @Nullable
        Object get(String field) {
            if (!type.fields().containsKey(field)) {
                throw new IllegalArgumentException(
                        String.format(Locale.ROOT, "%s has no field %s", type.name(), field));
            }
            return values.get(field);
        }
    }

    /** A raw message's bytes, one char each. */
    record Raw(String latin1) {}

    /** What a variable of the type holds at first. */
    static @Nullable Object zero(GoType type) {
        if (type instanceof Plain plain) {
            return switch (plain) {
                case STRING -> "";
                case BOOL -> false;
                case INT, BYTE -> 0L;
                case FLOAT64 -> 0.0;
                case FLOAT32 -> 0.0f;
                case ANY, RAW -> null;
            };
        }
        if (type instanceof Struct struct) {
            Map<String, @Nullable Object> values = new LinkedHashMap<>();
            struct.fields().forEach((field, of) -> values.put(field, zero(of)));
            return new Fields(struct, values);
        }
        return type instanceof Custom custom ? custom.unmarshal().zero() : null;
    }
}
