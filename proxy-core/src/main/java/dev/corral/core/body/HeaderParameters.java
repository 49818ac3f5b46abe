package dev.corral.core.body;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads a value and its parameters, {@code form-data; name="model"}, so that nobody can read it in another way:
 * single spaces only behind a semicolon, every name once, tokens or quoted strings. Where Go's
 * {@code mime.ParseMediaType} is more patient, the value is refused. Confined to one thread.
 */
final class HeaderParameters {
    private final String text;
    private final String what;
    private int at;
    private String name = "";
    private String value = "";
    private boolean quoted;
    private boolean backslash;

    /**
     * Begins.
     *
     * @param text the field's value, one character for each byte
     * @param what what the field is called in messages
     */
    HeaderParameters(String text, String what) {
        this.text = text;
        this.what = what;
    }

    /** The value itself, in lower case; comes before the first {@link #next}. */
    String type() {
        int end = at;
        while (end < text.length() && (token(text.charAt(end)) || text.charAt(end) == '/')) {
            end++;
        }
        String type = text.substring(at, end).toLowerCase(Locale.ROOT);
        at = end;
        return type;
    }

    /** Goes to the next parameter; false where there is none left. */
    boolean next() throws BadBody {
        if (at == text.length()) {
            return false;
        }
        if (text.charAt(at++) != ';') {
            throw malformed();
        }
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
        name = token().toLowerCase(Locale.ROOT);
        if (at == text.length() || text.charAt(at++) != '=') {
            throw malformed();
        }
        quoted = at < text.length() && text.charAt(at) == '"';
        backslash = false;
        value = quoted ? quotedString() : token();
        return true;
    }

    /** The present parameter's name, in lower case. */
    String name() {
        return name;
    }

    /** Its value, unquoted. */
    String value() {
        return value;
    }

    boolean quoted() {
        return quoted;
    }

    /** Whether there is a backslash in the quoted value, which programs understand in different ways. */
    boolean backslash() {
        return backslash;
    }

    /**
     * The present value, for a parameter that may be given once and without backslashes.
     *
     * @param before what was found earlier; null for nothing
     */
    String once(@Nullable String before) throws BadBody {
        if (before != null) {
            throw FormErrors.ambiguous(what + " has a parameter twice (expected: each once)");
        }
        if (backslash) {
            throw FormErrors.ambiguous(what + " has a backslash in a parameter (expected: none)");
        }
        return value;
    }

    /** The refusal of a value that does not fit. */
    BadBody malformed() {
        return FormErrors.invalid(what + " is malformed");
    }

    private String token() throws BadBody {
        int from = at;
        while (at < text.length() && token(text.charAt(at))) {
            at++;
        }
        if (at == from) {
            throw malformed();
        }
        return text.substring(from, at);
    }

    // Go mime/mediatype.go:consumeValue: a backslash escapes only what could not stand in a token; before anything else
    // it is one, because of old Windows paths.
    private String quotedString() throws BadBody {
        StringBuilder plain = new StringBuilder();
        for (at++; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '"') {
                at++;
                return plain.toString();
            }
            if (c == '\\') {
                backslash = true;
                if (at + 1 < text.length() && special(text.charAt(at + 1))) {
                    c = text.charAt(++at);
                }
            }
            plain.append(c);
        }
        throw malformed();
    }

    // RFC 2045 section 5.1, as in Go mime/grammar.go.
    private static boolean token(char c) {
        return c > ' ' && c < 0x7F && !special(c);
    }

    private static boolean special(char c) {
        return "()<>@,;:\\\"/[]?=".indexOf(c) >= 0;
    }
}
