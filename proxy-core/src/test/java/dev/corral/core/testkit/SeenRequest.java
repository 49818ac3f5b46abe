package dev.corral.core.testkit;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request as the fake upstream received it; its body may still be growing.
 *
 * @param number among all requests, from 0
 * @param connection the connection it came on
 * @param nanos when its head was complete, on {@link System#nanoTime}
 * @param head exactly as on the wire
 * @param body as far as the script has read it
 */
public record SeenRequest(int number, FakeConnection connection, long nanos, HttpHead head, Body body) {
    public String method() {
        return part(0);
    }

    /** The request target as on the wire. */
    public String target() {
        return part(1);
    }

    public String version() {
        return part(2);
    }

    public List<String> all(String name) {
        return head.all(name);
    }

    public @Nullable String header(String name) {
        return head.first(name);
    }

    private String part(int index) {
        return List.of(head.startLine().split(" ", -1)).get(index);
    }

    @Override
    public String toString() {
        return head.startLine() + " (request " + number + " on connection " + connection.number() + ")";
    }
}
