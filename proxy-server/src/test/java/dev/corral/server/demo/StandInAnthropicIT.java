package dev.corral.server.demo;

import static dev.corral.server.demo.StandInClient.events;
import static dev.corral.server.demo.StandInClient.joined;
import static dev.corral.server.demo.StandInClient.json;
import static dev.corral.server.demo.StandInClient.strings;
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

class StandInAnthropicIT {
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
    void stream_hasTheSequenceOfEventsAndTheFinalUsage() {
        HttpResponse<String> response = client.post(
                "/v1/messages",
                "{'model':'stand-in','max_tokens':2,'stream':true,'messages':[{'role':'user','content':'hello'}]}");
        List<JsonNode> events = events(response);
        assertThat(strings(events, "/type"))
                .containsExactly(
                        "message_start",
                        "content_block_start",
                        "content_block_delta",
                        "content_block_delta",
                        "content_block_stop",
                        "message_delta",
                        "message_stop");
        assertThat(joined(events, "/delta/text")).isEqualTo("This is");
        assertThat(events.get(5).at("/delta/stop_reason").asText()).isEqualTo("max_tokens");
        assertThat(events.get(5).at("/usage/output_tokens").asInt()).isEqualTo(2);
        assertThat(response.body()).startsWith("event: message_start\ndata: {");
    }

    @Test
    void whole_readsBlocksAndSystem() {
        JsonNode answer = json(client.post(
                "/v1/messages",
                "{'model':'stand-in','max_tokens':100,'system':'be brief','messages':[{'role':'user','content':"
                        + "[{'type':'text','text':'one'},{'type':'text','text':'two'}]}]}"));
        assertThat(answer.at("/content/0/text").asText()).endsWith("words: one two");
        assertThat(answer.path("stop_reason").asText()).isEqualTo("end_turn");
        assertThat(answer.at("/usage/input_tokens").asInt()).isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'model':'stand-in','messages':[{'role':'user','content':'x'}]} | 400 | invalid_request_error",
                "{'model':'stand-in','max_tokens':5,'messages':[]} | 400 | invalid_request_error",
                "{'model':'nope','max_tokens':5,'messages':[{'role':'user','content':'x'}]} | 404 | not_found_error",
            })
    void error_hasAnthropicsShape(String body, int status, String type) {
        HttpResponse<String> response = client.post("/v1/messages", body);
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(json(response).path("type").asText()).isEqualTo("error");
        assertThat(json(response).at("/error/type").asText()).isEqualTo(type);
        assertThat(json(response).at("/error/message").asText()).isNotEmpty();
    }
}
