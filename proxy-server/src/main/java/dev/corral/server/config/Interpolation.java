package dev.corral.server.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces <code>${NAME}</code> by the environment variable {@code NAME}, or by the trimmed content of the file that
 * {@code NAME_FILE} names, as containers hand in secrets. <code>$${</code> stands for <code>${</code>. What is put in is
 * not looked at again.
 */
final class Interpolation {
    /** For one value: more is a mistake, such as a path of the wrong file. */
    private static final int MAX = 64 << 10;

    private static final Pattern REFERENCE = Pattern.compile("\\$\\$\\{|\\$\\{(?:([A-Za-z_][A-Za-z0-9_]*)\\})?");

    private final Environment environment;

    Interpolation(Environment environment) {
        this.environment = environment;
    }

    /** Names the variable and what is wrong with it, never a value: it may be a secret. */
    static final class Unresolved extends Exception {
        private static final long serialVersionUID = 1;

        private Unresolved(String message) {
            super(message);
        }

        /** Null-free. */
        String reason() {
            return String.valueOf(getMessage());
        }
    }

    /** Puts every reference in. */
    String expand(String text) throws Unresolved {
        if (!text.contains("${")) {
            return text;
        }
        StringBuilder out = new StringBuilder();
        Matcher reference = REFERENCE.matcher(text);
        int from = 0;
        while (reference.find()) {
            out.append(text, from, reference.start());
            from = reference.end();
            String name = reference.group(1);
            if (name != null) {
                out.append(resolve(name));
            } else if (reference.group().startsWith("$$")) {
                out.append("${");
            } else {
                throw new Unresolved("a variable as in ${NAME}, or $${ for the characters ${");
            }
            if (out.length() > MAX) {
                throw new Unresolved("at most " + Sizes.format(MAX) + " after variables are put in");
            }
        }
        return out.append(text, from, text.length()).toString();
    }

    private String resolve(String name) throws Unresolved {
        String value = environment.variables().get(name);
        if (value != null) {
            return value;
        }
        String fileVariable = name + "_FILE";
        String file = environment.variable(fileVariable);
        if (file == null) {
            throw new Unresolved("the environment variable " + name + " or " + fileVariable + " to be set");
        }
        return content(fileVariable, file);
    }

    private String content(String fileVariable, String file) throws Unresolved {
        try {
            Path path = environment.directory().resolve(file);
            if (!Files.isRegularFile(path)) {
                throw new Unresolved("the environment variable " + fileVariable + " to name a file");
            }
            byte[] bytes;
            try (InputStream in = Files.newInputStream(path)) {
                bytes = in.readNBytes(MAX + 1);
            }
            if (bytes.length > MAX) {
                throw new Unresolved("the file that " + fileVariable + " names to have at most " + Sizes.format(MAX));
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString()
                    .strip();
        } catch (CharacterCodingException e) {
            throw new Unresolved("the file that " + fileVariable + " names to be UTF-8 text");
        } catch (IOException | IllegalArgumentException e) {
            throw new Unresolved("the file that " + fileVariable + " names to be readable");
        }
    }
}
