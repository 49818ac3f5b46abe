package dev.corral.server.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The few JSON operations of the stand-in. */
final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static ArrayNode array() {
        return MAPPER.createArrayNode();
    }

    static ArrayNode array(JsonNode only) {
        return MAPPER.createArrayNode().add(only);
    }

    /** The object in {@code bytes}; an empty body is an empty object. */
    static ObjectNode parse(byte[] bytes) throws ApiException {
        if (bytes.length == 0) {
            return object();
        }
        try {
            if (MAPPER.readTree(bytes) instanceof ObjectNode object) {
                return object;
            }
        } catch (JsonProcessingException e) {
            throw new ApiException(400, e.getOriginalMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new ApiException(400, "the body is no JSON object");
    }

    static String text(JsonNode node) {
        try {
            return MAPPER.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One event of a stream in the server-sent events format, with a name. */
    static String event(ObjectNode data) {
        return "event: " + data.path("type").asText() + "\n" + data(data);
    }

    /** One event of a stream in the server-sent events format, without a name. */
    static String data(JsonNode data) {
        return "data: " + text(data) + "\n\n";
    }
}
