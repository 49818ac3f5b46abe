package dev.corral.server.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/** Embeddings that depend on the words and on nothing else, of length one: texts that share words are near. */
final class Vectors {
    static final int DIMENSIONS = 32;

    private Vectors() {}

    static float[] of(String text, int dimensions) {
        float[] vector = new float[dimensions];
        for (String word : text.toLowerCase(Locale.ROOT).split("\\W+", -1)) {
            vector[Math.floorMod(word.hashCode() * 0x9E3779B9, dimensions)] += 1;
        }
        double squares = 0;
        for (float component : vector) {
            squares += component * component;
        }
        float length = (float) Math.sqrt(squares);
        for (int i = 0; i < dimensions; i++) {
            vector[i] /= length;
        }
        return vector;
    }

    /** How many components the caller wants. */
    static int dimensions(JsonNode named) {
        int wanted = named.asInt(DIMENSIONS);
        return wanted > 0 && wanted <= 4096 ? wanted : DIMENSIONS;
    }

    static ArrayNode json(float[] vector) {
        ArrayNode array = Json.array();
        for (float component : vector) {
            array.add(component);
        }
        return array;
    }

    /** Little-endian 32-bit floats in base64, as OpenAI's own clients ask for by default. */
    static String base64(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    /** The texts to embed: one string or an array of them. */
    static List<String> inputs(JsonNode input) throws ApiException {
        if (input.isTextual()) {
            return List.of(input.asText());
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode text : input) {
            if (!text.isTextual()) {
                throw new ApiException(400, "invalid input type");
            }
            texts.add(text.asText());
        }
        return texts;
    }
}
