package dev.corral.server.log;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StandardOutputTest {
    @TempDir
    Path directory;

    @Test
    void lineAfterHalfALine_beginsOnItsOwn() throws IOException {
        Path file = directory.resolve("out");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            StandardOutput out = new StandardOutput(channel);
            out.prepare();
            out.write(bytes("{\"a\":1}\n"));
            out.write(bytes("{\"a\":"));
            out.write(bytes("{\"a\":3}\n{\"a\":4}\n"));
            out.close();
            assertThat(channel.isOpen()).isTrue();
        }

        assertThat(Files.readAllLines(file, US_ASCII))
                .containsExactly("{\"a\":1}", "{\"a\":", "{\"a\":3}", "{\"a\":4}");
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(US_ASCII));
    }
}
