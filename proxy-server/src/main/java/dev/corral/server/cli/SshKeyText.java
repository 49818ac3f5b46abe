package dev.corral.server.cli;

import dev.corral.auth.key.SshPublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Public keys as people have them: lines of {@code id_ed25519.pub} or {@code authorized_keys} (sshd(8)), the middle word of
 * one alone, with comments and empty lines between.
 */
final class SshKeyText {
    private static final String EXPECTED =
            "ssh-ed25519 and base64 that begins with " + SshPublicKey.TEXT_PREFIX + ", as in ~/.ollama/id_ed25519.pub";

    /** Options that are about a login, which there is none here. */
    private static final List<String> MEANINGLESS = List.of(
            "agent-forwarding",
            "no-agent-forwarding",
            "port-forwarding",
            "no-port-forwarding",
            "pty",
            "no-pty",
            "user-rc",
            "no-user-rc",
            "x11-forwarding",
            "no-x11-forwarding",
            "restrict",
            "environment",
            "permitlisten",
            "permitopen",
            "no-touch-required",
            "tunnel");

    private SshKeyText() {}

    /**
     * The keys in the text, at least one, each once.
     *
     * @param source where the text is from, for messages
     */
    static List<SshPublicKey> parse(String source, String text) throws CliException {
        if (text.contains("PRIVATE KEY")) {
            throw refused(source, "is a private key, which must never leave its owner", "the file beside it, FILE.pub");
        }
        List<SshPublicKey> keys = new ArrayList<>();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            String stripped = line.strip();
            if (!stripped.isEmpty() && !stripped.startsWith("#")) {
                SshPublicKey key = line(source + (number > 1 ? " line " + number : ""), stripped);
                if (!keys.contains(key)) {
                    keys.add(key);
                }
            }
        }
        if (keys.isEmpty()) {
            throw refused(source, "has no key", EXPECTED);
        }
        return keys;
    }

    private static SshPublicKey line(String source, String line) throws CliException {
        List<String> words = words(line);
        String first = words.get(0);
        if (first.startsWith(SshPublicKey.TEXT_PREFIX)) {
            return key(source, first);
        }
        int at = 0;
        if (!type(first)) {
            checkOptions(source, first);
            at = 1;
        }
        String type = at < words.size() ? words.get(at) : "";
        if (!type(type)) {
            throw refused(source, "is no public key: " + Words.quote(line), EXPECTED);
        }
        if (!type.equals(SshPublicKey.TYPE)) {
            throw refused(
                    source,
                    "has a key of type " + Words.quote(type) + ", which the ollama command cannot sign with",
                    EXPECTED + "; \"ollama serve\" makes one, once");
        }
        return key(source, at + 1 < words.size() ? words.get(at + 1) : "");
    }

    private static SshPublicKey key(String source, String text) throws CliException {
        SshPublicKey key = SshPublicKey.parse(text);
        if (key == null) {
            throw refused(source, "has no Ed25519 key: " + Words.quote(text), EXPECTED);
        }
        return key;
    }

    private static boolean type(String word) {
        return word.startsWith("ssh-") || word.startsWith("ecdsa-") || word.startsWith("sk-");
    }

    // What restricts a key there would be lost here.
    private static void checkOptions(String source, String options) throws CliException {
        for (String option : split(options, ',')) {
            int equals = option.indexOf('=');
            String name = (equals < 0 ? option : option.substring(0, equals)).toLowerCase(Locale.ROOT);
            if (name.equals("from")) {
                throw refused(
                        source,
                        "has the option from=, which is another thing here",
                        "the line without it, and then: corral keys allow-from NAME CIDR...");
            }
            if (!MEANINGLESS.contains(name)) {
                throw refused(
                        source, "has " + Words.quote(name) + ", which is no option that can be left out", EXPECTED);
            }
        }
    }

    private static List<String> words(String line) {
        return split(line.replace('\t', ' '), ' ').stream()
                .filter(word -> !word.isEmpty())
                .toList();
    }

    /** Splits where the separator is not within quotes. */
    private static List<String> split(String text, char separator) {
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length() && text.charAt(i + 1) == '"') {
                part.append('"');
                i++;
            } else if (c == '"') {
                quoted = !quoted;
                part.append(c);
            } else if (c == separator && !quoted) {
                parts.add(part.toString());
                part.setLength(0);
            } else {
                part.append(c);
            }
        }
        parts.add(part.toString());
        return parts;
    }

    private static CliException refused(String source, String found, String expected) {
        return new CliException(ExitCode.USAGE, source + " " + found + " (expected: " + expected + ")");
    }
}
