package dev.corral.server.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/** What is at the other end of this process's outputs. */
final class Terminal {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private Terminal() {}

    /** Whether somebody looks at it. Not where the system does not tell. */
    static boolean isTerminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(DESCRIPTORS.resolve(Integer.toString(descriptor)))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /**
     * Whether standard output goes to systemd's journal, where a secret would stay readable.
     *
     * @param environment with {@code JOURNAL_STREAM}, which holds the device and inode numbers of the stream and is
     *     inherited by processes whose outputs were redirected since (systemd.exec(5))
     */
    static boolean isJournal(Map<String, String> environment) {
        String stream = environment.get("JOURNAL_STREAM");
        if (stream == null) {
            return false;
        }
        try {
            Map<String, Object> standardOutput = Files.readAttributes(DESCRIPTORS.resolve("1"), "unix:dev,ino");
            return stream.equals(standardOutput.get("dev") + ":" + standardOutput.get("ino"));
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /** Whether standard output is written to this file. Not where the system does not tell. */
    static boolean outputIs(Path file) {
        try {
            return Files.isRegularFile(file) && Files.isSameFile(DESCRIPTORS.resolve("1"), file);
        } catch (IOException e) {
            return false;
        }
    }

    /** Colours are for terminals, and for people who want them (no-color.org). */
    static boolean colours(boolean terminal, Map<String, String> environment) {
        return terminal
                && Objects.requireNonNullElse(environment.get("NO_COLOR"), "").isEmpty()
                && !"dumb".equals(environment.get("TERM"));
    }

    /** One of the process's outputs, never closed. */
    static FileOutputStream output(FileDescriptor descriptor) {
        return new FileOutputStream(descriptor);
    }
}
