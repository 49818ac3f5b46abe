package dev.corral.core.spi;

import java.util.Locale;

/** The API family a caller speaks: decides the shape of errors (ollama-api: section 6). */
public enum Dialect {
    /** {@code /api/*}: {@code {"error":"…"}}. */
    NATIVE,
    /** {@code /v1/*} except messages: {@code {"error":{"message":…,"type":…}}}. */
    OPENAI,
    /** {@code /v1/messages}: {@code {"type":"error","error":{…}}}. */
    ANTHROPIC;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The word used in metrics and logs. */
    public String label() {
        return label;
    }

    /**
     * The family of a path by its prefix, for refusals before or without a route.
     *
     * @param path the path as received, canonical or not
     */
    public static Dialect ofPath(String path) {
        if (path.startsWith("/v1/messages")) {
            return ANTHROPIC;
        }
        return path.equals("/v1") || path.startsWith("/v1/") ? OPENAI : NATIVE;
    }
}
