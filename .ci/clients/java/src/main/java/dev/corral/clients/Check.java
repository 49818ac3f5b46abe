package dev.corral.clients;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.ollama.OllamaChatModel;
import dev.langchain4j.model.ollama.OllamaEmbeddingModel;
import dev.langchain4j.model.ollama.OllamaStreamingChatModel;
import io.github.ollama4j.Ollama;
import io.github.ollama4j.models.chat.OllamaChatMessageRole;
import io.github.ollama4j.models.chat.OllamaChatRequest;
import io.github.ollama4j.models.chat.OllamaChatStreamObserver;
import io.github.ollama4j.models.generate.OllamaGenerateRequest;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** LangChain4j and ollama4j against a running Corral; every check looks at real content. */
public final class Check {
    private static final String URL = setting("CORRAL_URL");
    private static final String KEY = setting("CORRAL_KEY");
    private static final String WRONG_KEY = setting("CORRAL_WRONG_KEY");
    private static final String MODEL = setting("CORRAL_MODEL");
    private static final String EMBEDDING_MODEL = setting("CORRAL_EMBEDDING_MODEL");
    private static final String LONG_PROMPT = setting("CORRAL_LONG_PROMPT");
    private static final String QUESTION = "Why is the sky blue?";

    private int failed;
    private int aborts;

    private interface Body {
        /** Returns what the user was shown, or an empty string. */
        String run() throws Exception;
    }

    private interface Action {
        void run() throws Exception;
    }

    private Check() {}

    public static void main(String[] args) {
        Check check = new Check();
        check.langChain4j();
        check.ollama4j();
        System.out.println("aborts " + check.aborts);
        System.exit(check.failed == 0 ? 0 : 1);
    }

    private void langChain4j() {
        check("langchain4j chat", () -> {
            ChatResponse answer = chatModel(KEY).chat(UserMessage.from(QUESTION));
            expect(!answer.aiMessage().text().isEmpty(), "no text");
            expect(answer.tokenUsage().outputTokenCount() > 0, "no token count");
            return "";
        });
        check("langchain4j chat, stream", () -> {
            Collector collector = new Collector(Integer.MAX_VALUE);
            streamingModel(KEY).chat(QUESTION, collector);
            ChatResponse answer = collector.whole.get(30, TimeUnit.SECONDS);
            expect(collector.pieces.get() > 2, collector.pieces + " pieces");
            expect(collector.text.toString().equals(answer.aiMessage().text()), "pieces and whole differ");
            return "";
        });
        check("langchain4j embed", () -> {
            float[] vector = OllamaEmbeddingModel.builder()
                    .baseUrl(URL)
                    .modelName(EMBEDDING_MODEL)
                    .customHeaders(bearer(KEY))
                    .build()
                    .embed("one")
                    .content()
                    .vector();
            expect(vector.length > 1, "no vector");
            return "";
        });
        check("langchain4j abort", () -> {
            Collector collector = new Collector(3);
            streamingModel(KEY).chat(LONG_PROMPT, collector);
            aborts++;
            collector.left.get(30, TimeUnit.SECONDS);
            return "";
        });
        check("langchain4j wrong key", () -> {
            String shown = refusal(() -> chatModel(WRONG_KEY).chat(QUESTION));
            expect(shown.contains("AuthenticationException"), shown);
            return shown;
        });
    }

    private void ollama4j() {
        check("ollama4j list", () -> {
            expect(client(KEY).listModels().stream().anyMatch(m -> m.getName().equals(MODEL)), "model missing");
            return "";
        });
        check("ollama4j show", () -> {
            expect(client(KEY).getModelDetails(MODEL).getDetails() != null, "no details");
            return "";
        });
        check("ollama4j chat", () -> {
            var answer = client(KEY).chat(chatRequest(), null).getResponseModel();
            expect(answer.isDone() && !answer.getMessage().getResponse().isEmpty(), "no text");
            return "";
        });
        check("ollama4j chat, stream", () -> {
            AtomicInteger pieces = new AtomicInteger();
            var observer = new OllamaChatStreamObserver(piece -> {}, piece -> pieces.incrementAndGet());
            client(KEY).chat(chatRequest().withStreaming(), observer);
            expect(pieces.get() > 2, pieces + " pieces");
            return "";
        });
        check("ollama4j generate", () -> {
            OllamaGenerateRequest request =
                    OllamaGenerateRequest.builder().withModel(MODEL).withPrompt(QUESTION).build();
            expect(!client(KEY).generate(request, null).getResponse().isEmpty(), "no text");
            return "";
        });
        // No embed: ollama4j 1.1.6 sends no Authorization with /api/embed, whatever key it was given.
        check("ollama4j wrong key", () -> refusal(() -> client(WRONG_KEY).listModels()));
        check("ollama4j pull with a user key", () -> {
            String shown = refusal(() -> client(KEY).pullModel("llama3"));
            expect(shown.contains("/api/pull"), shown);
            return shown;
        });
    }

    private static OllamaChatModel chatModel(String key) {
        return OllamaChatModel.builder()
                .baseUrl(URL)
                .modelName(MODEL)
                .customHeaders(bearer(key))
                .maxRetries(0)
                .timeout(Duration.ofSeconds(30))
                .build();
    }

    private static OllamaStreamingChatModel streamingModel(String key) {
        return OllamaStreamingChatModel.builder()
                .baseUrl(URL)
                .modelName(MODEL)
                .customHeaders(bearer(key))
                .timeout(Duration.ofSeconds(30))
                .build();
    }

    private static Ollama client(String key) {
        Ollama client = new Ollama(URL);
        client.setBearerAuth(key);
        client.setRequestTimeoutSeconds(30);
        return client;
    }

    private static OllamaChatRequest chatRequest() {
        return OllamaChatRequest.builder().withModel(MODEL).withMessage(OllamaChatMessageRole.USER, QUESTION);
    }

    private static Map<String, String> bearer(String key) {
        return Map.of("Authorization", "Bearer " + key);
    }

    /** Gathers a stream; leaves it after a number of pieces. */
    private static final class Collector implements StreamingChatResponseHandler {
        private final CompletableFuture<ChatResponse> whole = new CompletableFuture<>();
        private final CompletableFuture<Integer> left = new CompletableFuture<>();
        private final AtomicInteger pieces = new AtomicInteger();
        private final StringBuffer text = new StringBuffer();
        private final int leaveAfter;

        Collector(int leaveAfter) {
            this.leaveAfter = leaveAfter;
        }

        @Override
        public void onPartialResponse(PartialResponse piece, PartialResponseContext context) {
            text.append(piece.text());
            if (pieces.incrementAndGet() == leaveAfter) {
                context.streamingHandle().cancel();
                left.complete(leaveAfter);
            }
        }

        @Override
        public void onCompleteResponse(ChatResponse response) {
            whole.complete(response);
        }

        @Override
        public void onError(Throwable problem) {
            whole.completeExceptionally(problem);
            left.completeExceptionally(problem);
        }
    }

    private void check(String name, Body body) {
        try {
            String shown = body.run();
            System.out.println("ok   " + name + (shown.isEmpty() ? "" : ": shows \"" + oneLine(shown) + '"'));
        } catch (Exception | AssertionError problem) {
            failed++;
            System.out.println("FAIL " + name + ": " + oneLine(problem.toString()));
        }
    }

    private static String refusal(Action action) {
        try {
            action.run();
        } catch (Exception refused) {
            return refused.toString();
        }
        throw new AssertionError("was not refused");
    }

    private static void expect(boolean truth, String what) {
        if (!truth) {
            throw new AssertionError(what);
        }
    }

    private static String oneLine(String text) {
        return text.replace('\n', ' ').replace('\r', ' ');
    }

    private static String setting(String name) {
        String value = System.getenv(name);
        if (value == null || value.isEmpty()) {
            throw new IllegalStateException(name + " is not set");
        }
        return value;
    }
}
