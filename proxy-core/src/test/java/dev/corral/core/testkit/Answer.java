package dev.corral.core.testkit;

import java.io.IOException;
import java.time.Duration;

/** What the fake upstream does about one request. */
@FunctionalInterface
public interface Answer {
    /** Reads the body and answers 200 with a small JSON object, or with nothing to HEAD. */
    Answer OK = json(200, "{\"ok\":true}");

    /** Never answers; ends when the connection does. */
    Answer NEVER = (connection, request) -> {
        connection.readBody();
        connection.awaitEnd();
    };

    /**
     * Answers. The request's body is still unread; what is left of it afterwards is read by the connection.
     *
     * @throws IOException where the peer has gone; the connection's record shows how
     * @throws InterruptedException when the fake is stopped
     */
    void answer(FakeConnection connection, SeenRequest request) throws IOException, InterruptedException;

    /** Reads the body and gives this answer with its length. */
    static Answer json(int status, String body) {
        return (connection, request) -> {
            connection.readBody();
            connection.respond(status, "application/json", request.method().equals("HEAD") ? "" : body);
        };
    }

    /** Reads the body and sends these bytes as they are. */
    static Answer raw(String response) {
        return (connection, request) -> {
            connection.readBody();
            connection.send(response);
        };
    }

    /** Reads the body and answers with a chunked stream of NDJSON lines, {@code {"n":0}} to {@code {"n":count-1}}. */
    static Answer stream(int count, Duration interval) {
        return (connection, request) -> {
            connection.readBody();
            connection.sendHead(200, "Content-Type: application/x-ndjson", "Transfer-Encoding: chunked");
            for (int i = 0; i < count; i++) {
                connection.sendChunk("{\"n\":" + i + "}\n");
                connection.pause(interval);
            }
            connection.sendLastChunk();
        };
    }
}
