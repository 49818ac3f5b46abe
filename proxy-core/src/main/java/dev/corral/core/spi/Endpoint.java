package dev.corral.core.spi;

import static dev.corral.core.spi.EndpointGroup.ACCOUNT;
import static dev.corral.core.spi.EndpointGroup.CREATE;
import static dev.corral.core.spi.EndpointGroup.DELETE;
import static dev.corral.core.spi.EndpointGroup.INFERENCE;
import static dev.corral.core.spi.EndpointGroup.LIVENESS;
import static dev.corral.core.spi.EndpointGroup.PULL;
import static dev.corral.core.spi.EndpointGroup.PUSH;
import static dev.corral.core.spi.EndpointGroup.READ;
import static dev.corral.core.spi.EndpointGroup.WEB;

import java.util.List;

/**
 * Every operation of Ollama's HTTP API that Corral knows (Ollama {@code server/routes.go:GenerateRoutes}). What is not
 * a row here does not exist for callers. A {@code :name} segment stands for one path segment.
 */
public enum Endpoint {
    ROOT(LIVENESS, BodyKind.NONE, "/", "HEAD", "GET"),

    VERSION(READ, BodyKind.NONE, "/api/version", "HEAD", "GET"),
    STATUS(READ, BodyKind.NONE, "/api/status", "GET"),
    TAGS(READ, BodyKind.NONE, "/api/tags", "HEAD", "GET"),
    PS(READ, BodyKind.NONE, "/api/ps", "GET"),
    SHOW(READ, BodyKind.JSON, "/api/show", "POST"),
    RECOMMENDATIONS(READ, BodyKind.NONE, "/api/experimental/model-recommendations", "GET"),
    MODELS(READ, BodyKind.NONE, "/v1/models", "GET"),
    MODEL(READ, BodyKind.NONE, "/v1/models/:model", "GET"),

    GENERATE(INFERENCE, BodyKind.JSON, "/api/generate", "POST"),
    CHAT(INFERENCE, BodyKind.JSON, "/api/chat", "POST"),
    EMBED(INFERENCE, BodyKind.JSON, "/api/embed", "POST"),
    EMBEDDINGS(INFERENCE, BodyKind.JSON, "/api/embeddings", "POST"),
    CHAT_COMPLETIONS(INFERENCE, BodyKind.JSON, "/v1/chat/completions", "POST"),
    COMPLETIONS(INFERENCE, BodyKind.JSON, "/v1/completions", "POST"),
    V1_EMBEDDINGS(INFERENCE, BodyKind.JSON, "/v1/embeddings", "POST"),
    RESPONSES(INFERENCE, BodyKind.JSON, "/v1/responses", "POST"),
    MESSAGES(INFERENCE, BodyKind.JSON, "/v1/messages", "POST"),
    TRANSCRIPTIONS(INFERENCE, BodyKind.FORM, "/v1/audio/transcriptions", "POST"),

    PULL_MODEL(PULL, BodyKind.JSON, "/api/pull", "POST"),
    PUSH_MODEL(PUSH, BodyKind.JSON, "/api/push", "POST"),
    DELETE_MODEL(DELETE, BodyKind.JSON, "/api/delete", "DELETE"),
    CREATE_MODEL(CREATE, BodyKind.JSON, "/api/create", "POST"),
    COPY_MODEL(CREATE, BodyKind.JSON, "/api/copy", "POST"),
    BLOB(CREATE, BodyKind.STREAMED, "/api/blobs/:digest", "HEAD", "POST"),

    ME(ACCOUNT, BodyKind.JSON, "/api/me", "POST"),
    SIGNOUT(ACCOUNT, BodyKind.JSON, "/api/signout", "POST"),
    USER_KEY(ACCOUNT, BodyKind.JSON, "/api/user/keys/:key", "DELETE"),

    WEB_SEARCH(WEB, BodyKind.JSON, "/api/experimental/web_search", "POST"),
    WEB_FETCH(WEB, BodyKind.JSON, "/api/experimental/web_fetch", "POST");

    /** How the request body of an endpoint is handled. */
    public enum BodyKind {
        /** There is none; a request that has one is refused. */
        NONE,
        /** Collected whole within bounds, as Ollama itself does before it starts. */
        JSON,
        /** Collected whole within bounds and read as it arrives. */
        FORM,
        /** Passed on as it arrives. */
        STREAMED
    }

    private final EndpointGroup group;
    private final BodyKind body;
    private final String pattern;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> methods;

    private final Dialect dialect;

    Endpoint(EndpointGroup group, BodyKind body, String pattern, String... methods) {
        this.group = group;
        this.body = body;
        this.pattern = pattern;
        this.methods = List.of(methods);
        this.dialect = Dialect.ofPath(pattern);
    }

    public EndpointGroup group() {
        return group;
    }

    public BodyKind body() {
        return body;
    }

    /** The path, with {@code :name} for a variable segment; also the label in metrics and logs. */
    public String pattern() {
        return pattern;
    }

    /** The methods that exist for the path, upper-case. */
    public List<String> methods() {
        return methods;
    }

    public Dialect dialect() {
        return dialect;
    }

    /** Whether a request may be sent a second time after a reused connection broke without an answer. */
    public boolean replaySafe() {
        return group == READ;
    }

    /** Whether minutes may pass between two bytes of the answer: downloads, uploads and conversions. */
    public boolean longSilences() {
        return group == PULL || group == PUSH || group == CREATE;
    }
}
