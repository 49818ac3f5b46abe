package dev.corral.core.body.oracle;

import dev.corral.core.policy.ModelName;
import dev.corral.core.policy.ModelName.Source;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How Ollama reads a model's name ({@code server/model_resolver.go}, {@code types/model/name.go}). */
final class GoModelName {
    // unicode.IsSpace, all of which strings.TrimSpace takes off.
    private static final String SPACE =
            "[\\t\\n\\u000B\\f\\r \\u0085\\u00A0\\u1680\\u2000-\\u200A\\u2028\\u2029\\u202F\\u205F\\u3000]*";
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.:-]{0,349}");
    private static final Pattern NAMESPACE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_-]{0,79}");
    private static final Pattern PART = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}");

    private GoModelName() {}

    /** The model that is run; null where Ollama refuses the name. */
    static @Nullable ModelName read(String raw) {
        String name = trim(raw);
        Source source = source(name);
        String rest = source == Source.UNSPECIFIED ? name : withoutSource(name);
        if (source(rest) != Source.UNSPECIFIED && source != Source.UNSPECIFIED) {
            return null;
        }
        String tag = "latest";
        int colon = rest.lastIndexOf(':');
        if (colon > rest.lastIndexOf('/')) {
            tag = rest.substring(colon + 1);
            rest = rest.substring(0, colon);
        }
        String namespace = "library";
        String host = "registry.ollama.ai";
        int slash = rest.lastIndexOf('/');
        String model = rest.substring(slash + 1);
        if (slash >= 0) {
            String before = rest.substring(0, slash);
            slash = before.lastIndexOf('/');
            namespace = before.substring(slash + 1);
            if (slash >= 0) {
                host = before.substring(0, slash);
                int scheme = host.indexOf("://");
                host = scheme < 0 ? host : host.substring(scheme + 3);
            }
        }
        boolean valid = HOST.matcher(host).matches()
                && NAMESPACE.matcher(namespace).matches()
                && PART.matcher(model).matches()
                && PART.matcher(tag).matches();
        return valid ? new ModelName(lower(host), lower(namespace), lower(model), lower(tag), source) : null;
    }

    private static Source source(String name) {
        int colon = name.lastIndexOf(':');
        String suffix = colon < 0 ? "" : lower(trim(name.substring(colon + 1)));
        if (suffix.equals("local")) {
            return Source.LOCAL;
        }
        boolean tag = !suffix.contains("/") && suffix.endsWith("-cloud");
        return suffix.equals("cloud") || tag ? Source.CLOUD : Source.UNSPECIFIED;
    }

    private static String withoutSource(String name) {
        int colon = name.lastIndexOf(':');
        String suffix = trim(name.substring(colon + 1));
        return lower(suffix).endsWith("-cloud")
                ? name.substring(0, colon + 1) + suffix.substring(0, suffix.length() - "-cloud".length())
                : name.substring(0, colon);
    }

    private static String trim(String text) {
        return text.replaceFirst("^" + SPACE, "").replaceFirst(SPACE + "$", "");
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
