package dev.corral.server.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects everything that is wrong, and apart from it everything that is merely dangerous. Not thread-safe. */
final class Problems {
    /** Nobody reads more, and a file of nonsense must not cost more memory than it has bytes. */
    private static final int MAX = 100;

    private final List<Problem> errors = new ArrayList<>();
    private final List<Problem> warnings = new ArrayList<>();
    private int dropped;

    void add(Location at, String message) {
        if (errors.size() < MAX) {
            errors.add(new Problem(at.path(), at.line(), message));
        } else {
            dropped++;
        }
    }

    /** A value and what it should have been. */
    void expected(Location at, String value, String expectation) {
        add(at, Texts.quote(value) + " (expected: " + expectation + ")");
    }

    void warn(Location at, String message) {
        warnings.add(new Problem(at.path(), at.line(), message));
    }

    boolean isEmpty() {
        return errors.isEmpty();
    }

    /** In the order of the file; what has no line comes first. */
    List<Problem> errors() {
        List<Problem> sorted = sorted(errors);
        if (dropped > 0) {
            sorted.add(new Problem("configuration", 0, "and " + dropped + " more problems"));
        }
        return List.copyOf(sorted);
    }

    List<Problem> warnings() {
        return List.copyOf(sorted(warnings));
    }

    private static List<Problem> sorted(List<Problem> problems) {
        List<Problem> sorted = new ArrayList<>(problems);
        sorted.sort(Comparator.comparingInt(Problem::line));
        return sorted;
    }
}
