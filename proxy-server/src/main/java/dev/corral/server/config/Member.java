package dev.corral.server.config;

import java.util.function.Function;

/**
 * One word of a {@link Section} and all there is to know of it.
 *
 * @param key the word
 * @param type how its value is read and written
 * @param description for the reference, one sentence
 * @param of the member's value in the section's
 * @param presence whether the word may be left out
 */
record Member<T, V>(String key, Type<V> type, String description, Function<T, V> of, Presence presence) {
    /** Whether the word may be left out. */
    enum Presence {
        /** Read and written without it. */
        OPTIONAL,
        /** Read without it, but always written, to be seen. */
        SHOWN,
        REQUIRED
    }

    /** A member that may be left out. */
    Member(String key, Type<V> type, String description, Function<T, V> of) {
        this(key, type, description, of, Presence.OPTIONAL);
    }

    /** The type, for a section whose unsaid members are as in this value. */
    Type<V> typeOver(T base) {
        return type.over(of.apply(base));
    }
}
