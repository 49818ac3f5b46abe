package dev.corral.server.log;

import java.nio.file.Path;

/** Logs of numbers, each line as long as wanted. */
final class TestLines {
    private TestLines() {}

    static JsonLinesFile<Integer> open(Path file, long maxBytes, int keep, int capacity, int lineBytes) {
        return new JsonLinesFile<>("test", new LogTarget(file, maxBytes, keep), capacity, (n, line) -> {
            line.number("n", n);
            int rest = lineBytes - line.length() - ",\"x\":\"\"}\n".length();
            line.text("x", "x".repeat(rest), rest);
        });
    }
}
