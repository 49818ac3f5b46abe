package dev.corral.auth.jwt;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What claims say, as text. */
final class ClaimText {
    private static final int MAX_SHOWN = 100;

    private ClaimText() {}

    /**
     * The values of a claim: of a text that one, of a list the texts in it; of {@code scope} its words, RFC 8693 section
     * 4.2. Anything else has none.
     *
     * @param name of the claim; one with dots that is none itself leads to a claim within others, as in {@code
     *     realm_access.roles}
     */
    static List<String> values(Map<String, @Nullable Object> claims, String name) {
        Object value = claims.get(name);
        if (value == null && name.indexOf('.') >= 0) {
            value = within(claims, name);
        }
        if (value instanceof String text) {
            return name.equals("scope") || name.equals("scp") ? Arrays.asList(text.split(" ", -1)) : List.of(text);
        }
        List<String> values = new ArrayList<>();
        if (value instanceof List<?> list) {
            for (Object item : list) {
                if (item instanceof String text) {
                    values.add(text);
                }
            }
        }
        return values;
    }

    private static @Nullable Object within(Map<String, @Nullable Object> claims, String name) {
        Object value = claims;
        for (String word : name.split("\\.", -1)) {
            value = value instanceof Map<?, ?> map ? map.get(word) : null;
        }
        return value;
    }

    /** For a log: bounded, and nothing in it but plain characters. */
    static String shown(List<String> values) {
        String text = String.join(", ", values);
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < text.length() && i < MAX_SHOWN; i++) {
            char c = text.charAt(i);
            shown.append(c < ' ' || c >= 0x7f ? '?' : c);
        }
        return values.isEmpty() ? "missing" : shown + (text.length() > MAX_SHOWN ? "..." : "");
    }
}
