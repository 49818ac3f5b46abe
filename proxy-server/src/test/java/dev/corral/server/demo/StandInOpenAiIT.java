package dev.corral.server.demo;

import static dev.corral.server.demo.StandInClient.events;
import static dev.corral.server.demo.StandInClient.joined;
import static dev.corral.server.demo.StandInClient.json;
import static dev.corral.server.demo.StandInClient.strings;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StandInOpenAiIT {
    private static final String HELLO = "'model':'stand-in','messages':[{'role':'user','content':'hello'}]";

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
    void chatStream_endsWithReasonUsageAndDone() {
        HttpResponse<String> response = client.post(
                "/v1/chat/completions", "{" + HELLO + ",'stream':true,'stream_options':{'include_usage':true}}");
        assertThat(response.headers().firstValue("content-type")).hasValue("text/event-stream");
        assertThat(response.body()).endsWith("}\n\ndata: [DONE]\n\n");
        List<JsonNode> chunks = events(response);
        assertThat(joined(chunks, "/choices/0/delta/content")).isEqualTo(Answer.PREFACE + " hello");
        assertThat(chunks.get(0).at("/choices/0/delta/role").asText()).isEqualTo("assistant");
        JsonNode finish = chunks.get(chunks.size() - 2);
        assertThat(finish.at("/choices/0/delta")).isEmpty();
        assertThat(finish.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
        JsonNode usage = chunks.get(chunks.size() - 1);
        assertThat(usage.path("choices")).isEmpty();
        assertThat(usage.at("/usage/total_tokens").asInt())
                .isEqualTo(usage.at("/usage/prompt_tokens").asInt()
                        + usage.at("/usage/completion_tokens").asInt());
    }

    @Test
    void transcription_tellsHowLongTheFileIs() {
        String model = "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nstand-in\r\n";
        String file = String.join(
                "\r\n",
                "--b",
                "Content-Disposition: form-data; name=\"file\"; filename=\"a.wav\"",
                "Content-Type: audio/wav",
                "",
                "RIFF",
                "");
        String path = "/v1/audio/transcriptions";
        HttpResponse<String> heard = client.form(path, file + model + "--b--\r\n");
        assertThat(json(heard).path("text").asText()).isEqualTo("I hear 4 bytes.");
        HttpResponse<String> deaf = client.form(path, model + "--b--\r\n");
        assertThat(deaf.statusCode()).isEqualTo(400);
        assertThat(json(deaf).at("/error/message").asText()).startsWith("file is required");
        assertThat(client.form(path, file + "--b--\r\n").body()).contains("model is required");
        assertThat(client.form(path, file + model.replace("stand-in", "other") + "--b--\r\n")
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void chatStreamWithoutIncludeUsage_tellsNoUsage() {
        HttpResponse<String> response = client.post("/v1/chat/completions", "{" + HELLO + ",'stream':true}");
        assertThat(response.body()).doesNotContain("usage").endsWith("data: [DONE]\n\n");
    }

    @Test
    void chatUnstreamed_hasUsageAndHonoursMaxTokens() {
        JsonNode answer = json(client.post("/v1/chat/completions", "{" + HELLO + ",'max_tokens':2}"));
        assertThat(answer.path("object").asText()).isEqualTo("chat.completion");
        assertThat(answer.at("/choices/0/message/content").asText()).isEqualTo("This is");
        assertThat(answer.at("/choices/0/finish_reason").asText()).isEqualTo("length");
        assertThat(answer.at("/usage/completion_tokens").asInt()).isEqualTo(2);
    }

    @Test
    void completions_streamedAndWhole_sayTheSame() {
        JsonNode whole = json(client.post("/v1/completions", "{'model':'stand-in','prompt':'hi'}"));
        HttpResponse<String> streamed = client.post(
                "/v1/completions",
                "{'model':'stand-in','prompt':'hi','stream':true,'stream_options':{'include_usage':true}}");
        List<JsonNode> chunks = events(streamed);
        assertThat(joined(chunks, "/choices/0/text"))
                .isEqualTo(whole.at("/choices/0/text").asText());
        assertThat(chunks.get(0).at("/usage/total_tokens").asInt()).isZero();
        assertThat(chunks.get(chunks.size() - 1).path("usage")).isEqualTo(whole.path("usage"));
        assertThat(streamed.body()).endsWith("data: [DONE]\n\n");
    }

    @Test
    void embeddings_areTheSameAsFloatsAndPacked() {
        JsonNode floats = json(client.post("/v1/embeddings", "{'model':'stand-in-embed','input':'a b'}"));
        JsonNode packed = json(
                client.post("/v1/embeddings", "{'model':'stand-in-embed','input':['a b'],'encoding_format':'base64'}"));
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder()
                        .decode(packed.at("/data/0/embedding").asText()))
                .order(ByteOrder.LITTLE_ENDIAN);
        assertThat(bytes.remaining()).isEqualTo(Vectors.DIMENSIONS * Float.BYTES);
        assertThat(floats.at("/data/0/embedding"))
                .allSatisfy(component -> assertThat(component.floatValue()).isEqualTo(bytes.getFloat()));
        assertThat(floats.at("/usage/prompt_tokens").asInt()).isEqualTo(2);
    }

    @Test
    void models_areListedAndFoundOneByOne() {
        assertThat(json(client.get("/v1/models")).findValuesAsText("id"))
                .containsExactly("stand-in:latest", "stand-in-embed:latest");
        assertThat(json(client.get("/v1/models/stand-in")).path("id").asText()).isEqualTo("stand-in");
    }

    @Test
    void responsesStream_hasOllamasSequenceOfEvents() {
        HttpResponse<String> response = client.post(
                "/v1/responses", "{'model':'stand-in','input':'hello','stream':true,'max_output_tokens':2}");
        List<JsonNode> events = events(response);
        assertThat(strings(events, "/type"))
                .containsExactly(
                        "response.created",
                        "response.in_progress",
                        "response.output_item.added",
                        "response.content_part.added",
                        "response.output_text.delta",
                        "response.output_text.delta",
                        "response.output_text.done",
                        "response.content_part.done",
                        "response.output_item.done",
                        "response.completed");
        assertThat(strings(events, "/sequence_number"))
                .containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
        JsonNode completed = events.get(9).path("response");
        assertThat(completed.at("/output/0/content/0/text").asText()).isEqualTo("This is");
        assertThat(completed.at("/usage/output_tokens").asInt()).isEqualTo(2);
        assertThat(response.body())
                .contains("event: response.completed\ndata: ")
                .doesNotContain("[DONE]");
    }

    @Test
    void responsesUnstreamed_takesAListOfMessages() {
        JsonNode answer = json(client.post(
                "/v1/responses",
                "{'model':'stand-in','input':[{'role':'user','content':[{'type':'input_text','text':'hello'}]}]}"));
        assertThat(answer.path("status").asText()).isEqualTo("completed");
        assertThat(answer.at("/output/0/content/0/text").asText()).endsWith("words: hello");
    }

    @Test
    void error_hasOpenAisShape() {
        HttpResponse<String> response =
                client.post("/v1/chat/completions", "{'model':'nope','messages':[{'role':'user','content':'hello'}]}");
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(json(response)).isEqualTo(json("""
                {"error":{"message":"model 'nope' not found","type":"not_found_error","param":null,"code":null}}"""));
    }
}
