package dev.corral.server.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code /v1/*} but responses and messages (Ollama {@code openai/openai.go}, {@code middleware/openai.go}). */
final class OpenAiApi {
    static final String EVENTS = "text/event-stream";
    private static final String DONE = "data: [DONE]\n\n";

    private final Catalogue catalogue;
    private final AtomicLong ids = new AtomicLong();

    OpenAiApi(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    Reply chatCompletions(Call call) throws ApiException {
        String name = call.model();
        catalogue.find(name, "completion", "chat");
        JsonNode messages = call.body().path("messages");
        if (messages.isEmpty()) {
            throw new ApiException(400, "[] is too short - 'messages'");
        }
        Answer answer = Answer.to(
                Call.lastWords(messages),
                Call.allWords(messages),
                Call.ceiling(call.body().path("max_tokens")));
        String id = "chatcmpl-" + ids.incrementAndGet();
        if (!call.stream(false)) {
            ObjectNode choice = Json.object().put("index", 0);
            choice.putObject("message").put("role", "assistant").put("content", answer.text());
            return whole(head(id, "chat.completion", name), choice.put("finish_reason", answer.reason()), answer);
        }
        List<String> tokens = answer.tokens();
        Stream<String> content = IntStream.range(0, tokens.size()).mapToObj(i -> {
            ObjectNode delta = Json.object();
            if (i == 0) {
                delta.put("role", "assistant");
            }
            return chunk(id, name, delta.put("content", tokens.get(i)), null);
        });
        Stream<String> end = Stream.of(answer)
                .map(done -> chunk(id, name, Json.object(), done.reason())
                        + (includeUsage(call) ? usageChunk(head(id, "chat.completion.chunk", name), done) : "")
                        + DONE);
        return new Reply.Stream(EVENTS, Stream.concat(content, end).iterator());
    }

    /** A form; what is heard in it is how long it is. */
    Reply transcriptions(Call call) throws ApiException {
        catalogue.find(call.model(), "completion", "chat");
        JsonNode file = call.body().path("file");
        if (!file.isNumber()) {
            throw new ApiException(400, "file is required: http: no such file");
        }
        if (file.asLong() == 0) {
            throw new ApiException(400, "audio file is empty");
        }
        String text = "I hear " + file.asLong() + " bytes.";
        return call.body().path("response_format").asText().equals("text")
                ? Reply.text(200, text)
                : Reply.json(Json.object().put("text", text));
    }

    Reply completions(Call call) throws ApiException {
        String name = call.model();
        catalogue.find(name, "completion", "generate");
        JsonNode named = call.body().path("prompt");
        if (named.isContainerNode()) {
            throw new ApiException(400, "json: cannot unmarshal array into field prompt of type string");
        }
        String prompt = named.asText("");
        Answer answer = Answer.to(prompt, prompt, Call.ceiling(call.body().path("max_tokens")));
        String id = "cmpl-" + ids.incrementAndGet();
        if (!call.stream(false)) {
            return whole(head(id, "text_completion", name), textChoice(answer.text(), answer.reason()), answer);
        }
        boolean usage = includeUsage(call);
        Stream<String> content =
                answer.tokens().stream().map(token -> textChunk(id, name, textChoice(token, null), usage));
        Stream<String> end = Stream.of(answer)
                .map(done -> textChunk(id, name, textChoice("", done.reason()), usage)
                        + (usage ? Json.data(textHead(id, name, Json.array()).set("usage", usage(done))) : "")
                        + DONE);
        return new Reply.Stream(EVENTS, Stream.concat(content, end).iterator());
    }

    Reply embeddings(Call call) throws ApiException {
        String name = call.model();
        catalogue.find(name, "embedding", "embeddings");
        List<String> inputs = new ArrayList<>(Vectors.inputs(call.body().path("input")));
        boolean packed = call.body().path("encoding_format").asText("").equals("base64");
        int dimensions = Vectors.dimensions(call.body().path("dimensions"));
        ArrayNode data = Json.array();
        for (int i = 0; i < inputs.size(); i++) {
            float[] vector = Vectors.of(inputs.get(i), dimensions);
            ObjectNode row = Json.object().put("object", "embedding");
            if (packed) {
                row.put("embedding", Vectors.base64(vector));
            } else {
                row.set("embedding", Vectors.json(vector));
            }
            data.add(row.put("index", i));
        }
        int read = inputs.stream().mapToInt(Answer::count).sum();
        ObjectNode body = Json.object().put("object", "list");
        body.set("data", data);
        body.put("model", name).putObject("usage").put("prompt_tokens", read).put("total_tokens", read);
        return Reply.json(body);
    }

    Reply model(Call call) throws ApiException {
        String name = call.path().substring("/v1/models/".length());
        catalogue.find(name);
        return Reply.json(catalogue.openAi(name));
    }

    private static boolean includeUsage(Call call) {
        return call.body().path("stream_options").path("include_usage").asBoolean(false);
    }

    private static Reply whole(ObjectNode head, ObjectNode choice, Answer answer) {
        head.set("choices", Json.array(choice));
        head.set("usage", usage(answer));
        return Reply.json(200, head, answer.tokens().size());
    }

    private static ObjectNode head(String id, String object, String model) {
        return Json.object()
                .put("id", id)
                .put("object", object)
                .put("created", Instant.now().getEpochSecond())
                .put("model", model)
                .put("system_fingerprint", "fp_ollama");
    }

    private static String chunk(String id, String model, ObjectNode delta, @Nullable String reason) {
        ObjectNode choice = Json.object().put("index", 0);
        choice.set("delta", delta);
        ObjectNode chunk = head(id, "chat.completion.chunk", model);
        chunk.set("choices", Json.array(choice.put("finish_reason", reason)));
        return Json.data(chunk);
    }

    private static ObjectNode textChoice(String text, @Nullable String reason) {
        return Json.object().put("text", text).put("index", 0).put("finish_reason", reason);
    }

    private static String textChunk(String id, String model, ObjectNode choice, boolean usage) {
        ObjectNode chunk = textHead(id, model, Json.array(choice));
        if (usage) {
            chunk.set("usage", counts(0, 0));
        }
        return Json.data(chunk);
    }

    /** In Ollama the model comes after the choices here, and only here. */
    private static ObjectNode textHead(String id, String model, ArrayNode choices) {
        ObjectNode chunk = head(id, "text_completion", model);
        chunk.remove(List.of("model", "system_fingerprint"));
        chunk.set("choices", choices);
        return chunk.put("model", model).put("system_fingerprint", "fp_ollama");
    }

    private static String usageChunk(ObjectNode head, Answer answer) {
        head.set("choices", Json.array());
        head.set("usage", usage(answer));
        return Json.data(head);
    }

    private static ObjectNode usage(Answer answer) {
        return counts(answer.promptTokens(), answer.tokens().size());
    }

    private static ObjectNode counts(int prompt, int completion) {
        return Json.object()
                .put("prompt_tokens", prompt)
                .put("completion_tokens", completion)
                .put("total_tokens", prompt + completion);
    }
}
