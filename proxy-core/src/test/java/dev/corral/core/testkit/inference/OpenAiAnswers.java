package dev.corral.core.testkit.inference;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code /v1/*} but responses and messages (Ollama {@code openai/openai.go}, {@code middleware/openai.go}). */
final class OpenAiAnswers {
    static final String ERROR = "{\"error\":{\"message\":\"an error was encountered while running the model\","
            + "\"type\":\"api_error\",\"param\":null,\"code\":null}}\n";

    /** {@link NativeAnswers#CREATED} in seconds. */
    private static final long CREATED = 1767323045;

    private static final String DONE = "[DONE]";

    private OpenAiAnswers() {}

    static List<Frame> chat(Order order, boolean usage) {
        Costs costs = order.costs();
        List<Frame> frames = new ArrayList<>();
        for (int i = 0; i < costs.completionTokens(); i++) {
            String role = i == 0 ? "\"role\":\"assistant\"," : "";
            String delta = i < costs.thinking()
                    ? "\"content\":\"\",\"reasoning\":\"" + costs.thought(i) + "\""
                    : "\"content\":\"" + costs.word(i) + "\"";
            frames.add(Frame.data(chatChunk(order, choice(role + delta, null)) + "}", true));
        }
        switch (order.fault()) {
            // The error's own text is lost.
            case ERROR ->
                frames.add(Frame.data(
                        chatChunk(order, choice("\"content\":\"\"", null)).replace(named(order), "\"model\":\"\"")
                                + "}",
                        false));
            case NO_END -> {}
            default -> {
                frames.add(Frame.data(chatChunk(order, choice("", "stop")) + "}", false));
                if (usage) {
                    frames.add(Frame.data(chatChunk(order, "") + usage(order) + "}", false));
                }
                frames.add(Frame.data(DONE, false));
            }
        }
        return frames;
    }

    static List<Frame> completions(Order order, boolean usage) {
        Costs costs = order.costs();
        String zero = usage ? usage(0, 0) : "";
        List<Frame> frames = new ArrayList<>();
        for (int i = 0; i < costs.completionTokens(); i++) {
            frames.add(Frame.data(textChunk(order, text(costs.word(i), null)) + zero + "}", true));
        }
        switch (order.fault()) {
            case ERROR ->
                frames.add(Frame.data(
                        textChunk(order, text("", null)).replace(named(order), "\"model\":\"\"") + zero + "}", false));
            case NO_END -> {}
            default -> {
                frames.add(Frame.data(textChunk(order, text("", "stop")) + zero + "}", false));
                if (usage) {
                    frames.add(Frame.data(textChunk(order, "") + usage(order) + "}", false));
                }
                frames.add(Frame.data(DONE, false));
            }
        }
        return frames;
    }

    static String wholeChat(Order order) {
        String thoughts = order.costs().thoughts();
        return head("chatcmpl-", order, "chat.completion") + "," + named(order)
                + ",\"system_fingerprint\":\"fp_ollama\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
                + "\"content\":\"" + order.costs().said() + "\""
                + (thoughts.isEmpty() ? "" : ",\"reasoning\":\"" + thoughts + "\"")
                + "},\"finish_reason\":\"stop\"}]" + usage(order) + "}\n";
    }

    static String wholeText(Order order) {
        Costs costs = order.costs();
        StringBuilder words = new StringBuilder();
        for (int i = 0; i < costs.completionTokens(); i++) {
            words.append(costs.word(i));
        }
        return head("cmpl-", order, "text_completion") + "," + named(order)
                + ",\"system_fingerprint\":\"fp_ollama\",\"choices\":[" + text(words.toString(), "stop") + "]"
                + usage(order) + "}\n";
    }

    static String embeddings(Order order) {
        int read = order.costs().promptTokens();
        return "{\"object\":\"list\",\"data\":[{\"object\":\"embedding\",\"embedding\":[0.5,-0.25],\"index\":0}],"
                + named(order) + ",\"usage\":{\"prompt_tokens\":" + read + ",\"total_tokens\":" + read + "}}\n";
    }

    static String transcription(Order order) {
        Costs costs = order.costs();
        StringBuilder words = new StringBuilder();
        for (int i = 0; i < costs.completionTokens(); i++) {
            words.append(costs.word(i));
        }
        return "{\"text\":\"" + words.toString().strip() + "\"}\n";
    }

    private static String head(String prefix, Order order, String object) {
        return "{\"id\":\"" + prefix + order.number() % 999 + "\",\"object\":\"" + object + "\",\"created\":" + CREATED;
    }

    private static String named(Order order) {
        return "\"model\":\"" + order.model() + "\"";
    }

    private static String chatChunk(Order order, String choice) {
        return head("chatcmpl-", order, "chat.completion.chunk") + "," + named(order)
                + ",\"system_fingerprint\":\"fp_ollama\",\"choices\":[" + choice + "]";
    }

    private static String choice(String delta, @Nullable String reason) {
        return "{\"index\":0,\"delta\":{" + delta + "},\"finish_reason\":" + quoted(reason) + "}";
    }

    private static String textChunk(Order order, String choice) {
        return head("cmpl-", order, "text_completion") + ",\"choices\":[" + choice + "]," + named(order)
                + ",\"system_fingerprint\":\"fp_ollama\"";
    }

    private static String text(String text, @Nullable String reason) {
        return "{\"text\":\"" + text + "\",\"index\":0,\"finish_reason\":" + quoted(reason) + "}";
    }

    private static String quoted(@Nullable String text) {
        return text == null ? "null" : "\"" + text + "\"";
    }

    private static String usage(Order order) {
        return usage(order.costs().promptTokens(), order.costs().completionTokens());
    }

    private static String usage(int prompt, int completion) {
        return ",\"usage\":{\"prompt_tokens\":" + prompt + ",\"completion_tokens\":" + completion + ",\"total_tokens\":"
                + (prompt + completion) + "}";
    }
}
