package dev.corral.core.testkit;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A response as the raw client read it.
 *
 * @param status the status code
 * @param head exactly as on the wire
 * @param headNanos when the head was complete, on {@link System#nanoTime}
 * @param body as far as it came
 * @param brokenOff how the body was cut short; null where it is whole
 * @param interim the interim responses before it
 */
public record Response(
        int status,
        HttpHead head,
        long headNanos,
        Body body,
        Closing.@Nullable Kind brokenOff,
        List<HttpHead> interim) {
    public Response {
        interim = List.copyOf(interim);
    }

    public @Nullable String header(String name) {
        return head.first(name);
    }

    public List<String> all(String name) {
        return head.all(name);
    }

    /** The body as text. */
    public String text() {
        return body.text();
    }

    public Framing framing() {
        return body.framing();
    }

    /** Whether the body ended as its framing promised. */
    public boolean complete() {
        return brokenOff == null;
    }

    /** Whether the server says that it will close. */
    public boolean saysClose() {
        return all("Connection").stream().anyMatch(value -> value.equalsIgnoreCase("close"));
    }
}
