package dev.corral.core.policy;

import org.jspecify.annotations.Nullable;

/**
 * A model's name as Ollama reads it, in the one form that is compared: all four parts in lower case, defaults filled in
 * (Ollama {@code internal/modelref}, {@code types/model/name.go}; ollama-api section 5.6). Stricter than Ollama where a
 * spelling is of no use to anybody: blanks, schemes, anything but ASCII, more than 500 characters.
 *
 * @param host such as {@code registry.ollama.ai}
 * @param namespace such as {@code library}
 * @param model such as {@code llama3}
 * @param tag such as {@code latest}
 * @param source where the caller wants it to run
 */
public record ModelName(String host, String namespace, String model, String tag, Source source) {
    static final String DEFAULT_HOST = "registry.ollama.ai";
    static final String DEFAULT_NAMESPACE = "library";
    static final String DEFAULT_TAG = "latest";
    static final int MAX_LENGTH = 500;

    private static final String CLOUD_ENDING = "-cloud";

    /** What a {@code :local} or {@code :cloud} behind the name asks for. */
    public enum Source {
        UNSPECIFIED,
        LOCAL,
        CLOUD
    }

    /** Reads a name that a request carries; null if it is none that Ollama and Corral both accept. */
    public static @Nullable ModelName parse(String raw) {
        if (raw.length() > MAX_LENGTH) {
            return null;
        }
        Source source = suffix(raw, raw.length());
        if (source == Source.UNSPECIFIED) {
            return parts(raw, raw.length(), source);
        }
        int end = withoutSuffix(raw);
        // Ollama: "use either :local or :cloud, not both", whichever two they are.
        return suffix(raw, end) == Source.UNSPECIFIED ? parts(raw, end, source) : null;
    }

    /**
     * Reads the name of an installed model as Ollama's listings show it. There, {@code gpt-oss:20b-cloud} is a stub with
     * just that tag and another model than {@code gpt-oss:20b}, while a request for it would ask for {@code gpt-oss:20b}
     * in the cloud.
     *
     * @return with all of the tag, and no source; null if it is no name
     */
    public static @Nullable ModelName installed(String shown) {
        return shown.length() > MAX_LENGTH ? null : parts(shown, shown.length(), Source.UNSPECIFIED);
    }

    /** {@code host/namespace/model:tag}: what patterns match and listings are compared by. The source is no part of it. */
    public String key() {
        return host + '/' + namespace + '/' + model + ':' + tag;
    }

    /**
     * The shortest way to write it: {@code llama3:latest}, {@code org/name:tag}, {@code host/org/name:tag}. The source
     * is no part of it (Ollama {@code types/model/name.go:DisplayShortest}).
     */
    public String shortest() {
        if (!host.equals(DEFAULT_HOST)) {
            return key();
        }
        String last = model + ':' + tag;
        return namespace.equals(DEFAULT_NAMESPACE) ? last : namespace + '/' + last;
    }

    /** What the text behind the last colon asks for (Ollama {@code modelref.go:parseSourceSuffix}). */
    static Source suffix(String raw, int end) {
        int from = raw.lastIndexOf(':', end - 1) + 1;
        int length = end - from;
        if (from == 0 || length < 5) {
            return Source.UNSPECIFIED;
        }
        if (length == 5) {
            return raw.regionMatches(true, from, "cloud", 0, 5)
                    ? Source.CLOUD
                    : raw.regionMatches(true, from, "local", 0, 5) ? Source.LOCAL : Source.UNSPECIFIED;
        }
        boolean cloud = raw.regionMatches(true, end - CLOUD_ENDING.length(), CLOUD_ENDING, 0, CLOUD_ENDING.length())
                && raw.lastIndexOf('/', end - 1) < from;
        return cloud ? Source.CLOUD : Source.UNSPECIFIED;
    }

    /** Where a name that has a suffix ends without it: before the colon, or before the {@code -cloud} in the tag. */
    private static int withoutSuffix(String raw) {
        int colon = raw.lastIndexOf(':');
        return raw.length() - colon == 6 ? colon : raw.length() - CLOUD_ENDING.length();
    }

    private static @Nullable ModelName parts(String raw, int end, Source source) {
        int slash = raw.lastIndexOf('/', end - 1);
        int colon = raw.lastIndexOf(':', end - 1);
        int modelEnd = colon > slash ? colon : end;
        int second = slash < 0 ? -1 : raw.lastIndexOf('/', slash - 1);
        boolean valid = NamePart.MODEL.accepts(raw, slash + 1, modelEnd)
                && (modelEnd == end || NamePart.TAG.accepts(raw, modelEnd + 1, end))
                && (slash < 0 || NamePart.NAMESPACE.accepts(raw, second + 1, slash))
                && (second < 0 || NamePart.HOST.accepts(raw, 0, second));
        if (!valid) {
            return null;
        }
        return new ModelName(
                second < 0 ? DEFAULT_HOST : lower(raw, 0, second),
                slash < 0 ? DEFAULT_NAMESPACE : lower(raw, second + 1, slash),
                lower(raw, slash + 1, modelEnd),
                modelEnd == end ? DEFAULT_TAG : lower(raw, modelEnd + 1, end),
                source);
    }

    /** Lower case by ASCII's rules, whatever the machine's language. */
    private static String lower(String raw, int start, int end) {
        for (int i = start; i < end; i++) {
            if (isUpper(raw.charAt(i))) {
                char[] chars = new char[end - start];
                for (int j = start; j < end; j++) {
                    char c = raw.charAt(j);
                    chars[j - start] = isUpper(c) ? (char) (c + ('a' - 'A')) : c;
                }
                return new String(chars);
            }
        }
        return raw.substring(start, end);
    }

    private static boolean isUpper(char c) {
        return c >= 'A' && c <= 'Z';
    }
}
