package dev.corral.server.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code /v1/responses} (Ollama {@code openai/responses.go:ResponsesStreamConverter}). */
final class ResponsesApi {
    private final Catalogue catalogue;
    private final AtomicLong ids = new AtomicLong();

    ResponsesApi(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    Reply responses(Call call) throws ApiException {
        catalogue.find(call.model(), "completion", "chat");
        JsonNode input = call.body().path("input");
        boolean plain = input.isTextual();
        Answer answer = Answer.to(
                plain ? input.asText() : Call.lastWords(input),
                call.body().path("instructions").asText("") + " " + (plain ? input.asText() : Call.allWords(input)),
                Call.ceiling(call.body().path("max_output_tokens")));
        Response response = new Response(call, answer, ids.incrementAndGet());
        return call.stream(false)
                ? new Reply.Stream(OpenAiApi.EVENTS, response.events())
                : Reply.json(200, response.completed(), answer.tokens().size());
    }

    /** One response being told; numbers its events. */
    private static final class Response {
        private final Call call;
        private final Answer answer;
        private final String id;
        private final String itemId;
        private final long created = Instant.now().getEpochSecond();
        private int sequence;

        Response(Call call, Answer answer, long number) {
            this.call = call;
            this.answer = answer;
            this.id = "resp_" + number;
            this.itemId = "msg_" + number;
        }

        Iterator<String> events() {
            List<String> tokens = answer.tokens();
            Stream<String> first = Stream.of(tokens.get(0)).map(token -> opening() + delta(token));
            Stream<String> rest = tokens.stream().skip(1).map(this::delta);
            Stream<String> last = Stream.of(answer).map(done -> closing());
            return Stream.of(first, rest, last).flatMap(part -> part).iterator();
        }

        ObjectNode completed() {
            ObjectNode usage = Json.object()
                    .put("input_tokens", answer.promptTokens())
                    .put("output_tokens", answer.tokens().size())
                    .put("total_tokens", answer.promptTokens() + answer.tokens().size());
            usage.putObject("input_tokens_details").put("cached_tokens", 0);
            usage.putObject("output_tokens_details").put("reasoning_tokens", 0);
            return response("completed", Json.array(item("completed", Json.array(part(answer.text())))), usage);
        }

        private String opening() {
            ObjectNode begun = Json.object();
            begun.set("response", response("in_progress", Json.array(), null));
            ObjectNode added = Json.object().put("output_index", 0);
            added.set("item", item("in_progress", Json.array()));
            ObjectNode part = place();
            part.set("part", part(""));
            return tell("response.created", begun)
                    + tell("response.in_progress", begun)
                    + tell("response.output_item.added", added)
                    + tell("response.content_part.added", part);
        }

        private String delta(String token) {
            ObjectNode delta = place().put("delta", token);
            delta.putArray("logprobs");
            return tell("response.output_text.delta", delta);
        }

        private String closing() {
            ObjectNode text = place().put("text", answer.text());
            text.putArray("logprobs");
            ObjectNode part = place();
            part.set("part", part(answer.text()));
            ObjectNode item = Json.object().put("output_index", 0);
            item.set("item", item("completed", Json.array(part(answer.text()))));
            ObjectNode all = Json.object();
            all.set("response", completed());
            return tell("response.output_text.done", text)
                    + tell("response.content_part.done", part)
                    + tell("response.output_item.done", item)
                    + tell("response.completed", all);
        }

        private String tell(String type, ObjectNode event) {
            return Json.event(event.put("type", type).put("sequence_number", sequence++));
        }

        private ObjectNode place() {
            return Json.object().put("item_id", itemId).put("output_index", 0).put("content_index", 0);
        }

        private static ObjectNode part(String text) {
            ObjectNode part = Json.object().put("type", "output_text").put("text", text);
            part.putArray("annotations");
            part.putArray("logprobs");
            return part;
        }

        private ObjectNode item(String status, ArrayNode content) {
            return Json.object()
                    .put("id", itemId)
                    .put("type", "message")
                    .put("status", status)
                    .put("role", "assistant")
                    .set("content", content);
        }

        private ObjectNode response(String status, ArrayNode output, @Nullable ObjectNode usage) {
            JsonNode body = call.body();
            ObjectNode response =
                    Json.object().put("id", id).put("object", "response").put("created_at", created);
            response.set(
                    "completed_at",
                    usage == null ? null : LongNode.valueOf(Instant.now().getEpochSecond()));
            response.put("status", status).putNull("incomplete_details");
            response.put("model", body.path("model").asText()).putNull("previous_response_id");
            response.set("instructions", body.get("instructions"));
            response.set("output", output);
            response.putNull("error").putArray("tools");
            response.put("tool_choice", "auto").put("truncation", "disabled").put("parallel_tool_calls", true);
            response.putObject("text").putObject("format").put("type", "text");
            response.put("top_p", body.path("top_p").asDouble(1))
                    .put("presence_penalty", 0)
                    .put("frequency_penalty", 0)
                    .put("top_logprobs", 0)
                    .put("temperature", body.path("temperature").asDouble(1))
                    .putNull("reasoning");
            response.set("usage", usage);
            response.set("max_output_tokens", body.get("max_output_tokens"));
            response.putNull("max_tool_calls")
                    .put("store", false)
                    .put("background", false)
                    .put("service_tier", "default")
                    .putObject("metadata");
            return response.putNull("safety_identifier").putNull("prompt_cache_key");
        }
    }
}
