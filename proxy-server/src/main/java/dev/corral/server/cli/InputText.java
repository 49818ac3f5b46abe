package dev.corral.server.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** What a command is given in a file, or on its standard input where the name is {@code -}. */
final class InputText {
    static final String STDIN = "-";

    private static final int MAX = 64 << 10;

    private InputText() {}

    static byte[] read(String name) throws CliException {
        try (InputStream in = open(name)) {
            byte[] bytes = in.readNBytes(MAX + 1);
            if (bytes.length > MAX) {
                throw new CliException(
                        ExitCode.BAD_DATA, shown(name) + " is too long (expected: at most " + (MAX >> 10) + " KiB)");
            }
            return bytes;
        } catch (NoSuchFileException e) {
            throw new CliException(ExitCode.USAGE, shown(name) + " does not exist");
        } catch (IOException e) {
            throw new CliException(ExitCode.IO, "cannot read " + shown(name) + ": " + e.getMessage());
        }
    }

    static String text(String name) throws CliException {
        return new String(read(name), StandardCharsets.UTF_8);
    }

    static String shown(String name) {
        return name.equals(STDIN) ? "standard input" : Words.quote(name);
    }

    private static InputStream open(String name) throws IOException {
        return name.equals(STDIN) ? System.in : Files.newInputStream(Path.of(name));
    }
}
