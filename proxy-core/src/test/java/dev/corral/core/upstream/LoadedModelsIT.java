package dev.corral.core.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.UpstreamSettings;
import dev.corral.core.policy.LoadedListing;
import dev.corral.core.policy.LoadedModel;
import dev.corral.core.spi.NanoClock;
import dev.corral.core.testkit.Answer;
import dev.corral.core.testkit.Await;
import dev.corral.core.testkit.FakeOllama;
import dev.corral.core.testkit.TestClock;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoadedModelsIT {
    private static final Duration TICK = Duration.ofMillis(5);
    private static final String CHAT = "registry.ollama.ai/library/chat:latest";
    private static final String LISTING = "{\"models\":[{\"name\":\"Chat\",\"model\":\"chat:latest\",\"size\":9,"
            + "\"details\":{\"families\":[\"llama\"]},\"size_vram\":6654289920,\"context_length\":4096},"
            + "{\"name\":\"hf.co/a/B:q4\",\"model\":\"hf.co/a/B:q4\",\"size_vram\":-1.5}]}";

    private final FakeOllama ollama = FakeOllama.start();

    @AfterEach
    void end() throws IOException {
        ollama.close();
        ollama.assertScriptsSucceeded();
    }

    @Test
    void loadedModels_areKnownByTheirCanonicalNames() {
        ollama.onRequest(Answer.json(200, LISTING));
        try (LoadedModels loaded = reader()) {
            Await.until("the list", () -> loaded.isLoaded(CHAT));
            assertThat(loaded.models())
                    .containsExactly(new LoadedModel(CHAT, 6_654_289_920L), new LoadedModel("hf.co/a/b:q4", 0));
            assertThat(loaded.isLoaded("chat")).isFalse();
            assertThat(ollama.request(0).method()).isEqualTo("GET");
            assertThat(ollama.request(0).target()).isEqualTo("/api/ps");
            assertThat(ollama.request(0).all("Host")).containsExactly("127.0.0.1:" + ollama.port());
        }
    }

    @Test
    void changes_areSeen() {
        ollama.onRequest(0, Answer.json(200, LISTING));
        ollama.onRequest(Answer.json(200, "{\"models\":[]}"));
        try (LoadedModels loaded = reader()) {
            ollama.awaitRequests(2);
            Await.until("none", () -> loaded.models().isEmpty());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{",
                "{\"models\":7}",
                "{\"models\":[{\"name\":\"chat\"}]}x",
                "",
                "{\"models\":[{\"name\":\"a"
            })
    void unreadableAnswer_meansThatNothingIsLoaded(String answer) {
        ollama.onRequest(Answer.json(200, LISTING));
        try (LoadedModels loaded = reader()) {
            Await.until("the list", () -> loaded.isLoaded(CHAT));
            ollama.onRequest(Answer.json(200, answer));
            Await.until("none", () -> loaded.models().isEmpty());
            ollama.onRequest(Answer.json(200, LISTING));
            Await.until("the list again", () -> loaded.isLoaded(CHAT));
        }
    }

    @Test
    void upstreamThatGoesAway_hasNothingLoadedUntilItIsBack() throws IOException {
        ollama.onRequest(Answer.json(200, LISTING));
        try (LoadedModels loaded = reader()) {
            Await.until("the list", () -> loaded.isLoaded(CHAT));
            ollama.refuse();
            Await.until("none", () -> loaded.models().isEmpty());
            ollama.restart();
            Await.until("the list again", () -> loaded.isLoaded(CHAT));
        }
    }

    @Test
    void longListing_isCutToABound() {
        String many = IntStream.range(0, 500)
                .mapToObj(i -> "{\"name\":\"m" + i + "\",\"size_vram\":" + i + "}")
                .collect(Collectors.joining(",", "{\"models\":[null,5,{},{\"name\":\"\"},", "]}"));
        ollama.onRequest(Answer.json(200, many));
        try (LoadedModels loaded = reader()) {
            Await.until("the list", () -> !loaded.models().isEmpty());
            List<LoadedModel> models = loaded.models();
            assertThat(models).hasSize(LoadedListing.MAX_MODELS);
            assertThat(models.get(63).vramBytes()).isEqualTo(63);
        }
    }

    @Test
    void close_breaksOffAnAnswerThatNeverComes_andEndsTheThread() {
        ollama.onRequest(Answer.NEVER);
        try (LoadedModels loaded = reader(new TestClock())) {
            ollama.awaitRequests(1);
            assertThat(loaded.models()).isEmpty();
        }
        ollama.awaitClosed(ollama.connections().get(0), Await.LONG);
        Await.until(
                "the end of the thread",
                () -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().equals("corral-loaded")));
    }

    private LoadedModels reader() {
        return reader(NanoClock.SYSTEM);
    }

    private LoadedModels reader(NanoClock clock) {
        UpstreamSettings settings = new UpstreamSettings("127.0.0.1", ollama.port(), 1, TICK, TICK, TICK);
        Upstream upstream = new Upstream(settings, (summary) -> {});
        return new LoadedModels(upstream, clock, Duration.ofSeconds(10), TICK);
    }
}
