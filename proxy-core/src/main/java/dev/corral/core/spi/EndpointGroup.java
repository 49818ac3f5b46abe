package dev.corral.core.spi;

import java.util.Locale;

/** What a role opens or leaves closed: a set of {@link Endpoint}s that belong together. */
public enum EndpointGroup {
    /** {@code HEAD /} and {@code GET /}, answered by Corral itself. */
    LIVENESS,
    /** Metadata that changes nothing: version, listings, details. */
    READ,
    /** Generation and embeddings. */
    INFERENCE,
    /** Downloading models from a registry. */
    PULL,
    /** Uploading models to a registry with the owner's key. */
    PUSH,
    /** Deleting models. */
    DELETE,
    /** Creating, copying and uploading models. */
    CREATE,
    /** The owner's ollama.com account. */
    ACCOUNT,
    /** Web search and fetch on the owner's account. */
    WEB;

    private final String configName = name().toLowerCase(Locale.ROOT);

    /** The word used in configuration, logs and messages, such as {@code inference}. */
    public String configName() {
        return configName;
    }
}
