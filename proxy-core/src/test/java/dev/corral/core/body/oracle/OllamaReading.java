package dev.corral.core.body.oracle;

import dev.corral.core.body.oracle.GoType.Fields;
import dev.corral.core.body.oracle.GoType.Plain;
import dev.corral.core.spi.Endpoint;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What Ollama makes of a body, as far as policy cares. */
record OllamaReading(Endpoint route, Fields fields) {
    /** Reads it as Ollama's handler does. */
    static OllamaReading of(Endpoint route, byte[] body) throws GoRefuses {
        return new OllamaReading(route, GoDecoder.decode(OllamaTypes.of(route), body));
    }

    /** A field; null also where the route has none of this name. */
    @Nullable
    Object top(String name) {
        return fields.type().fields().containsKey(name) ? fields.get(name) : null;
    }

    String text(String name) {
        return top(name) instanceof String text ? text : "";
    }

    /** The model that the request is about (ollama-api section 4.3). */
    String model() {
        String model = text("model");
        return switch (route) {
            case COPY_MODEL -> text("source");
            case SHOW, PULL_MODEL, PUSH_MODEL, DELETE_MODEL, CREATE_MODEL -> model.isEmpty() ? text("name") : model;
            default -> model;
        };
    }

    /** One of the options; null where it is not set, or the route has none. */
    @Nullable
    Object option(String name) {
        boolean used = route != Endpoint.SHOW;
        return used && top("options") instanceof Map<?, ?> options ? options.get(name) : null;
    }

    /** Whether the request only loads the model, or unloads it ({@code server/routes.go}). */
    boolean nothingToGenerate() {
        return switch (route) {
            case GENERATE -> text("prompt").isEmpty();
            case CHAT -> elements(top("messages")).isEmpty();
            default -> false;
        };
    }

    /** How many texts are embedded. */
    int inputs() {
        boolean embeds = route == Endpoint.EMBED || route == Endpoint.V1_EMBEDDINGS;
        return embeds && top("input") instanceof List<?> list ? list.size() : 0;
    }

    /** Whether the server would search the web. */
    boolean webSearch() {
        boolean can = route == Endpoint.RESPONSES || route == Endpoint.MESSAGES;
        return can
                && elements(top("tools")).stream()
                        .anyMatch(tool -> tool instanceof Fields one
                                && String.valueOf(one.get("type")).strip().startsWith("web_search"));
    }

    /** The images and sounds that reach the model, each in bytes. */
    List<Long> images() {
        List<Long> images = new ArrayList<>();
        switch (route) {
            case GENERATE -> bytes(top("images"), images);
            case CHAT -> {
                for (Object message : elements(top("messages"))) {
                    bytes(((Fields) Objects.requireNonNull(message)).get("images"), images);
                }
            }
            case CHAT_COMPLETIONS -> {
                for (Object message : elements(top("messages"))) {
                    parts(((Fields) Objects.requireNonNull(message)).get("content"), images);
                }
            }
            case RESPONSES -> {
                Fields input = (Fields) Objects.requireNonNull(top("input"));
                for (Object item : elements(input.get("Items"))) {
                    items((Fields) Objects.requireNonNull(item), images);
                }
            }
            case MESSAGES -> {
                for (Object message : elements(top("messages"))) {
                    blocks(((Fields) Objects.requireNonNull(message)).get("content"), images);
                }
            }
            default -> {
                // No images there.
            }
        }
        return images;
    }

    private static void bytes(@Nullable Object slice, List<Long> images) {
        for (Object image : elements(slice)) {
            images.add(
                    image instanceof byte[] bytes
                            ? (long) bytes.length
                            : elements(image).size());
        }
    }

    /** {@code openai/openai.go:FromChatRequest}. */
    private static void parts(@Nullable Object content, List<Long> images) {
        if (!(content instanceof List<?> list)) {
            return;
        }
        for (Object part : list) {
            if (!(part instanceof Map<?, ?> members)) {
                continue;
            }
            if ("image_url".equals(members.get("type"))) {
                Object url = members.get("image_url");
                encoded(url instanceof Map<?, ?> inside ? inside.get("url") : url, images);
            } else if ("input_audio".equals(members.get("type"))
                    && members.get("input_audio") instanceof Map<?, ?> audio) {
                encoded(audio.get("data"), images);
            }
        }
    }

    /** {@code openai/responses.go:convertResponsesContent}. */
    private static void items(Fields item, List<Long> images) {
        boolean message = item.type().fields().containsKey("content");
        boolean output = item.type().fields().containsKey("output");
        for (Object content : elements(message ? item.get("content") : output ? item.get("output") : null)) {
            if (content instanceof Fields one && one.type().fields().containsKey("image_url")) {
                encoded(one.get("image_url"), images);
            }
        }
    }

    /** {@code anthropic/anthropic.go:convertMessage} and {@code convertToolResultContent}. */
    private static void blocks(@Nullable Object slice, List<Long> images) {
        for (Object element : elements(slice)) {
            Fields block = (Fields) Objects.requireNonNull(element);
            if ("image".equals(block.get("type")) && block.get("source") instanceof Fields source) {
                encoded(source.get("data"), images);
            }
            if ("tool_result".equals(block.get("type")) && block.get("content") instanceof List<?> results) {
                for (Object result : results) {
                    if (result instanceof Map<?, ?> one
                            && "image".equals(one.get("type"))
                            && one.get("source") instanceof Map<?, ?> source) {
                        encoded(source.get("data"), images);
                    }
                }
            }
        }
    }

    /** Base64, or an address with base64 in it; what does not decode Ollama refuses. */
    private static void encoded(@Nullable Object text, List<Long> images) {
        if (text instanceof String data && !data.isEmpty()) {
            String marker = ";base64,";
            int at = data.indexOf(marker);
            try {
                images.add((long) GoBase64.decode(at < 0 ? data : data.substring(at + marker.length())).length);
            } catch (GoRefuses e) {
                // The request fails.
            }
        }
    }

    private static List<@Nullable Object> elements(@Nullable Object slice) {
        return slice instanceof GoSlice elements ? elements.elements() : List.of();
    }

    /** A member of the body that no struct knows, as Go would read it into a map, by its exact name. */
    static @Nullable Object unknownMember(byte[] body, String name) throws GoRefuses {
        Object all = GoDecoder.unmarshal(new GoType.Dictionary(Plain.RAW), body);
        return all instanceof Map<?, ?> members && members.get(name) instanceof GoType.Raw raw
                ? GoDecoder.unmarshal(Plain.ANY, raw.latin1().getBytes(StandardCharsets.ISO_8859_1))
                : null;
    }
}
