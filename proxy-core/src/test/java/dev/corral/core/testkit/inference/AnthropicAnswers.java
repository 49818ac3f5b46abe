package dev.corral.core.testkit.inference;

import java.util.ArrayList;
import java.util.List;

/** {@code /v1/messages} (Ollama {@code anthropic/anthropic.go:StreamConverter}). */
final class AnthropicAnswers {
    static final String ERROR = "{\"type\":\"error\",\"error\":{\"type\":\"api_error\","
            + "\"message\":\"an error was encountered while running the model\"},\"request_id\":\"req_0\"}\n";

    private AnthropicAnswers() {}

    static List<Frame> stream(Order order) {
        Costs costs = order.costs();
        List<Frame> frames = new ArrayList<>();
        frames.add(event(
                "message_start", ",\"message\":" + head(order) + ",\"content\":[]" + usage(guess(order), 0) + "}"));
        int block = 0;
        for (int i = 0; i < costs.completionTokens(); i++) {
            boolean thinks = i < costs.thinking();
            String text = thinks ? costs.thought(i) : costs.word(i);
            if (i == 0) {
                frames.add(start(block, thinks));
            } else if (i == costs.thinking()) {
                frames.add(stop(block));
                frames.add(start(++block, false));
            }
            frames.add(delta(block, thinks ? "thinking" : "text", text));
        }
        if (order.fault() != Fault.ERROR && order.fault() != Fault.NO_END) {
            if (costs.completionTokens() > 0) {
                frames.add(stop(block));
            }
            frames.add(event(
                    "message_delta",
                    ",\"delta\":{\"stop_reason\":\"end_turn\"}"
                            + usage(costs.promptTokens(), costs.completionTokens())));
            frames.add(event("message_stop", ""));
        }
        return frames;
    }

    static String whole(Order order) {
        Costs costs = order.costs();
        String thoughts = costs.thoughts();
        return head(order) + ",\"content\":["
                + (thoughts.isEmpty() ? "" : "{\"type\":\"thinking\",\"thinking\":\"" + thoughts + "\"},")
                + "{\"type\":\"text\",\"text\":\"" + costs.said() + "\"}],\"stop_reason\":\"end_turn\""
                + usage(costs.promptTokens(), costs.completionTokens()) + "}\n";
    }

    /** What the first event says was read: four bytes of the text make a token. */
    private static int guess(Order order) {
        return Math.max(1, order.prompt().length() / 4);
    }

    private static String head(Order order) {
        return "{\"id\":\"msg_" + order.number() + "\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\""
                + order.model() + "\"";
    }

    private static String usage(int input, int output) {
        return ",\"usage\":{\"input_tokens\":" + input + ",\"output_tokens\":" + output + "}";
    }

    private static Frame start(int block, boolean thinks) {
        String type = thinks ? "thinking" : "text";
        return event(
                "content_block_start",
                ",\"index\":" + block + ",\"content_block\":{\"type\":\"" + type + "\",\"" + type + "\":\"\"}");
    }

    private static Frame delta(int block, String type, String text) {
        return Frame.event(
                "content_block_delta",
                "{\"type\":\"content_block_delta\",\"index\":" + block + ",\"delta\":{\"type\":\"" + type
                        + "_delta\",\"" + type + "\":\"" + text + "\"}}",
                true);
    }

    private static Frame stop(int block) {
        return event("content_block_stop", ",\"index\":" + block);
    }

    private static Frame event(String type, String members) {
        return Frame.event(type, "{\"type\":\"" + type + "\"" + members + "}", false);
    }
}
