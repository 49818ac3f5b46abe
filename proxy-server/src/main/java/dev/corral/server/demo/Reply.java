package dev.corral.server.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Iterator;
import java.util.Map;

/** What goes back to the client. */
sealed interface Reply {
    /**
     * A body that is sent whole.
     *
     * @param tokens how many tokens are generated before it is there
     */
    record Whole(int status, Map<String, String> headers, String body, int tokens) implements Reply {}

    /**
     * A body that is sent piece by piece, one for each token.
     *
     * @param pieces made when they are due
     */
    record Stream(String contentType, Iterator<String> pieces) implements Reply {}

    static Whole json(JsonNode body) {
        return json(200, body, 0);
    }

    static Whole json(int status, JsonNode body, int tokens) {
        return whole(status, "application/json; charset=utf-8", Json.text(body), tokens);
    }

    static Whole text(int status, String body) {
        return whole(status, "text/plain; charset=utf-8", body, 0);
    }

    private static Whole whole(int status, String contentType, String body, int tokens) {
        return new Whole(status, Map.of("Content-Type", contentType), body, tokens);
    }
}
