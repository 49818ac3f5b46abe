package dev.corral.core.body.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** A JSON text taken apart so far that its keys, values and whitespace can be changed one by one. */
sealed interface JsonShape {
    /** Anything without parts, as it is written. */
    record Scalar(String text) implements JsonShape {}

    record Array(List<JsonShape> elements) implements JsonShape {}

    /** In the order of writing; the same key may stand there twice. */
    record Obj(List<Member> members) implements JsonShape {}

    /**
     * A member.
     *
     * @param key as written between its quotes
     */
    record Member(String key, JsonShape value) {}

    /** Takes a text apart that has no blanks outside strings and no brackets or quotes inside them. */
    static JsonShape parse(String text) {
        return new Parser(text).value();
    }

    /** Writes it; with whitespace everywhere or nowhere. */
    default String write(RandomGenerator random, boolean spacious) {
        StringBuilder out = new StringBuilder();
        write(out, random, spacious);
        return out.toString();
    }

    private void write(StringBuilder out, RandomGenerator random, boolean spacious) {
        space(out, random, spacious);
        if (this instanceof Scalar scalar) {
            out.append(scalar.text());
        } else if (this instanceof Array array) {
            out.append('[');
            for (int i = 0; i < array.elements().size(); i++) {
                out.append(i == 0 ? "" : ",");
                array.elements().get(i).write(out, random, spacious);
            }
            out.append(']');
        } else if (this instanceof Obj object) {
            out.append('{');
            for (int i = 0; i < object.members().size(); i++) {
                Member member = object.members().get(i);
                out.append(i == 0 ? "" : ",");
                space(out, random, spacious);
                out.append('"').append(member.key()).append('"');
                space(out, random, spacious);
                out.append(':');
                member.value().write(out, random, spacious);
            }
            space(out, random, spacious);
            out.append('}');
        }
        space(out, random, spacious);
    }

    private static void space(StringBuilder out, RandomGenerator random, boolean spacious) {
        while (spacious && random.nextInt(3) == 0) {
            out.append(" \t\r\n".charAt(random.nextInt(4)));
        }
    }

    /** A reader of such texts as the templates are. */
    final class Parser {
        private final String text;
        private int at;

        Parser(String text) {
            this.text = text;
        }

        private JsonShape value() {
            char c = text.charAt(at);
            if (c == '[') {
                List<JsonShape> elements = new ArrayList<>();
                for (at++; text.charAt(at) != ']'; skip(',')) {
                    elements.add(value());
                }
                at++;
                return new Array(elements);
            }
            if (c == '{') {
                List<Member> members = new ArrayList<>();
                for (at++; text.charAt(at) != '}'; skip(',')) {
                    String key = token();
                    skip(':');
                    members.add(new Member(key.substring(1, key.length() - 1), value()));
                }
                at++;
                return new Obj(members);
            }
            return new Scalar(token());
        }

        private void skip(char c) {
            if (text.charAt(at) == c) {
                at++;
            }
        }

        private String token() {
            int begin = at;
            if (text.charAt(at) == '"') {
                at = text.indexOf('"', at + 1) + 1;
            } else {
                while (at < text.length() && ",:]}".indexOf(text.charAt(at)) < 0) {
                    at++;
                }
            }
            return text.substring(begin, at);
        }
    }
}
