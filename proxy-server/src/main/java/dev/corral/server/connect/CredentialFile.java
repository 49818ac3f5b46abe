package dev.corral.server.connect;

import dev.corral.core.spi.NanoClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file that a credential stands in.
 *
 * @param path of the file
 * @param kind what it holds
 */
public record CredentialFile(Path path, Kind kind) {
    /** What a file may hold. */
    public enum Kind {
        /** An API key. */
        KEY,
        /** A private key that signs. */
        SSH
    }

    /** What changes when the file does; with who may read it, since that may be what was wrong. */
    private record Stamp(@Nullable Object inode, long size, FileTime modified, Set<PosixFilePermission> permissions) {}

    /** Reads it. */
    public Credential read() throws ConnectException {
        if (kind == Kind.KEY) {
            return new Credential(KeyCredential.ofFile(path), "the key of " + path, "");
        }
        SigningCredential signing = SigningCredential.ofFile(path, NanoClock.SYSTEM);
        return new Credential(signing, "the signature of " + signing.fingerprint(), signing.authorizedKey());
    }

    /** What tells one version of the file from another; null where there is none, or where it is no file to be read twice. */
    @Nullable
    Object version() {
        try {
            BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
            return now.isRegularFile()
                    ? new Stamp(now.fileKey(), now.size(), now.lastModifiedTime(), permissions())
                    : null;
        } catch (IOException e) {
            return null;
        }
    }

    private Set<PosixFilePermission> permissions() throws IOException {
        try {
            return Files.getPosixFilePermissions(path);
        } catch (UnsupportedOperationException e) {
            return Set.of();
        }
    }
}
