package dev.corral.server.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** An output in UTF-8 that remembers the first failure instead of throwing: nobody wants a trace after {@code | head}. */
final class Output {
    private final OutputStream stream;
    private @Nullable IOException failure;

    Output(OutputStream stream) {
        this.stream = stream;
    }

    /** Prints lines; they are on their way when this returns. */
    void print(String lines) {
        if (failure != null) {
            return;
        }
        try {
            stream.write(lines.getBytes(StandardCharsets.UTF_8));
            stream.flush();
        } catch (IOException e) {
            failure = e;
        }
    }

    void println(String line) {
        print(line + "\n");
    }

    /** Why something that was printed did not arrive; null where all did. */
    @Nullable
    String failure() {
        return failure == null ? null : String.valueOf(failure.getMessage());
    }
}
