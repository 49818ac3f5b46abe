package dev.corral.server.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Where a writer's lines go. Confined to the writer's thread; may block it. */
sealed interface LineSink permits RotatingFile, StandardOutput {
    /** Gets ready for the first line. */
    void prepare() throws IOException;

    /**
     * Writes whole lines.
     *
     * @param lines ends with a line feed; after an exception its position tells how much was taken
     */
    void write(ByteBuffer lines) throws IOException;

    void close();
}
