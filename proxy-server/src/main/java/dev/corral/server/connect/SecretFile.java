package dev.corral.server.connect;

import dev.corral.server.connect.ConnectException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/** Files that only their owner may read, read whole. */
final class SecretFile {
    private static final int MAX_BYTES = 64 << 10;
    private static final Set<PosixFilePermission> OWNER = EnumSet.of(
            PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);

    private SecretFile() {}

    /**
     * Reads one.
     *
     * @param what it is, for messages
     * @param missing what to do where there is none
     */
    static String read(Path file, String what, String missing) throws ConnectException {
        try {
            checkPermissions(file, what);
            try (InputStream in = Files.newInputStream(file)) {
                byte[] bytes = in.readNBytes(MAX_BYTES + 1);
                if (bytes.length > MAX_BYTES) {
                    throw new ConnectException(Reason.BAD_FILE, what + " " + file + " is larger than 64 KiB");
                }
                return new String(bytes, StandardCharsets.ISO_8859_1);
            }
        } catch (NoSuchFileException e) {
            throw new ConnectException(Reason.IO, what + " " + file + " does not exist: " + missing, e);
        } catch (IOException e) {
            throw new ConnectException(
                    Reason.IO,
                    what + " " + file + " cannot be read (" + e.getClass().getSimpleName() + ")",
                    e);
        }
    }

    private static void checkPermissions(Path file, String what) throws IOException, ConnectException {
        Set<PosixFilePermission> permissions;
        try {
            permissions = Files.getPosixFilePermissions(file);
        } catch (UnsupportedOperationException e) {
            // No such permissions on this system, so nothing can be said of them.
            return;
        }
        if (!OWNER.containsAll(permissions)) {
            throw new ConnectException(
                    Reason.BAD_FILE,
                    what + " " + file + " is open to others: " + PosixFilePermissions.toString(permissions)
                            + " (expected: rw-------; do: chmod 600 " + file + ")");
        }
    }
}
