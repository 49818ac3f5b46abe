package dev.corral.server.connect;

import dev.corral.auth.key.AtomicFile;
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
import java.util.regex.Pattern;

/** Files that only their owner may read, read whole. */
final class SecretFile {
    private static final int MAX_BYTES = 64 << 10;
    private static final Set<PosixFilePermission> OWNER = EnumSet.of(
            PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);

    private static final Pattern PUBLIC_HALF = Pattern.compile("(?:ssh-|ecdsa-|sk-)[a-z0-9@.-]+ AAAA");
    private static final String PUBLIC_SUFFIX = ".pub";

    private SecretFile() {}

    /**
     * Reads one.
     *
     * @param what it is, for messages
     * @param missing what to do where there is none
     */
    static String read(Path file, String what, String missing) throws ConnectException {
        try {
            if (Files.isDirectory(file)) {
                throw new ConnectException(
                        Reason.BAD_FILE, what + " " + file + " is a directory (expected: a file in it, or another)");
            }
            try (InputStream in = Files.newInputStream(file)) {
                byte[] bytes = in.readNBytes(MAX_BYTES + 1);
                if (bytes.length > MAX_BYTES) {
                    throw new ConnectException(Reason.BAD_FILE, what + " " + file + " is larger than 64 KiB");
                }
                String text = new String(bytes, StandardCharsets.ISO_8859_1);
                // Before its mode: that of a public half is as it should be.
                checkPrivate(file, what, text);
                checkPermissions(file, what);
                return text;
            }
        } catch (NoSuchFileException e) {
            throw new ConnectException(Reason.IO, what + " " + file + " does not exist: " + missing, e);
        } catch (IOException e) {
            throw new ConnectException(
                    Reason.IO, what + " " + file + " cannot be read (" + AtomicFile.reason(e) + ")", e);
        }
    }

    private static void checkPrivate(Path file, String what, String text) throws ConnectException {
        if (PUBLIC_HALF.matcher(text).lookingAt()) {
            String name = file.toString();
            throw new ConnectException(
                    Reason.BAD_FILE,
                    what + " " + name + " is the public half of a pair (expected: the private one"
                            + (name.endsWith(PUBLIC_SUFFIX)
                                    ? ", which is mostly " + name.substring(0, name.length() - PUBLIC_SUFFIX.length())
                                    : "")
                            + ")");
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
            // The mode of a device or of somebody's pipe is not to be changed for this.
            boolean regular = Files.isRegularFile(file);
            String advice = regular ? "rw-------; do: chmod 600 " + file : "a file of mode rw-------";
            throw new ConnectException(
                    Reason.BAD_FILE,
                    what + " " + file
                            + (regular ? "" : " is no regular file, and")
                            + " is open to others: " + PosixFilePermissions.toString(permissions) + " (expected: "
                            + advice + ")");
        }
    }
}
