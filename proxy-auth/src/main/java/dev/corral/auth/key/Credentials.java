package dev.corral.auth.key;

import dev.corral.core.spi.RequestView;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a request carries an API key: {@code Authorization: Bearer KEY}, {@code Authorization: Basic} with the key as
 * the password and any user name, {@code X-API-Key: KEY}, {@code api-key: KEY}, and in front of the path, {@code
 * /t/KEY/…}, where the configuration allows it. Nowhere else.
 */
sealed interface Credentials {
    /** No field that could carry a key. */
    enum Absent implements Credentials {
        INSTANCE
    }

    /** Something that is not exactly one key. */
    enum Malformed implements Credentials {
        INSTANCE
    }

    /** A word that programs send where nobody has set a key. */
    enum Placeholder implements Credentials {
        INSTANCE
    }

    /** One key of the right form. */
    record Presented(PresentedKey key) implements Credentials {}

    /**
     * What Ollama's own launchers send (Ollama cmd/launch) and what the documentation of SDKs and tools tells to put where
     * no key is needed. No key is ever one of them.
     */
    Set<String> PLACEHOLDERS = Set.of(
            "ollama",
            "ollama-local",
            "dummy",
            "dummy-key",
            "sk-dummy",
            "sk-ollama",
            "sk-no-key-required",
            "no-key",
            "no-key-required",
            "not-needed",
            "none",
            "null",
            "undefined",
            "empty",
            "placeholder",
            "changeme",
            "test",
            "fake-key",
            "api-key",
            "your-api-key",
            "your_api_key",
            "lm-studio");

    /** With {@code Bearer} and some spaces, longer than each of them. */
    int MAX_PLACEHOLDER = 64;

    /** Longer values cannot be a key; bounds the work before any is done. */
    int MAX_VALUE = 512;

    /** Finds the one credential; never throws, whatever the values. */
    static Credentials of(RequestView request) {
        Credentials inField = inField(request);
        String inPath = request.pathToken();
        if (inPath == null) {
            return inField;
        }
        PresentedKey key = PresentedKey.parse(inPath);
        if (key == null) {
            return Malformed.INSTANCE;
        }
        // A URL with a key is what the launchers are given that send a placeholder in any case.
        if (inField == Absent.INSTANCE || inField == Placeholder.INSTANCE) {
            return new Presented(key);
        }
        // Programs that send a key, with a URL that has it as well: no two identities.
        return inField instanceof Presented presented && presented.key().sameAs(key) ? inField : Malformed.INSTANCE;
    }

    private static Credentials inField(RequestView request) {
        List<String> authorization = request.headers("authorization");
        List<String> apiKey = request.headers("x-api-key");
        List<String> azureKey = request.headers("api-key");
        int values = authorization.size() + apiKey.size() + azureKey.size();
        if (values == 0) {
            return Absent.INSTANCE;
        }
        if (values > 1) {
            // Two identities are ambiguous: another hop may decide by the other one.
            return Malformed.INSTANCE;
        }
        PresentedKey key;
        String value;
        if (!authorization.isEmpty()) {
            value = authorization.get(0);
            key = authorization(value);
        } else {
            value = apiKey.isEmpty() ? azureKey.get(0) : apiKey.get(0);
            key = PresentedKey.parse(value);
        }
        if (key != null) {
            return new Presented(key);
        }
        return placeholder(value) ? Placeholder.INSTANCE : Malformed.INSTANCE;
    }

    private static boolean placeholder(String value) {
        if (value.length() > MAX_PLACEHOLDER) {
            return false;
        }
        String word = value.toLowerCase(Locale.ROOT);
        return PLACEHOLDERS.contains((word.startsWith("bearer ") ? word.substring("bearer ".length()) : word).strip());
    }

    // RFC 9110 section 11.4: credentials = auth-scheme 1*SP token68
    private static @Nullable PresentedKey authorization(String value) {
        int space = value.indexOf(' ');
        if (space < 0 || value.length() > MAX_VALUE) {
            return null;
        }
        int from = space;
        while (from < value.length() && value.charAt(from) == ' ') {
            from++;
        }
        if (space == 6 && value.regionMatches(true, 0, "Bearer", 0, 6)) {
            return PresentedKey.parse(value, from, value.length());
        }
        if (space == 5 && value.regionMatches(true, 0, "Basic", 0, 5)) {
            return basic(value, from);
        }
        return null;
    }

    // RFC 7617 section 2: base64(user-id ":" password), where the user-id has no colon
    private static @Nullable PresentedKey basic(String value, int from) {
        byte[] decoded = Base64Text.decode(value, from);
        if (decoded == null) {
            return null;
        }
        for (int i = 0; i < decoded.length; i++) {
            if (decoded[i] == ':') {
                int length = decoded.length - i - 1;
                return length == PresentedKey.LENGTH
                        ? PresentedKey.parse(new String(decoded, i + 1, length, StandardCharsets.ISO_8859_1))
                        : null;
            }
        }
        return null;
    }
}
