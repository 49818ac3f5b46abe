package dev.corral.core.testkit.inference;

import dev.corral.core.spi.Endpoint;
import java.util.ArrayList;
import java.util.List;

/** {@code /api/*} (Ollama {@code api/types.go}, {@code server/routes.go:streamResponse}). */
final class NativeAnswers {
    static final String CREATED = "2026-01-02T03:04:05.678901234Z";
    static final String ERROR = "{\"error\":\"an error was encountered while running the model\"}";

    private NativeAnswers() {}

    static List<Frame> stream(Order order) {
        Costs costs = order.costs();
        List<Frame> frames = new ArrayList<>();
        for (int i = 0; i < costs.thinking(); i++) {
            frames.add(Frame.token(begun(order, "", costs.thought(i)) + ",\"done\":false}\n"));
        }
        for (int i = costs.thinking(); i < costs.completionTokens(); i++) {
            frames.add(Frame.token(begun(order, costs.word(i), "") + ",\"done\":false}\n"));
        }
        if (order.fault() == Fault.ERROR) {
            frames.add(Frame.plain(ERROR + "\n"));
        } else if (order.fault() != Fault.NO_END) {
            frames.add(Frame.plain(begun(order, "", "") + done(order) + "\n"));
        }
        return frames;
    }

    static String whole(Order order) {
        return begun(order, order.costs().said(), order.costs().thoughts()) + done(order);
    }

    static String embed(Order order) {
        Costs costs = order.costs();
        return "{\"model\":\"" + order.model() + "\",\"embeddings\":[[0.5,-0.25]],\"total_duration\":"
                + costs.gpuNanos() + count("load_duration", costs.loadNanos())
                + count("prompt_eval_count", costs.promptTokens()) + "}";
    }

    static String embeddings() {
        return "{\"embedding\":[0.5,-0.25]}";
    }

    private static String begun(Order order, String text, String thought) {
        String thinking = thought.isEmpty() ? "" : ",\"thinking\":\"" + thought + "\"";
        String content = order.endpoint() == Endpoint.CHAT
                ? "\"message\":{\"role\":\"assistant\",\"content\":\"" + text + "\"" + thinking + "}"
                : "\"response\":\"" + text + "\"" + thinking;
        return "{\"model\":\"" + order.model() + "\",\"created_at\":\"" + CREATED + "\"," + content;
    }

    private static String done(Order order) {
        Costs costs = order.costs();
        String context = order.endpoint() == Endpoint.CHAT ? "" : ",\"context\":[0,1,2]";
        return ",\"done\":true,\"done_reason\":\"stop\"" + context + count("total_duration", costs.gpuNanos())
                + count("load_duration", costs.loadNanos()) + count("prompt_eval_count", costs.promptTokens())
                + count("prompt_eval_duration", costs.promptNanos()) + count("eval_count", costs.completionTokens())
                + count("eval_duration", costs.evalNanos()) + "}";
    }

    /** Zero is left out. */
    private static String count(String name, long value) {
        return value == 0 ? "" : ",\"" + name + "\":" + value;
    }
}
