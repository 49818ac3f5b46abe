package dev.corral.server.config;

import static dev.corral.server.config.Types.BOOLEAN;
import static dev.corral.server.config.Types.number;
import static dev.corral.server.config.Types.optional;
import static dev.corral.server.config.Types.size;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/** The settings of one log file, which are the same for both. */
final class LogFileKeys {
    final Setting<Optional<Path>> file;
    final Setting<Long> maxSize;
    final Setting<Integer> keep;
    final Setting<Boolean> enabled;

    LogFileKeys(String section, Function<CorralConfig, LogFileSettings> of) {
        String name = section.substring(section.indexOf('.') + 1);
        file = Settings.setting(
                section + ".file",
                optional(Types.PATH, "-", "for standard output"),
                "Where to. The default is " + name + ".log in state-dir.",
                of.andThen(log -> Optional.ofNullable(log.file())));
        maxSize = Settings.setting(
                section + ".max-size",
                size(64 << 10, 64L << 30),
                "A file this long is set aside and a new one begun.",
                of.andThen(LogFileSettings::maxBytes));
        keep = Settings.setting(
                section + ".keep",
                number(0, 1_000),
                "How many files set aside are kept.",
                of.andThen(LogFileSettings::keep));
        enabled = Settings.setting(
                section + ".enabled", BOOLEAN, "Whether it is written.", of.andThen(LogFileSettings::enabled));
    }
}
