package dev.corral.server.tls.store;

import dev.corral.auth.key.AtomicFile;
import dev.corral.auth.key.KeyStoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Small files that only their owner may read; a reader, a crash or a full disk finds the old content or the new one. */
public final class PrivateFile {
    /** Far more than any chain of certificates has. */
    private static final int MAX = 1 << 20;

    private PrivateFile() {}

    /**
     * The content; null where there is no such file.
     *
     * @throws IOException in one sentence for the operator
     */
    public static @Nullable String read(Path file) throws IOException {
        long size;
        try {
            size = Files.size(file);
            if (size <= MAX) {
                return Files.readString(file, StandardCharsets.UTF_8);
            }
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw new IOException(file + ": cannot be read: " + AtomicFile.reason(e), e);
        }
        throw new IOException(file + ": " + size + " bytes (expected: at most " + MAX + ")");
    }

    /**
     * Makes the file and its missing directories; durable when it returns. One writer at a time.
     *
     * @throws IOException in one sentence for the operator; the old content is untouched
     */
    public static void write(Path file, String content) throws IOException {
        try {
            AtomicFile.createDirectory(
                    Objects.requireNonNull(file.toAbsolutePath().getParent()));
            AtomicFile.replace(file, out -> out.write(content.getBytes(StandardCharsets.UTF_8)));
        } catch (KeyStoreException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
