package dev.corral.core.http;

import java.util.LinkedHashMap;
import java.util.Map;

/** Reads the JSON (RFC 8259) that error bodies are made of: objects, strings and null; anything else fails. */
final class StrictJson {
    /** What {@code null} is read as. */
    static final Object NULL = new Object();

    private final String text;
    private int at;

    private StrictJson(String text) {
        this.text = text;
    }

    static Object parse(String text) {
        StrictJson json = new StrictJson(text);
        Object value = json.value();
        if (json.at != text.length()) {
            throw new IllegalArgumentException("more than one value: " + text);
        }
        return value;
    }

    private Object value() {
        char c = text.charAt(at);
        if (c == '{') {
            return object();
        }
        if (c == '"') {
            return string();
        }
        expect('n');
        expect('u');
        expect('l');
        expect('l');
        return NULL;
    }

    private Map<String, Object> object() {
        Map<String, Object> members = new LinkedHashMap<>();
        expect('{');
        do {
            String name = string();
            expect(':');
            if (members.put(name, value()) != null) {
                throw new IllegalArgumentException("twice: " + name);
            }
        } while (text.charAt(at) == ',' && at++ > 0);
        expect('}');
        return members;
    }

    private String string() {
        StringBuilder value = new StringBuilder();
        expect('"');
        while (text.charAt(at) != '"') {
            char c = text.charAt(at++);
            if (c < ' ') {
                throw new IllegalArgumentException("a raw control character at " + at);
            }
            value.append(c == '\\' ? escape() : c);
        }
        expect('"');
        return value.toString();
    }

    private char escape() {
        char c = text.charAt(at++);
        if (c == 'u') {
            at += 4;
            return (char) Integer.parseInt(text.substring(at - 4, at), 16);
        }
        if (c != '"' && c != '\\') {
            throw new IllegalArgumentException("escape \\" + c);
        }
        return c;
    }

    private void expect(char c) {
        if (text.charAt(at++) != c) {
            throw new IllegalArgumentException("no " + c + " at " + (at - 1) + " of " + text);
        }
    }
}
