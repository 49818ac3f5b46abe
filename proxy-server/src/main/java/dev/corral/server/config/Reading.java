package dev.corral.server.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What types need while they read values.
 *
 * @param problems where to say what is wrong
 * @param interpolation puts variables in; null for values of the command line, where the shell has done so
 * @param home the directory that {@code ~} stands for
 * @param base the directory that relative paths are under
 */
record Reading(Problems problems, @Nullable Interpolation interpolation, Path home, Path base) {
    /** The text with variables put in; null if one is missing, which is then among the problems. */
    @Nullable
    String text(Node.Scalar scalar, Location at) {
        if (interpolation == null) {
            return scalar.text();
        }
        try {
            return interpolation.expand(scalar.text());
        } catch (Interpolation.Unresolved e) {
            problems.expected(at, scalar.text(), e.reason());
            return null;
        }
    }

    /** An absolute path; null if the text is not one. */
    @Nullable
    Path path(String text) {
        if (text.isEmpty() || (text.startsWith("~") && !text.equals("~") && !text.startsWith("~/"))) {
            return null;
        }
        try {
            Path path = text.startsWith("~")
                    ? home.resolve(text.substring(Math.min(2, text.length())))
                    : base.resolve(text);
            return path.normalize();
        } catch (InvalidPathException e) {
            return null;
        }
    }
}
