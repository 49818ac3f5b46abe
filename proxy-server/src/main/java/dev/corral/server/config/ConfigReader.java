package dev.corral.server.config;

import dev.corral.auth.key.AtomicFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Reads the configuration: the file, over it the command line's options, then checks the whole. Every problem is found in
 * one go, save that what is not YAML hides what follows. Never throws for anything a file contains. Thread-safe.
 */
public final class ConfigReader {
    /** A configuration has a few kilobytes. */
    static final int MAX_FILE = 1 << 20;

    private final Environment environment;

    public ConfigReader(Environment environment) {
        this.environment = environment;
    }

    /**
     * Reads a file.
     *
     * @param file null for a configuration of defaults and overrides only
     */
    public ConfigResult read(@Nullable Path file, Overrides overrides) {
        Problems problems = new Problems();
        if (file == null) {
            return read("", "configuration", environment.directory(), overrides, problems);
        }
        Path absolute = environment.directory().resolve(file);
        String name = Texts.escape(file.toString(), 200);
        String yaml = text(absolute, name, problems);
        if (yaml == null) {
            return new ConfigResult.Invalid(problems.errors(), problems.warnings());
        }
        Path parent = absolute.getParent();
        return read(yaml, name, parent == null ? environment.directory() : parent, overrides, problems);
    }

    /** Reads what a file contains, as if it lay in the directory given. */
    ConfigResult read(String yaml, Path directory, Overrides overrides) {
        return read(yaml, "configuration", directory, overrides, new Problems());
    }

    private ConfigResult read(String yaml, String name, Path directory, Overrides overrides, Problems problems) {
        Node root = NodeReader.read(yaml, name, problems);
        if (root == null && !problems.isEmpty()) {
            return new ConfigResult.Invalid(problems.errors(), problems.warnings());
        }
        Input input = new Input(problems);
        if (root instanceof Node.Mapping mapping) {
            Interpolation interpolation = new Interpolation(environment);
            input.file(mapping, new Reading(problems, interpolation, environment.home(), directory));
        } else if (root != null
                && !(root instanceof Node.Scalar scalar && scalar.text().isEmpty())) {
            problems.add(
                    new Location(name, root.line()),
                    root.kind() + " (expected: settings such as `listen: 127.0.0.1:11435`)");
        }
        input.overrides(overrides, new Reading(problems, null, environment.home(), environment.directory()));
        CorralConfig config = ConfigAssembler.assemble(input, environment);
        new ConfigValidator(config, input, environment.directMemory(), problems).validate();
        return problems.isEmpty()
                ? new ConfigResult.Valid(config, problems.warnings())
                : new ConfigResult.Invalid(problems.errors(), problems.warnings());
    }

    private static @Nullable String text(Path file, String name, Problems problems) {
        Location at = new Location(name, 0);
        if (Files.isDirectory(file)) {
            problems.add(at, "a directory (expected: a YAML file)");
            return null;
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_FILE + 1);
            if (bytes.length > MAX_FILE) {
                problems.add(at, "too long (expected: at most " + Sizes.format(MAX_FILE) + ")");
                return null;
            }
            return decode(bytes, name, problems);
        } catch (NoSuchFileException e) {
            problems.add(at, "does not exist (expected: a YAML file)");
        } catch (IOException e) {
            problems.add(at, "cannot be read (" + AtomicFile.reason(e) + ")");
        }
        return null;
    }

    private static @Nullable String decode(byte[] bytes, String name, Problems problems) {
        CharBuffer chars = CharBuffer.allocate(bytes.length);
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        CoderResult result = decoder.decode(ByteBuffer.wrap(bytes), chars, true);
        chars.flip();
        if (result.isError()) {
            int line = 1 + (int) chars.chars().filter(c -> c == '\n').count();
            problems.add(new Location(name, line), "not UTF-8 text");
            return null;
        }
        String text = chars.toString();
        return text.startsWith("\ufeff") ? text.substring(1) : text;
    }
}
