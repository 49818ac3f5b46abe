package dev.corral.core.body.oracle;

import dev.corral.core.body.oracle.GoType.Custom;
import dev.corral.core.body.oracle.GoType.Dictionary;
import dev.corral.core.body.oracle.GoType.Fields;
import dev.corral.core.body.oracle.GoType.Plain;
import dev.corral.core.body.oracle.GoType.Pointer;
import dev.corral.core.body.oracle.GoType.Raw;
import dev.corral.core.body.oracle.GoType.Slice;
import dev.corral.core.body.oracle.GoType.Struct;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@code json.NewDecoder(body).Decode(&v)} and {@code json.Unmarshal} of Go's encoding/json, version 1. */
final class GoDecoder {
    private final byte[] data;
    private final GoSyntax syntax;
    private int at;

    private GoDecoder(byte[] data) {
        this.data = data;
        this.syntax = new GoSyntax(data);
    }

    /** Reads the first value of a body into a struct; what stands behind it is never looked at. */
    static Fields decode(Struct type, byte[] body) throws GoRefuses {
        GoDecoder decoder = new GoDecoder(body);
        decoder.at = decoder.syntax.space(0);
        decoder.syntax.end(decoder.at);
        Object value = decoder.value(type, GoType.zero(type));
        return (Fields) Objects.requireNonNull(value);
    }

    /** Reads a text that must be one value and nothing else. */
    static @Nullable Object unmarshal(GoType type, byte[] json, @Nullable Object old) throws GoRefuses {
        GoDecoder decoder = new GoDecoder(json);
        decoder.at = decoder.syntax.space(0);
        int end = decoder.syntax.end(decoder.at);
        if (decoder.syntax.space(end) != json.length) {
            throw new GoRefuses("invalid character after top-level value");
        }
        return decoder.value(type, old);
    }

    static @Nullable Object unmarshal(GoType type, byte[] json) throws GoRefuses {
        return unmarshal(type, json, GoType.zero(type));
    }

    /**
     * The model that the cloud middleware of the /v1 routes finds ({@code server/cloud_proxy.go:extractModelField}): it
     * reads the body a second time, into a map, so that only the exact name counts and nothing may follow.
     *
     * @return null where it finds none and leaves the request to the ordinary handler
     */
    static @Nullable String cloudPassthroughModel(byte[] body) {
        try {
            Object map = unmarshal(new Dictionary(Plain.RAW), body);
            if (map instanceof Map<?, ?> members && members.get("model") instanceof Raw raw) {
                Object model = unmarshal(Plain.STRING, raw.latin1().getBytes(StandardCharsets.ISO_8859_1));
                return (String) model;
            }
            return null;
        } catch (GoRefuses e) {
            return null;
        }
    }

    private @Nullable Object value(GoType type, @Nullable Object old) throws GoRefuses {
        int begin = at;
        boolean isNull = data[at] == 'n';
        if (type instanceof Pointer pointer) {
            if (isNull) {
                at += 4;
                return null;
            }
            return value(pointer.to(), old == null ? GoType.zero(pointer.to()) : old);
        }
        if (type instanceof Custom custom) {
            at = syntax.end(at);
            return custom.unmarshal().read(Arrays.copyOfRange(data, begin, at), old);
        }
        if (type == Plain.RAW) {
            at = syntax.end(at);
            return new Raw(new String(data, begin, at - begin, StandardCharsets.ISO_8859_1));
        }
        if (isNull) {
            at += 4;
            return type instanceof Slice || type instanceof Dictionary || type == Plain.ANY ? null : old;
        }
        if (type instanceof Struct && data[at] == '{') {
            members((Fields) Objects.requireNonNull(old));
            return old;
        }
        if (type instanceof Dictionary dictionary && data[at] == '{') {
            return members(dictionary, old);
        }
        if (type instanceof Slice slice) {
            return slice(slice, old);
        }
        if (type == Plain.ANY) {
            return any();
        }
        at = syntax.end(at);
        return scalar(type, begin);
    }

    private @Nullable Object slice(Slice type, @Nullable Object old) throws GoRefuses {
        if (data[at] == '"' && type.of() == Plain.BYTE) {
            int begin = at;
            at = syntax.end(at);
            return GoBase64.decode(syntax.text(begin, at));
        }
        if (data[at] != '[') {
            throw new GoRefuses("cannot unmarshal into a slice");
        }
        GoSlice slice = old instanceof GoSlice before ? before : GoSlice.of(old);
        int count = 0;
        at = syntax.space(at + 1);
        while (data[at] != ']') {
            slice.set(count, value(type.of(), slice.reach(count, () -> GoType.zero(type.of()))));
            count++;
            next();
        }
        at++;
        slice.truncate(count);
        return slice;
    }

    private void members(Fields fields) throws GoRefuses {
        at = syntax.space(at + 1);
        while (data[at] != '}') {
            String field = fields.type().fieldFor(key());
            GoType type = field == null ? null : fields.type().fields().get(field);
            if (field == null || type == null) {
                at = syntax.end(at);
            } else {
                fields.values().put(field, value(type, fields.values().get(field)));
            }
            next();
        }
        at++;
    }

    private Map<String, @Nullable Object> members(Dictionary type, @Nullable Object old) throws GoRefuses {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        if (old instanceof Map<?, ?> before) {
            before.forEach((key, value) -> all.put((String) key, value));
        }
        at = syntax.space(at + 1);
        while (data[at] != '}') {
            String key = key();
            all.put(key, value(type.of(), GoType.zero(type.of())));
            next();
        }
        at++;
        return all;
    }

    /** Goes behind a comma, or to the bracket that closes. */
    private void next() {
        at = syntax.space(at);
        if (data[at] == ',') {
            at = syntax.space(at + 1);
        }
    }

    private String key() throws GoRefuses {
        int begin = at;
        while (data[++at] != '"') {
            if (data[at] == '\\') {
                at++;
            }
        }
        String key = syntax.text(begin, ++at);
        at = syntax.space(syntax.space(at) + 1);
        return key;
    }

    private @Nullable Object any() throws GoRefuses {
        int begin = at;
        switch (data[at]) {
            case '{' -> {
                return members(new Dictionary(Plain.ANY), null);
            }
            case '[' -> {
                List<@Nullable Object> list = new ArrayList<>();
                at = syntax.space(at + 1);
                while (data[at] != ']') {
                    list.add(value(Plain.ANY, null));
                    next();
                }
                at++;
                return list;
            }
            case '"' -> {
                at = syntax.end(at);
                return syntax.text(begin, at);
            }
            case 't', 'f' -> {
                at = syntax.end(at);
                return data[begin] == 't';
            }
            default -> {
                at = syntax.end(at);
                return scalar(Plain.FLOAT64, begin);
            }
        }
    }

    private Object scalar(GoType type, int begin) throws GoRefuses {
        byte first = data[begin];
        if (type == Plain.STRING && first == '"') {
            return syntax.text(begin, at);
        }
        if (type == Plain.BOOL && (first == 't' || first == 'f')) {
            return first == 't';
        }
        if (first == '-' || first >= '0' && first <= '9') {
            String number = new String(data, begin, at - begin, StandardCharsets.US_ASCII);
            if (type == Plain.INT || type == Plain.BYTE) {
                return whole(number, type == Plain.BYTE);
            }
            if (type == Plain.FLOAT64 && !Double.isInfinite(Double.parseDouble(number))) {
                return Double.parseDouble(number);
            }
            if (type == Plain.FLOAT32 && !Float.isInfinite(Float.parseFloat(number))) {
                return Float.parseFloat(number);
            }
        }
        throw new GoRefuses("cannot unmarshal into " + type);
    }

    private static Long whole(String number, boolean unsigned) throws GoRefuses {
        try {
            long value = Long.parseLong(number);
            if (!unsigned || value >= 0 && value <= 255 && number.charAt(0) != '-') {
                return value;
            }
        } catch (NumberFormatException e) {
            // Not a whole number, or too large: refused below.
        }
        throw new GoRefuses("cannot unmarshal into a whole number");
    }
}
