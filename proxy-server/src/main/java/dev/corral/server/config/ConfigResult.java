package dev.corral.server.config;

import java.util.List;

/** What reading a configuration came to. */
public sealed interface ConfigResult {
    /** Dangerous but legal values; to be shown at every start. In the order of the file. */
    List<Problem> warnings();

    /**
     * A configuration without a problem.
     *
     * @param config complete and checked
     * @param warnings dangerous but legal values
     */
    record Valid(CorralConfig config, List<Problem> warnings) implements ConfigResult {}

    /**
     * No configuration.
     *
     * @param problems all that was found, at least one, in the order of the file
     * @param warnings dangerous but legal values
     */
    record Invalid(List<Problem> problems, List<Problem> warnings) implements ConfigResult {}
}
