package dev.corral.core.body;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * RFC 8259 the plain way, by recursion and regular expressions over characters, to measure the scanner by. An object is
 * a list of its members, an array a list of its elements; all else stands for itself as it is written.
 */
final class PlainJson {
    /** A member of an object. */
    record Member(String rawName, Object value) {
        /** The name as Go compares it. */
        String folded() {
            return unescaped(rawName)
                    .replace('\u017f', 's')
                    .replace('\u212a', 'k')
                    .chars()
                    .collect(
                            StringBuilder::new,
                            (all, c) -> all.append((char) (c >= 'A' && c <= 'Z' ? c + 32 : c)),
                            StringBuilder::append)
                    .toString();
        }
    }

    private static final Pattern BLANK = Pattern.compile("[ \t\r\n]*");
    private static final Pattern STRING =
            Pattern.compile("\"(?:[^\"\\\\\u0000-\u001f]|\\\\[\"\\\\/bfnrt]|\\\\u[0-9a-fA-F]{4})*+\"");
    private static final Pattern SCALAR =
            Pattern.compile("true|false|null|-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:[eE][-+]?[0-9]+)?");
    private static final Pattern ESCAPE = Pattern.compile("\\\\(?:u([0-9a-fA-F]{4})|(.))");

    private final String text;
    private int at;

    private PlainJson(String text) {
        this.text = text;
    }

    /**
     * The members of the one object that the bytes are.
     *
     * @throws IllegalArgumentException if they are anything else
     */
    static List<Member> object(byte[] body) {
        try {
            PlainJson json = new PlainJson(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString());
            json.take(BLANK);
            List<Member> members = json.members();
            json.take(BLANK);
            if (json.at != json.text.length()) {
                throw new IllegalArgumentException("more at " + json.at);
            }
            return members;
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    static String unescaped(String raw) {
        return ESCAPE.matcher(raw).replaceAll(match -> {
            String unit = match.group(1);
            char c = unit != null
                    ? (char) Integer.parseInt(unit, 16)
                    : "\"\\/\b\f\n\r\t".charAt("\"\\/bfnrt".indexOf(match.group(2)));
            return Matcher.quoteReplacement(String.valueOf(c));
        });
    }

    private List<Member> members() {
        List<Member> members = new ArrayList<>();
        expect('{');
        take(BLANK);
        if (!next('}')) {
            do {
                take(BLANK);
                String name = take(STRING);
                take(BLANK);
                expect(':');
                members.add(new Member(name.substring(1, name.length() - 1), value()));
            } while (next(','));
            expect('}');
        }
        return members;
    }

    private List<Object> elements() {
        List<Object> elements = new ArrayList<>();
        expect('[');
        take(BLANK);
        if (!next(']')) {
            do {
                elements.add(value());
            } while (next(','));
            expect(']');
        }
        return elements;
    }

    private Object value() {
        take(BLANK);
        Object value = text.startsWith("{", at)
                ? members()
                : text.startsWith("[", at) ? elements() : text.startsWith("\"", at) ? take(STRING) : take(SCALAR);
        take(BLANK);
        return value;
    }

    private String take(Pattern what) {
        Matcher matcher = what.matcher(text).region(at, text.length());
        if (!matcher.lookingAt()) {
            throw new IllegalArgumentException("expected " + what + " at " + at);
        }
        at = matcher.end();
        return matcher.group();
    }

    private boolean next(char c) {
        if (at < text.length() && text.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(char c) {
        if (!next(c)) {
            throw new IllegalArgumentException("expected " + c + " at " + at);
        }
    }
}
