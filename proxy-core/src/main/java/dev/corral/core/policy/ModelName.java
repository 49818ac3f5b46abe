package dev.corral.core.policy;

import org.jspecify.annotations.Nullable;

/**
 * A model's name as Ollama reads it, in the one form that is compared: all four parts in lower case, defaults filled in
 * (Ollama {@code internal/modelref}, {@code types/model/name.go}; ollama-api section 5.6). Stricter than Ollama where a
 * spelling is of no use to anybody: blanks, schemes, anything but ASCII.
 *
 * @param host such as {@code registry.ollama.ai}
 * @param namespace such as {@code library}
 * @param model such as {@code llama3}
 * @param tag such as {@code latest}
 * @param source where the caller wants it to run
 */
@SuppressWarnings("DoNotCallSuggester")
public record ModelName(String host, String namespace, String model, String tag, Source source) {
    /** What a {@code :local} or {@code :cloud} behind the name asks for. */
    public enum Source {
        UNSPECIFIED,
        LOCAL,
        CLOUD
    }

    /** Reads a name; null if it is none that Ollama and Corral both accept. */
    public static @Nullable ModelName parse(String raw) {
        throw new UnsupportedOperationException(raw);
    }

    /** {@code host/namespace/model:tag}: what patterns match and listings are compared by. The source is no part of it. */
    public String key() {
        return host + '/' + namespace + '/' + model + ':' + tag;
    }

    /** The shortest way to write it: {@code llama3:latest}, {@code org/name:tag}, {@code host/org/name:tag}. */
    public String shortest() {
        throw new UnsupportedOperationException();
    }
}
