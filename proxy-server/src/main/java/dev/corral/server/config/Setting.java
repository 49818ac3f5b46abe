package dev.corral.server.config;

import java.util.function.Function;

/**
 * One setting: all there is to know of it.
 *
 * @param path in the file, words joined by dots
 * @param type how it is read and written
 * @param description for the reference, one sentence
 * @param of the setting's value in a configuration; of the default configuration, its default
 */
record Setting<T>(String path, Type<T> type, String description, Function<CorralConfig, T> of) {
    /** As a node of the file. */
    Node in(CorralConfig config) {
        return type.write(of.apply(config));
    }
}
