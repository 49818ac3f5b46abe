package dev.corral.core.body.oracle;

import dev.corral.core.body.oracle.JsonShape.Array;
import dev.corral.core.body.oracle.JsonShape.Member;
import dev.corral.core.body.oracle.JsonShape.Obj;
import dev.corral.core.body.oracle.JsonShape.Scalar;
import dev.corral.core.spi.Endpoint;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** Honest requests with a few things done to them that two readers might take differently. */
final class DeviousBodies {
    private final RandomGenerator random;
    private final HonestBodies honest;

    DeviousBodies(RandomGenerator random) {
        this.random = random;
        this.honest = new HonestBodies(random);
    }

    byte[] next(Endpoint route) {
        Obj body = honest.next(route);
        int twists = random.nextInt(4);
        for (int i = 0; i < twists; i++) {
            twist(body);
        }
        byte[] bytes = body.write(random, random.nextInt(4) == 0).getBytes(StandardCharsets.UTF_8);
        return random.nextInt(5) == 0 ? bent(bytes) : bytes;
    }

    /** Changes something about one object, at the top or deeper. */
    private void twist(Obj body) {
        List<Obj> objects = new ArrayList<>();
        collect(body, objects);
        Obj object = random.nextBoolean() ? body : objects.get(random.nextInt(objects.size()));
        if (object.members().isEmpty()) {
            object.members().add(new Member("model", value("model")));
            return;
        }
        int index = random.nextInt(object.members().size());
        Member member = object.members().get(index);
        switch (random.nextInt(8)) {
            case 0 -> object.members().set(index, new Member(respelled(member.key()), member.value()));
            case 1 -> add(object, new Member(member.key(), value(member.key())));
            case 2 -> add(object, new Member(respelled(member.key()), value(member.key())));
            case 3, 4 -> object.members().set(index, new Member(member.key(), value(member.key())));
            case 5 -> object.members().set(index, new Member(member.key(), escaped(member.value())));
            case 6 -> object.members().set(index, new Member(member.key(), twice(member.value())));
            default -> {
                // A field of the route that is not there yet, or of another one.
                Endpoint[] routes = {
                    Endpoint.GENERATE, Endpoint.CHAT_COMPLETIONS, Endpoint.CREATE_MODEL, Endpoint.RESPONSES
                };
                String[] keys = {
                    "template", "raw", "_debug_render_only", "insecure", "remote_host", "name", "model", "from",
                            "keep_alive",
                    "options", "tools", "shift", "top_logprobs", "max_tokens", "messages", "input", "images", "context"
                };
                String key = random.nextBoolean()
                        ? keys[random.nextInt(keys.length)]
                        : OllamaTypes.of(routes[random.nextInt(routes.length)]).fields().keySet().stream()
                                .skip(random.nextInt(10))
                                .findFirst()
                                .orElse("model");
                add(object, new Member(key, value(key)));
            }
        }
    }

    private static void collect(JsonShape shape, List<Obj> into) {
        if (shape instanceof Obj object) {
            into.add(object);
            object.members().forEach(member -> collect(member.value(), into));
        } else if (shape instanceof Array array) {
            array.elements().forEach(element -> collect(element, into));
        }
    }

    private void add(Obj object, Member member) {
        object.members().add(random.nextInt(object.members().size() + 1), member);
    }

    /** Another way to write a key that Go may take for the same one, or may not. */
    private String respelled(String key) {
        StringBuilder out = new StringBuilder();
        int way = random.nextInt(6);
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            if ((way == 1 || way == 5) && (c == 's' || c == 'k')) {
                String folded = c == 's' ? "\u017F" : "\u212A";
                String escape = c == 's' ? "\\u017f" : "\\u212A";
                out.append(random.nextBoolean() ? folded : escape);
            } else if (way == 0 || way == 2 && random.nextBoolean()) {
                out.append(Character.toUpperCase(c));
            } else if (way == 3 && random.nextInt(3) == 0) {
                out.append(String.format(random.nextBoolean() ? "\\u%04x" : "\\u%04X", (int) c));
            } else {
                out.append(c);
            }
        }
        return way == 4 ? out.append(random.nextBoolean() ? "\u0131" : " ").toString() : out.toString();
    }

    private JsonShape value(String key) {
        if (random.nextInt(60) == 0) {
            int[] depths = {3, 254, 255, 256, 257, 9_998, 9_999, 10_000};
            int depth = depths[random.nextInt(depths.length)];
            return random.nextBoolean()
                    ? new Scalar("[".repeat(depth) + "]".repeat(depth))
                    : new Scalar("{\"a\":".repeat(depth) + "0" + "}".repeat(depth));
        }
        boolean named =
                List.of("model", "name", "source", "destination", "from").contains(key);
        if (named && random.nextInt(3) > 0) {
            return new Scalar('"' + OddValues.MODELS[random.nextInt(OddValues.MODELS.length)] + '"');
        }
        if (random.nextBoolean()) {
            // Something that the rules for this field might take amiss.
            String[] apt = switch (key) {
                case "type" -> OddValues.TYPES;
                case "tools" -> OddValues.TOOLS;
                case "keep_alive" -> OddValues.TIMES;
                default ->
                    Bounds.TOUCHED_OPTIONS.contains(key) || key.contains("max_") || key.contains("logprobs")
                            ? OddValues.NUMBERS
                            : new String[0];
            };
            if (apt.length > 0) {
                return new Scalar(apt[random.nextInt(apt.length)]);
            }
        }
        if (key.equals("options") && random.nextBoolean()) {
            return honest.next(Endpoint.EMBEDDINGS).members().stream()
                    .filter(member -> member.key().equals("options"))
                    .findFirst()
                    .map(Member::value)
                    .orElse(new Scalar("{\"num_ctx\":777}"));
        }
        return new Scalar(OddValues.SCALARS[random.nextInt(OddValues.SCALARS.length)]);
    }

    /** Strings written with escapes. */
    private JsonShape escaped(JsonShape value) {
        if (!(value instanceof Scalar scalar)
                || !scalar.text().startsWith("\"")
                || scalar.text().contains("\\")) {
            return value;
        }
        StringBuilder out = new StringBuilder("\"");
        for (int i = 1; i < scalar.text().length() - 1; i++) {
            char c = scalar.text().charAt(i);
            out.append(
                    random.nextInt(3) == 0 ? String.format("\\u%04x", (int) c) : c == '/' ? "\\/" : String.valueOf(c));
        }
        return new Scalar(out.append('"').toString());
    }

    /** An array's elements, or an object's members, once more. */
    private JsonShape twice(JsonShape value) {
        if (value instanceof Array array) {
            List<JsonShape> elements = new ArrayList<>(array.elements());
            elements.addAll(array.elements());
            return new Array(elements);
        }
        if (value instanceof Obj object) {
            List<Member> members = new ArrayList<>(object.members());
            object.members().forEach(member -> members.add(new Member(member.key(), value(member.key()))));
            return new Obj(members);
        }
        return value;
    }

    /** Something done to the bytes. */
    private byte[] bent(byte[] body) {
        int at = random.nextInt(body.length);
        return switch (random.nextInt(6)) {
            case 0 ->
                joined(
                        body,
                        body.length,
                        OddValues.TRAILERS[random.nextInt(OddValues.TRAILERS.length)].getBytes(StandardCharsets.UTF_8),
                        0);
            case 1 -> Arrays.copyOf(body, at);
            case 2 -> {
                byte[] flipped = body.clone();
                flipped[at] ^= (byte) (1 << random.nextInt(8));
                yield flipped;
            }
            case 3 -> joined(body, 0, "\uFEFF".getBytes(StandardCharsets.UTF_8), 0);
            case 4 -> joined(body, at, OddValues.ODD_BYTES[random.nextInt(OddValues.ODD_BYTES.length)], 0);
            default -> joined(body, at, OddValues.ODD_BYTES[random.nextInt(OddValues.ODD_BYTES.length)], 1);
        };
    }

    private static byte[] joined(byte[] body, int at, byte[] more, int instead) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(body, 0, at);
        out.writeBytes(more);
        out.write(body, at + instead, body.length - at - instead);
        return out.toByteArray();
    }
}
