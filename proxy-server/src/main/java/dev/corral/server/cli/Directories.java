package dev.corral.server.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Directories of which nothing is kept. */
final class Directories {
    private Directories() {}

    /** Removes one with all that is in it; says so where that cannot be done. */
    static void delete(@Nullable Path directory, Console console) {
        if (directory == null) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            console.warning("could not remove " + directory + ": " + e.getMessage());
        }
    }
}
