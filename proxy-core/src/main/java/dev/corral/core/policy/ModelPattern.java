package dev.corral.core.policy;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A pattern over canonical model names, compiled once: written like a name, with {@code *} for any run of characters,
 * also none, within a part. Without host and namespace it means Ollama's own, as in a name. Without a tag it means
 * {@code latest}, as for Ollama, unless the model part has a {@code *}: then any tag. A lone {@code *} is every model of
 * every registry. Letter case makes no difference. Immutable, any thread.
 */
public final class ModelPattern {
    private static final String ANY = "*";

    private final String text;
    private final String host;
    private final String namespace;
    private final String model;
    private final String tag;

    private ModelPattern(String text, String host, String namespace, String model, String tag) {
        this.text = text;
        this.host = host;
        this.namespace = namespace;
        this.model = model;
        this.tag = tag;
    }

    /**
     * Compiles a pattern.
     *
     * @return null if no name could ever match it: a character or a length that no name has; {@code :cloud}, {@code
     *     :local} or {@code -cloud} at its end, which are no part of canonical names; a registry without a namespace,
     *     such as {@code hf.co/*}. Also for two stars in a row, which elsewhere mean something else.
     */
    public static @Nullable ModelPattern compile(String text) {
        if (text.equals(ANY)) {
            return new ModelPattern(text, ANY, ANY, ANY, ANY);
        }
        if (text.length() > ModelName.MAX_LENGTH
                || text.contains("**")
                || ModelName.suffix(text, text.length()) != ModelName.Source.UNSPECIFIED) {
            return null;
        }
        int slash = text.lastIndexOf('/');
        int colon = text.lastIndexOf(':');
        int second = slash < 0 ? -1 : text.lastIndexOf('/', slash - 1);
        boolean tagged = colon > slash;
        int modelEnd = tagged ? colon : text.length();
        boolean valid = NamePart.MODEL.acceptsPattern(text, slash + 1, modelEnd)
                && (!tagged || NamePart.TAG.acceptsPattern(text, colon + 1, text.length()))
                && (slash < 0 || NamePart.NAMESPACE.acceptsPattern(text, second + 1, slash))
                && (second < 0 || NamePart.HOST.acceptsPattern(text, 0, second));
        if (!valid) {
            return null;
        }
        String lower = text.toLowerCase(Locale.ROOT);
        String model = lower.substring(slash + 1, modelEnd);
        return new ModelPattern(
                text,
                second < 0 ? ModelName.DEFAULT_HOST : lower.substring(0, second),
                slash < 0 ? ModelName.DEFAULT_NAMESPACE : lower.substring(second + 1, slash),
                model,
                tagged ? lower.substring(colon + 1) : model.contains(ANY) ? ANY : ModelName.DEFAULT_TAG);
    }

    /** Whether the name is one that the pattern means. Where the caller wants it to run makes no difference. */
    public boolean matches(ModelName name) {
        return matches(model, name.model())
                && matches(tag, name.tag())
                && matches(namespace, name.namespace())
                && matches(host, name.host());
    }

    /** Whether every name matches. */
    boolean matchesEverything() {
        return host.equals(ANY) && namespace.equals(ANY) && model.equals(ANY) && tag.equals(ANY);
    }

    /** As the operator wrote it. */
    @Override
    public String toString() {
        return text;
    }

    /** Patterns are equal that were written the same. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ModelPattern pattern && text.equals(pattern.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /**
     * Takes for each star as little as possible, and goes back to the last star only: what an earlier one took need never
     * be looked at again. At most the product of both lengths in steps.
     */
    private static boolean matches(String glob, String part) {
        int at = 0;
        int star = -1;
        int taken = 0;
        int i = 0;
        while (i < part.length()) {
            if (at < glob.length() && glob.charAt(at) == '*') {
                star = at++;
                taken = i;
            } else if (at < glob.length() && glob.charAt(at) == part.charAt(i)) {
                at++;
                i++;
            } else if (star >= 0) {
                at = star + 1;
                i = ++taken;
            } else {
                return false;
            }
        }
        while (at < glob.length() && glob.charAt(at) == '*') {
            at++;
        }
        return at == glob.length();
    }
}
