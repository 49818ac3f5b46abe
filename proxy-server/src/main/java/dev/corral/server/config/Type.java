package dev.corral.server.config;

import org.jspecify.annotations.Nullable;

/** How the value of a setting is read and written. */
interface Type<T> {
    /** What a value looks like, its unit and its range, to follow the word "expected". */
    String expectation();

    /** The value; null if it is not one, which is then among the problems. */
    @Nullable
    T read(Node node, Location at, Reading reading);

    /** The node that {@link #read} reads as this value. */
    Node write(T value);

    /** This type where what a value leaves unsaid is as in {@code base}; itself if its values are always whole. */
    default Type<T> over(T base) {
        return this;
    }
}
