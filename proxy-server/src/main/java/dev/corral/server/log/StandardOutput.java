package dev.corral.server.log;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Standard output, for a supervisor that collects it. */
final class StandardOutput implements LineSink {
    // Never closed: standard output belongs to the whole program.
    private final FileChannel out;
    private boolean midLine;

    StandardOutput() {
        this(new FileOutputStream(FileDescriptor.out).getChannel());
    }

    StandardOutput(FileChannel out) {
        this.out = out;
    }

    @Override
    public void prepare() {}

    @Override
    public void write(ByteBuffer lines) throws IOException {
        if (midLine) {
            if (out.write(ByteBuffer.wrap(new byte[] {'\n'})) != 1) {
                throw new IOException("nothing could be written");
            }
            midLine = false;
        }
        while (lines.hasRemaining()) {
            int before = lines.position();
            if (out.write(lines) <= 0) {
                throw new IOException("nothing could be written");
            }
            midLine = lines.position() > before && lines.get(lines.position() - 1) != '\n';
        }
    }

    @Override
    public void close() {}

    @Override
    public String toString() {
        return "on standard output";
    }
}
