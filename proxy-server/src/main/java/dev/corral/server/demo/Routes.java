package dev.corral.server.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Which method and path is answered by what, and how errors look (Ollama {@code server/routes.go:GenerateRoutes}). */
final class Routes {
    /** What Ollama would call itself; old enough that no client expects more than is here. */
    static final String VERSION = "0.33.0";

    private interface Action {
        Reply answer(Call call) throws ApiException;
    }

    private final Map<String, Map<String, Action>> byPath = new LinkedHashMap<>();
    private final OpenAiApi openAi;

    /**
     * The routes of a new stand-in.
     *
     * @param pace the time that one token takes
     */
    Routes(Duration pace) {
        Catalogue catalogue = new Catalogue();
        NativeApi api = new NativeApi(catalogue, pace);
        openAi = new OpenAiApi(catalogue);
        Action root = call -> Reply.text(200, "Ollama is running");
        Action version = call -> Reply.json(Json.object().put("version", VERSION));
        Action tags = call -> Reply.json(catalogue.tags());
        add("HEAD", "/", root);
        add("GET", "/", root);
        add("HEAD", "/api/version", version);
        add("GET", "/api/version", version);
        add("GET", "/api/status", call -> Reply.json(status()));
        add("HEAD", "/api/tags", tags);
        add("GET", "/api/tags", tags);
        add("GET", "/api/ps", call -> Reply.json(catalogue.ps()));
        add("POST", "/api/show", api::show);
        add("POST", "/api/generate", api::generate);
        add("POST", "/api/chat", api::chat);
        add("POST", "/api/embed", api::embed);
        add("POST", "/api/embeddings", api::embeddings);
        add("POST", "/v1/chat/completions", openAi::chatCompletions);
        add("POST", "/v1/completions", openAi::completions);
        add("POST", "/v1/embeddings", openAi::embeddings);
        add("POST", "/v1/audio/transcriptions", openAi::transcriptions);
        add("POST", "/v1/responses", new ResponsesApi(catalogue)::responses);
        add("POST", "/v1/messages", new AnthropicApi(catalogue)::messages);
        add("GET", "/v1/models", call -> Reply.json(catalogue.openAiList()));
        for (String path : new String[] {"pull", "push", "create", "copy", "me", "signout"}) {
            add("POST", "/api/" + path, Routes::cannot);
        }
        add("DELETE", "/api/delete", Routes::cannot);
    }

    private void add(String method, String path, Action action) {
        byPath.computeIfAbsent(path, key -> new TreeMap<>()).put(method, action);
    }

    Reply answer(Call call) {
        Map<String, Action> methods = find(call.path());
        if (methods == null) {
            return Reply.text(404, "404 page not found");
        }
        Action action = methods.get(call.method());
        if (action == null) {
            Reply.Whole plain = Reply.text(405, "405 method not allowed");
            Map<String, String> headers = new TreeMap<>(plain.headers());
            headers.put("Allow", String.join(", ", methods.keySet()));
            return new Reply.Whole(plain.status(), headers, plain.body(), 0);
        }
        try {
            return action.answer(call);
        } catch (ApiException e) {
            return error(call.path(), e);
        }
    }

    private @Nullable Map<String, Action> find(String path) {
        String prefix = "/v1/models/";
        if (path.startsWith(prefix) && path.length() > prefix.length() && path.indexOf('/', prefix.length()) < 0) {
            return Map.of("GET", openAi::model);
        }
        return byPath.get(path);
    }

    private static ObjectNode status() {
        ObjectNode status = Json.object();
        status.putObject("cloud").put("disabled", true).put("source", "env");
        return status;
    }

    private static Reply cannot(Call call) throws ApiException {
        throw new ApiException(501, "this is Corral's built-in stand-in for Ollama; it keeps no models");
    }

    /** An error as the API family of {@code path} shows it. */
    static Reply error(String path, ApiException e) {
        ObjectNode body = Json.object();
        if (path.startsWith("/v1/messages")) {
            body.put("type", "error")
                    .putObject("error")
                    .put("type", errorType(e.status()))
                    .put("message", e.getMessage());
            body.put("request_id", "req_stand-in");
        } else if (path.startsWith("/v1/")) {
            body.putObject("error")
                    .put("message", e.getMessage())
                    .put("type", errorType(e.status()))
                    .putNull("param")
                    .putNull("code");
        } else {
            body.put("error", e.getMessage());
        }
        return Reply.json(e.status(), body, 0);
    }

    /** OpenAI and Anthropic agree on the few that occur here. */
    private static String errorType(int status) {
        return switch (status) {
            case 400 -> "invalid_request_error";
            case 404 -> "not_found_error";
            default -> "api_error";
        };
    }
}
