package dev.corral.core.body.oracle;

import dev.corral.core.body.oracle.GoType.Fields;
import dev.corral.core.body.oracle.GoType.Raw;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes what was decoded as one line of ASCII, the way {@code src/test/go} writes it. */
final class GoDump {
    private static final Comparator<String> BY_BYTES = (a, b) -> Arrays.compareUnsigned(utf8(a), utf8(b));

    private final StringBuilder out = new StringBuilder();

    private GoDump() {}

    static String of(@Nullable Object value) {
        GoDump dump = new GoDump();
        dump.write(value);
        return dump.out.toString();
    }

    private void write(@Nullable Object value) {
        if (value == null || value instanceof Boolean || value instanceof Long) {
            out.append(value);
        } else if (value instanceof Double || value instanceof Float) {
            // By its bits: no two ways to print a float have to agree.
            out.append('f').append(Long.toHexString(Double.doubleToLongBits(((Number) value).doubleValue())));
        } else if (value instanceof String text) {
            quoted(text);
        } else if (value instanceof Raw raw) {
            out.append('r');
            quoted(raw.latin1());
        } else if (value instanceof byte[] bytes) {
            list(GoSlice.of(bytes).elements());
        } else if (value instanceof GoSlice slice) {
            list(slice.elements());
        } else if (value instanceof List<?> list) {
            list(list);
        } else if (value instanceof Fields fields) {
            out.append(fields.type().name());
            members(fields.type().fields().keySet(), fields.values());
        } else if (value instanceof Map<?, ?> map) {
            members(
                    map.keySet().stream()
                            .map(String.class::cast)
                            .sorted(BY_BYTES)
                            .toList(),
                    map);
        } else {
            throw new IllegalArgumentException(value.getClass() + " stands for no Go value");
        }
    }

    private void list(List<?> values) {
        out.append('[');
        for (int i = 0; i < values.size(); i++) {
            if (i > 0) {
                out.append(',');
            }
            write(values.get(i));
        }
        out.append(']');
    }

    private void members(Iterable<String> names, Map<?, ?> values) {
        out.append('{');
        for (String name : names) {
            if (out.charAt(out.length() - 1) != '{') {
                out.append(',');
            }
            quoted(name);
            out.append(':');
            write(values.get(name));
        }
        out.append('}');
    }

    private void quoted(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c < 0x7F && c != '"' && c != '\\') {
                out.append(c);
            } else {
                out.append("\\u").append(String.format("%04x", (int) c));
            }
        }
        out.append('"');
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
