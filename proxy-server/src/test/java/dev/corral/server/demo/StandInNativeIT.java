package dev.corral.server.demo;

import static dev.corral.server.demo.StandInClient.joined;
import static dev.corral.server.demo.StandInClient.json;
import static dev.corral.server.demo.StandInClient.lines;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StandInNativeIT {
    private StandInOllama ollama;
    private StandInClient client;

    @BeforeEach
    void start() throws IOException {
        ollama = StandInOllama.start(Duration.ZERO);
        client = new StandInClient(ollama);
    }

    @AfterEach
    void stop() {
        ollama.close();
    }

    @Test
    void root_saysWhatOllamaSays_alsoToHead() {
        assertThat(client.get("/").body()).isEqualTo("Ollama is running");
        HttpResponse<String> head = client.send("HEAD", "/", "");
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValue("content-length")).hasValue("17");
    }

    @Test
    void tags_haveEveryFieldThatClientsReadAndNoOther() {
        JsonNode models = json(client.get("/api/tags")).path("models");
        assertThat(models).hasSize(2).allSatisfy(model -> {
            assertThat(model.fieldNames())
                    .toIterable()
                    .containsExactly("name", "model", "modified_at", "size", "digest", "details");
            assertThat(model.path("digest").asText()).matches("[0-9a-f]{64}");
            assertThat(model.path("details").fieldNames())
                    .toIterable()
                    .containsExactly(
                            "parent_model", "format", "family", "families", "parameter_size", "quantization_level");
        });
    }

    @Test
    void generate_streamsLinesAndEndsWithCounters() {
        HttpResponse<String> response = client.post("/api/generate", "{'model':'stand-in','prompt':'why blue?'}");
        assertThat(response.headers().firstValue("content-type")).hasValue("application/x-ndjson");
        List<JsonNode> frames = lines(response);
        assertThat(joined(frames, "/response")).isEqualTo(Answer.PREFACE + " why blue?");
        JsonNode last = frames.get(frames.size() - 1);
        assertThat(frames.stream().filter(frame -> frame.path("done").asBoolean()))
                .containsExactly(last);
        assertThat(last.path("done_reason").asText()).isEqualTo("stop");
        assertThat(last.path("prompt_eval_count").asInt()).isEqualTo(2);
        assertThat(last.path("eval_count").asInt()).isEqualTo(frames.size() - 1);
        assertThat(last.path("context")).hasSize(2 + frames.size() - 1);
        assertThat(last.path("total_duration").asLong()).isPositive();
    }

    @Test
    void chatUnstreamed_isOneObjectWithTheWholeText() {
        JsonNode answer = json(client.post(
                "/api/chat",
                "{'model':'stand-in:latest','stream':false,'messages':[{'role':'system','content':'be brief'},"
                        + "{'role':'user','content':'hello'}]}"));
        assertThat(answer.at("/message/role").asText()).isEqualTo("assistant");
        assertThat(answer.at("/message/content").asText()).endsWith("words: hello");
        assertThat(answer.path("prompt_eval_count").asInt()).isEqualTo(3);
        assertThat(answer.path("model").asText()).isEqualTo("stand-in:latest");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void durations_areThoseOfItsPace(boolean stream) throws IOException {
        try (StandInOllama slow = StandInOllama.start(Duration.ofMillis(2))) {
            List<JsonNode> frames = lines(new StandInClient(slow)
                    .post(
                            "/api/chat",
                            "{'model':'stand-in','stream':" + stream
                                    + ",'messages':[{'role':'user','content':'a b c'}]}"));
            JsonNode last = frames.get(frames.size() - 1);
            long tokens = last.path("eval_count").asLong();
            assertThat(tokens).isGreaterThan(3);
            assertThat(last.path("prompt_eval_duration").asLong()).isEqualTo(2_000_000);
            assertThat(last.path("eval_duration").asLong()).isEqualTo(2_000_000 * tokens);
            assertThat(last.path("load_duration").asLong()).isPositive();
            assertThat(last.path("total_duration").asLong())
                    .isEqualTo(last.path("load_duration").asLong() + 2_000_000 * (tokens + 1));
        }
    }

    @Test
    void numPredict_cutsTheAnswer() {
        JsonNode answer = json(client.post(
                "/api/generate", "{'model':'stand-in','prompt':'x','stream':false,'options':{'num_predict':3}}"));
        assertThat(answer.path("eval_count").asInt()).isEqualTo(3);
        assertThat(answer.path("done_reason").asText()).isEqualTo("length");
    }

    @Test
    void emptyPrompt_loadsAndPsShowsIt_keepAliveZeroUnloads() {
        JsonNode load = json(client.post("/api/generate", "{'model':'stand-in'}"));
        assertThat(load.path("done_reason").asText()).isEqualTo("load");
        assertThat(json(client.get("/api/ps")).at("/models/0/name").asText()).isEqualTo("stand-in:latest");
        JsonNode unload = json(client.post("/api/chat", "{'model':'stand-in','messages':[],'keep_alive':'0s'}"));
        assertThat(unload.path("done_reason").asText()).isEqualTo("unload");
        assertThat(json(client.get("/api/ps")).path("models")).isEmpty();
    }

    @Test
    void embed_givesOneVectorForEachText_ofLengthOne() {
        JsonNode answer = json(client.post("/api/embed", "{'model':'stand-in-embed','input':['a b','a c']}"));
        assertThat(answer.path("embeddings")).hasSize(2).allSatisfy(vector -> {
            double squares = 0;
            for (JsonNode component : vector) {
                squares += component.asDouble() * component.asDouble();
            }
            assertThat(squares).isBetween(0.999, 1.001);
        });
        assertThat(answer.path("prompt_eval_count").asInt()).isEqualTo(4);
        JsonNode old = json(client.post("/api/embeddings", "{'model':'stand-in-embed','prompt':'a b'}"));
        assertThat(old.path("embedding")).isEqualTo(answer.at("/embeddings/0"));
    }

    @Test
    void show_answersToModelAndToName() {
        JsonNode byName = json(client.post("/api/show", "{'name':'stand-in'}"));
        assertThat(byName).isEqualTo(json(client.post("/api/show", "{'model':'stand-in:latest'}")));
        assertThat(byName.at("/capabilities/0").asText()).isEqualTo("completion");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "POST   | /api/chat     | {'model':'nope','messages':[{'role':'user','content':'x'}]} | 404 | model 'nope' not found",
                "POST   | /api/generate | {'prompt':'x'}                          | 400 | model is required",
                "POST   | /api/generate | {'model':'stand-in-embed','prompt':'x'} | 400 | \"stand-in-embed\" does not support generate",
                "POST   | /api/generate | [1]                                     | 400 | the body is no JSON object",
                "POST   | /api/pull     | {'model':'x'}                           | 501 | this is Corral's built-in stand-in for Ollama; it keeps no models",
            })
    void error_isOneNativeSentence(String method, String path, String body, int status, String message) {
        HttpResponse<String> response = client.send(method, path, body.replace('\'', '"'));
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(json(response).fieldNames()).toIterable().containsExactly("error");
        assertThat(json(response).path("error").asText()).isEqualTo(message);
    }

    @Test
    void unknownPathAndWrongMethod_areAsGinAnswersThem() {
        assertThat(client.get("/api/nothing").statusCode()).isEqualTo(404);
        HttpResponse<String> wrong = client.get("/api/chat");
        assertThat(wrong.statusCode()).isEqualTo(405);
        assertThat(wrong.headers().firstValue("allow")).hasValue("POST");
    }
}
