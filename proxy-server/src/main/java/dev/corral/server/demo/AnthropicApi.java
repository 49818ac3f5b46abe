package dev.corral.server.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** {@code /v1/messages} (Ollama {@code anthropic/anthropic.go}, {@code middleware/anthropic.go}). */
final class AnthropicApi {
    private final Catalogue catalogue;
    private final AtomicLong ids = new AtomicLong();

    AnthropicApi(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    Reply messages(Call call) throws ApiException {
        String name = call.model();
        JsonNode ceiling = call.body().path("max_tokens");
        if (ceiling.asInt(0) <= 0) {
            throw new ApiException(400, "max_tokens is required and must be positive");
        }
        JsonNode messages = call.body().path("messages");
        if (messages.isEmpty()) {
            throw new ApiException(400, "messages is required");
        }
        catalogue.find(name, "completion", "chat");
        Answer answer = Answer.to(
                Call.lastWords(messages),
                Call.words(call.body().path("system")) + " " + Call.allWords(messages),
                ceiling.asInt());
        String id = "msg_" + ids.incrementAndGet();
        if (!call.stream(false)) {
            ObjectNode message = message(id, name);
            message.putArray("content").addObject().put("type", "text").put("text", answer.text());
            message.put("stop_reason", stopReason(answer));
            message.set("usage", usage(answer));
            return Reply.json(200, message, answer.tokens().size());
        }
        List<String> tokens = answer.tokens();
        Stream<String> first = Stream.of(tokens.get(0)).map(token -> opening(id, name, answer) + delta(token));
        Stream<String> rest = tokens.stream().skip(1).map(AnthropicApi::delta);
        Stream<String> last = Stream.of(answer).map(AnthropicApi::closing);
        return new Reply.Stream(
                OpenAiApi.EVENTS,
                Stream.of(first, rest, last).flatMap(part -> part).iterator());
    }

    private static String opening(String id, String model, Answer answer) {
        ObjectNode message = message(id, model);
        message.putArray("content");
        // An estimate in Ollama too; the figures that count come at the end.
        message.putObject("usage").put("input_tokens", answer.promptTokens()).put("output_tokens", 0);
        ObjectNode start = event("message_start");
        start.set("message", message);
        ObjectNode block = event("content_block_start").put("index", 0);
        block.putObject("content_block").put("type", "text").put("text", "");
        return Json.event(start) + Json.event(block);
    }

    private static String delta(String token) {
        ObjectNode delta = event("content_block_delta").put("index", 0);
        delta.putObject("delta").put("type", "text_delta").put("text", token);
        return Json.event(delta);
    }

    private static String closing(Answer answer) {
        ObjectNode delta = event("message_delta");
        delta.putObject("delta").put("stop_reason", stopReason(answer));
        delta.set("usage", usage(answer));
        return Json.event(event("content_block_stop").put("index", 0))
                + Json.event(delta)
                + Json.event(event("message_stop"));
    }

    private static ObjectNode event(String type) {
        return Json.object().put("type", type);
    }

    private static ObjectNode message(String id, String model) {
        return Json.object()
                .put("id", id)
                .put("type", "message")
                .put("role", "assistant")
                .put("model", model);
    }

    private static String stopReason(Answer answer) {
        return answer.reason().equals("length") ? "max_tokens" : "end_turn";
    }

    private static ObjectNode usage(Answer answer) {
        return Json.object()
                .put("input_tokens", answer.promptTokens())
                .put("output_tokens", answer.tokens().size());
    }
}
