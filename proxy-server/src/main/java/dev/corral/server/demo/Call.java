package dev.corral.server.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * One request.
 *
 * @param path without query, decoded
 * @param body the JSON object sent; empty where none was
 */
record Call(String method, String path, ObjectNode body) {
    /** The model asked for, as sent. */
    String model() throws ApiException {
        String name = body.path("model").asText("");
        if (name.isEmpty()) {
            throw new ApiException(400, "model is required");
        }
        return name;
    }

    boolean stream(boolean otherwise) {
        return body.path("stream").asBoolean(otherwise);
    }

    /** The most tokens to generate; the answer's own length where the caller names none. */
    static int ceiling(JsonNode named) {
        return named.isNumber() && named.asInt() > 0 ? named.asInt() : Integer.MAX_VALUE;
    }

    /**
     * The words in {@code content}: a string, or a list of parts of which those with a {@code text} count. All dialects
     * agree on this.
     */
    static String words(JsonNode content) {
        if (content.isTextual()) {
            return content.asText();
        }
        StringBuilder words = new StringBuilder();
        for (JsonNode part : content) {
            String text = part.isTextual() ? part.asText() : part.path("text").asText("");
            if (!text.isEmpty()) {
                words.append(words.isEmpty() ? "" : " ").append(text);
            }
        }
        return words.toString();
    }

    /** The words of the last message that somebody other than the model said. */
    static String lastWords(JsonNode messages) {
        for (int i = messages.size() - 1; i >= 0; i--) {
            JsonNode message = messages.get(i);
            if (!message.path("role").asText("user").equals("assistant")) {
                return words(message.path("content"));
            }
        }
        return "";
    }

    /** The words of all messages, which is what a model would have to read. */
    static String allWords(JsonNode messages) {
        StringBuilder words = new StringBuilder();
        for (JsonNode message : messages) {
            words.append(words(message.path("content"))).append(' ');
        }
        return words.toString();
    }
}
