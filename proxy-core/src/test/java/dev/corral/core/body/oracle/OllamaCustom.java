package dev.corral.core.body.oracle;

import dev.corral.core.body.oracle.GoType.Custom;
import dev.corral.core.body.oracle.GoType.Dictionary;
import dev.corral.core.body.oracle.GoType.Fields;
import dev.corral.core.body.oracle.GoType.Plain;
import dev.corral.core.body.oracle.GoType.Raw;
import dev.corral.core.body.oracle.GoType.Slice;
import dev.corral.core.body.oracle.GoType.Struct;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The types of Ollama's requests that read themselves. */
final class OllamaCustom {
    private static final Set<String> THINK = Set.of("high", "medium", "low", "max");

    private OllamaCustom() {}

    private interface Read {
        @Nullable
        Object read(byte[] json, @Nullable Object old) throws GoRefuses;
    }

    private record Own(@Nullable Object zero, Read reader) implements GoType.Unmarshal {
        @Override
        public @Nullable Object read(byte[] json, @Nullable Object old) throws GoRefuses {
            return reader.read(json, old);
        }
    }

    /** {@code api.ThinkValue}. */
    static Custom think() {
        return new Custom(new Own(null, (json, old) -> {
            Object value = GoDecoder.unmarshal(Plain.ANY, json);
            if (value instanceof Boolean || value instanceof String text && THINK.contains(text)) {
                return value;
            }
            throw new GoRefuses("think must be a boolean or one of four words");
        }));
    }

    /** {@code api.PropertyType}: a string, or strings. */
    static Custom propertyType() {
        return new Custom(new Own(null, (json, old) -> {
            try {
                GoSlice one = new GoSlice();
                one.reach(0, () -> "");
                one.set(0, GoDecoder.unmarshal(Plain.STRING, json));
                return one;
            } catch (GoRefuses e) {
                return GoDecoder.unmarshal(new Slice(Plain.STRING), json);
            }
        }));
    }

    /** Ollama's ordered maps: null, or an object, whatever was there before. */
    static Custom ordered(GoType of) {
        return new Custom(new Own(null, (json, old) -> GoDecoder.unmarshal(new Dictionary(of), json)));
    }

    /** {@code api.Message}: read afresh each time, role in lower case. */
    static Custom message(Struct shape) {
        return new Custom(new GoType.Unmarshal() {
            @Override
            public @Nullable Object zero() {
                return GoType.zero(shape);
            }

            @Override
            public Object read(byte[] json, @Nullable Object old) throws GoRefuses {
                Fields fields = fields(shape, json);
                fields.values().put("role", lower((String) fields.get("role")));
                return fields;
            }
        });
    }

    /** {@code strings.ToLower}, which has no locale and no special cases. */
    private static String lower(@Nullable Object text) {
        StringBuilder out = new StringBuilder();
        ((String) Objects.requireNonNull(text))
                .codePoints()
                .forEach(c -> out.appendCodePoint(Character.toLowerCase(c)));
        return out.toString();
    }

    /** {@code anthropic.MessageParam}: text, or blocks, which go over those that are there. */
    static Custom messageParam(Struct block) {
        Struct raw = new Struct("").with("role", Plain.STRING).with("content", Plain.RAW);
        Struct shape = new Struct("MessageParam").with("role", Plain.STRING).with("content", new Slice(block));
        return new Custom(new GoType.Unmarshal() {
            @Override
            public @Nullable Object zero() {
                return GoType.zero(shape);
            }

            @Override
            public Object read(byte[] json, @Nullable Object old) throws GoRefuses {
                Fields read = fields(raw, json);
                Fields into = (Fields) Objects.requireNonNull(old);
                into.values().put("role", read.get("role"));
                byte[] content = bytes(read.get("content"));
                try {
                    Object text = GoDecoder.unmarshal(Plain.STRING, content);
                    Fields one = (Fields) Objects.requireNonNull(GoType.zero(block));
                    one.values().put("type", "text");
                    one.values().put("text", text);
                    GoSlice blocks = new GoSlice();
                    blocks.reach(0, () -> one);
                    into.values().put("content", blocks);
                } catch (GoRefuses e) {
                    Object before = into.get("content");
                    into.values().put("content", GoDecoder.unmarshal(new Slice(block), content, before));
                }
                return into;
            }
        });
    }

    /** {@code openai.ResponsesInput}: a string, or items of several types. */
    static Custom responsesInput(Map<String, Struct> items, Map<String, Struct> contents) {
        Struct shape = new Struct("ResponsesInput").with("Text", Plain.STRING).with("Items", new Slice(Plain.ANY));
        Struct head = new Struct("").with("type", Plain.STRING).with("role", Plain.STRING);
        return new Custom(new GoType.Unmarshal() {
            @Override
            public @Nullable Object zero() {
                return GoType.zero(shape);
            }

            @Override
            public Object read(byte[] json, @Nullable Object old) throws GoRefuses {
                Fields into = (Fields) Objects.requireNonNull(old);
                try {
                    into.values().put("Text", GoDecoder.unmarshal(Plain.STRING, json));
                    return into;
                } catch (GoRefuses e) {
                    // No string: an array is expected.
                }
                GoSlice read = new GoSlice();
                for (byte[] item : elements(json)) {
                    Fields type = fields(head, item);
                    String kind = (String) type.get("type");
                    boolean bare = "".equals(kind) && !"".equals(type.get("role"));
                    Struct of = items.get(bare ? "message" : kind);
                    if (of == null) {
                        throw new GoRefuses("unknown input item type");
                    }
                    append(read, item(of, item, contents));
                }
                into.values().put("Items", read);
                return into;
            }
        });
    }

    private static Fields item(Struct shape, byte[] json, Map<String, Struct> contents) throws GoRefuses {
        return switch (shape.name()) {
            case "ResponsesInputMessage" -> withContents(shape, json, "content", contents);
            case "ResponsesFunctionCallOutput" -> withContents(shape, json, "output", contents);
            default -> fields(shape, json);
        };
    }

    /** An item whose text may be a string or a list of content; a string stands as one {@code input_text}. */
    private static Fields withContents(Struct shape, byte[] json, String member, Map<String, Struct> contents)
            throws GoRefuses {
        Struct raw = new Struct("");
        shape.fields().forEach((name, type) -> raw.with(name, name.equals(member) ? Plain.RAW : type));
        Fields read = fields(raw, json);
        Fields item = (Fields) Objects.requireNonNull(GoType.zero(shape));
        read.values().forEach((name, value) -> {
            if (!name.equals(member)) {
                item.values().put(name, value);
            }
        });
        Object text = read.get(member);
        if (text != null) {
            item.values().put(member, contents(bytes(text), contents));
        }
        return item;
    }

    private static GoSlice contents(byte[] json, Map<String, Struct> contents) throws GoRefuses {
        GoSlice read = new GoSlice();
        try {
            Struct text = Objects.requireNonNull(contents.get("input_text"));
            Fields one = (Fields) Objects.requireNonNull(GoType.zero(text));
            one.values().put("type", "input_text");
            one.values().put("text", GoDecoder.unmarshal(Plain.STRING, json));
            append(read, one);
            return read;
        } catch (GoRefuses e) {
            // No string: an array is expected.
        }
        Struct head = new Struct("").with("type", Plain.STRING);
        for (byte[] element : elements(json)) {
            Struct of = contents.get(
                    (String) Objects.requireNonNull(fields(head, element).get("type")));
            if (of == null) {
                throw new GoRefuses("unknown content type");
            }
            append(read, fields(of, element));
        }
        return read;
    }

    private static void append(GoSlice slice, Object value) {
        slice.reach(slice.length(), () -> value);
    }

    private static Iterable<byte[]> elements(byte[] json) throws GoRefuses {
        Object slice = GoDecoder.unmarshal(new Slice(Plain.RAW), json);
        return slice instanceof GoSlice elements
                ? elements.elements().stream().map(OllamaCustom::bytes).toList()
                : List.of();
    }

    private static Fields fields(Struct shape, byte[] json) throws GoRefuses {
        return (Fields) Objects.requireNonNull(GoDecoder.unmarshal(shape, json));
    }

    private static byte[] bytes(@Nullable Object raw) {
        return raw instanceof Raw json ? json.latin1().getBytes(StandardCharsets.ISO_8859_1) : new byte[0];
    }
}
