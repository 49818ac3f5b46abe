package dev.corral.server.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** {@code /api/*}: lines of JSON, streamed unless the caller says otherwise (Ollama {@code server/routes.go}). */
final class NativeApi {
    private static final String LINES = "application/x-ndjson";

    private final Catalogue catalogue;
    private final Duration pace;

    /**
     * Speaks at a steady pace.
     *
     * @param pace the time that one token takes; the prompt takes as much as one
     */
    NativeApi(Catalogue catalogue, Duration pace) {
        this.catalogue = catalogue;
        this.pace = pace;
    }

    Reply generate(Call call) throws ApiException {
        String prompt = call.body().path("prompt").asText("");
        return answer(call, new Generate(), "generate", prompt, prompt, prompt.isEmpty());
    }

    Reply chat(Call call) throws ApiException {
        JsonNode messages = call.body().path("messages");
        return answer(call, new Chat(), "chat", Call.lastWords(messages), Call.allWords(messages), messages.isEmpty());
    }

    private Reply answer(Call call, Shape shape, String verb, String repeat, String read, boolean load)
            throws ApiException {
        long began = System.nanoTime();
        String name = call.model();
        Catalogue.Model model = catalogue.find(name, "completion", verb);
        Duration loading = Duration.ofNanos(Math.max(1, System.nanoTime() - began));
        if (load) {
            boolean unload = isZero(call.body().path("keep_alive"));
            if (unload) {
                catalogue.unload(model);
            }
            ObjectNode frame = shape.frame(name, "").put("done", true);
            return Reply.json(frame.put("done_reason", unload ? "unload" : "load"));
        }
        Answer answer =
                Answer.to(repeat, read, Call.ceiling(call.body().path("options").path("num_predict")));
        if (call.stream(true)) {
            Stream<String> tokens = answer.tokens().stream()
                    .map(token -> line(shape.frame(name, token).put("done", false)));
            Stream<String> last = Stream.of(answer).map(done -> line(finish(shape, name, "", done, loading)));
            return new Reply.Stream(LINES, Stream.concat(tokens, last).iterator());
        }
        return Reply.json(
                200,
                finish(shape, name, answer.text(), answer, loading),
                1 + answer.tokens().size());
    }

    Reply embed(Call call) throws ApiException {
        long began = System.nanoTime();
        String name = call.model();
        catalogue.find(name, "embedding", "embeddings");
        List<String> inputs = Vectors.inputs(call.body().path("input"));
        int dimensions = Vectors.dimensions(call.body().path("dimensions"));
        ArrayNode vectors = Json.array();
        inputs.forEach(text -> vectors.add(Vectors.json(Vectors.of(text, dimensions))));
        ObjectNode body = Json.object().put("model", name);
        body.set("embeddings", vectors);
        body.put("total_duration", System.nanoTime() - began).put("load_duration", 1L);
        return Reply.json(body.put(
                "prompt_eval_count", inputs.stream().mapToInt(Answer::count).sum()));
    }

    Reply embeddings(Call call) throws ApiException {
        catalogue.find(call.model(), "embedding", "embeddings");
        String prompt = call.body().path("prompt").asText("");
        ArrayNode vector = prompt.isEmpty() ? Json.array() : Vectors.json(Vectors.of(prompt, Vectors.DIMENSIONS));
        return Reply.json(Json.object().set("embedding", vector));
    }

    Reply show(Call call) throws ApiException {
        String name = call.body().path("model").asText("");
        name = name.isEmpty() ? call.body().path("name").asText("") : name;
        if (name.isEmpty()) {
            throw new ApiException(400, "model is required");
        }
        return Reply.json(catalogue.show(catalogue.find(name)));
    }

    private static boolean isZero(JsonNode keepAlive) {
        return keepAlive.isNumber()
                ? keepAlive.asDouble() == 0
                : keepAlive.asText("").matches("0[a-z]*");
    }

    private static String line(ObjectNode frame) {
        return Json.text(frame) + "\n";
    }

    /** The last frame, with the times that the pace makes of it, so that they can be told before they have passed. */
    private ObjectNode finish(Shape shape, String name, String text, Answer answer, Duration loading) {
        ObjectNode frame = shape.frame(name, text).put("done", true).put("done_reason", answer.reason());
        shape.addContext(frame, answer);
        int tokens = answer.tokens().size();
        Duration reading = atLeast(pace);
        Duration speaking = atLeast(pace.multipliedBy(tokens));
        return frame.put("total_duration", loading.plus(reading).plus(speaking).toNanos())
                .put("load_duration", loading.toNanos())
                .put("prompt_eval_count", answer.promptTokens())
                .put("prompt_eval_duration", reading.toNanos())
                .put("eval_count", tokens)
                .put("eval_duration", speaking.toNanos());
    }

    /** Nothing takes no time at all, and Ollama leaves out zeros. */
    private static Duration atLeast(Duration time) {
        return time.isZero() ? Duration.ofNanos(1) : time;
    }

    /** What generate and chat do not share. */
    private sealed interface Shape {
        ObjectNode frame(String model, String text);

        void addContext(ObjectNode last, Answer answer);

        private static ObjectNode head(String model) {
            return Json.object()
                    .put("model", model)
                    .put("created_at", Instant.now().toString());
        }
    }

    private record Generate() implements Shape {
        @Override
        public ObjectNode frame(String model, String text) {
            return Shape.head(model).put("response", text);
        }

        @Override
        public void addContext(ObjectNode last, Answer answer) {
            ArrayNode context = last.putArray("context");
            for (int i = 0; i < answer.promptTokens() + answer.tokens().size(); i++) {
                context.add(i);
            }
        }
    }

    private record Chat() implements Shape {
        @Override
        public ObjectNode frame(String model, String text) {
            ObjectNode frame = Shape.head(model);
            frame.putObject("message").put("role", "assistant").put("content", text);
            return frame;
        }

        @Override
        public void addContext(ObjectNode last, Answer answer) {
            // Only generate has one.
        }
    }
}
