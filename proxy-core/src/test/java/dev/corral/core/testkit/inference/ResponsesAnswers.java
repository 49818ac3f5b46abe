package dev.corral.core.testkit.inference;

import java.util.ArrayList;
import java.util.List;

/** {@code /v1/responses} (Ollama {@code openai/responses.go:ResponsesStreamConverter}: maps, so members are in order). */
final class ResponsesAnswers {
    private static final long CREATED = 1767323045;

    private final Order order;
    private final Costs costs;
    private final List<Frame> frames = new ArrayList<>();
    private final String thinkId;
    private final String saidId;
    private int output;

    private ResponsesAnswers(Order order) {
        this.order = order;
        this.costs = order.costs();
        this.thinkId = "rs_" + order.number();
        this.saidId = "msg_" + order.number();
    }

    static List<Frame> stream(Order order) {
        return new ResponsesAnswers(order).tell();
    }

    static String whole(Order order) {
        Costs costs = order.costs();
        String thoughts = costs.thoughts();
        String reasoning = thoughts.isEmpty()
                ? ""
                : "{\"id\":\"rs_resp_" + order.number()
                        + "\",\"type\":\"reasoning\",\"summary\":[{\"type\":\"summary_text\",\"text\":\"" + thoughts
                        + "\"}],\"encrypted_content\":\"" + thoughts + "\"},";
        return "{\"id\":\"resp_" + order.number() + "\",\"object\":\"response\",\"created_at\":" + CREATED
                + ",\"completed_at\":" + CREATED + ",\"status\":\"completed\",\"incomplete_details\":null,\"model\":\""
                + order.model() + "\",\"previous_response_id\":null,\"instructions\":null,\"output\":[" + reasoning
                + "{\"id\":\"msg_" + order.number() + "\",\"type\":\"message\",\"status\":\"completed\","
                + "\"role\":\"assistant\",\"content\":[{\"type\":\"output_text\",\"text\":\"" + costs.said()
                + "\",\"annotations\":[],\"logprobs\":[]}]}],\"error\":null,\"tools\":[],\"tool_choice\":\"auto\","
                + "\"truncation\":\"disabled\",\"parallel_tool_calls\":true,\"text\":{\"format\":{\"type\":\"text\"}},"
                + "\"top_p\":1,\"presence_penalty\":0,\"frequency_penalty\":0,\"top_logprobs\":0,\"temperature\":1,"
                + "\"reasoning\":null,\"usage\":{\"input_tokens\":" + costs.promptTokens() + ",\"output_tokens\":"
                + costs.completionTokens() + ",\"total_tokens\":" + (costs.promptTokens() + costs.completionTokens())
                + ",\"input_tokens_details\":{\"cached_tokens\":0},\"output_tokens_details\":{\"reasoning_tokens\":0}},"
                + "\"max_output_tokens\":" + order.ceiling() + ",\"max_tool_calls\":null,\"store\":false,"
                + "\"background\":false,\"service_tier\":\"default\",\"metadata\":{},\"safety_identifier\":null,"
                + "\"prompt_cache_key\":null}\n";
    }

    private List<Frame> tell() {
        event("response.created", "\"response\":" + response("null", "[]", "in_progress", "null"), false);
        event("response.in_progress", "\"response\":" + response("null", "[]", "in_progress", "null"), false);
        think();
        if (costs.words() > 0) {
            say();
        }
        if (order.fault() != Fault.ERROR && order.fault() != Fault.NO_END) {
            finish();
        }
        return frames;
    }

    private void think() {
        for (int i = 0; i < costs.thinking(); i++) {
            if (i == 0) {
                added("{\"id\":\"" + thinkId + "\",\"summary\":[],\"type\":\"reasoning\"}");
            }
            event(
                    "response.reasoning_summary_text.delta",
                    "\"delta\":\"" + costs.thought(i) + "\",\"item_id\":\"" + thinkId + "\",\"output_index\":" + output,
                    ",\"summary_index\":0",
                    true);
        }
        // Ollama ends the thought only when a word comes, or the end.
        boolean goesOn = costs.words() > 0 || (order.fault() != Fault.ERROR && order.fault() != Fault.NO_END);
        if (costs.thinking() > 0 && goesOn) {
            event(
                    "response.reasoning_summary_text.done",
                    "\"item_id\":\"" + thinkId + "\",\"output_index\":" + output,
                    ",\"summary_index\":0,\"text\":\"" + costs.thoughts() + "\"",
                    false);
            event("response.output_item.done", "\"item\":" + thought() + ",\"output_index\":" + output, false);
            output++;
        }
    }

    private void say() {
        added(message("[]", "in_progress"));
        event(
                "response.content_part.added",
                "\"content_index\":0,\"item_id\":\"" + saidId + "\",\"output_index\":" + output + ",\"part\":"
                        + part(""),
                false);
        for (int i = costs.thinking(); i < costs.completionTokens(); i++) {
            event(
                    "response.output_text.delta",
                    "\"content_index\":0,\"delta\":\"" + costs.word(i) + "\",\"item_id\":\"" + saidId
                            + "\",\"logprobs\":[],\"output_index\":" + output,
                    true);
        }
    }

    private void finish() {
        String said = "[" + part(costs.said()) + "]";
        if (costs.words() > 0) {
            event(
                    "response.output_text.done",
                    "\"content_index\":0,\"item_id\":\"" + saidId + "\",\"logprobs\":[],\"output_index\":" + output,
                    ",\"text\":\"" + costs.said() + "\"",
                    false);
            event(
                    "response.content_part.done",
                    "\"content_index\":0,\"item_id\":\"" + saidId + "\",\"output_index\":" + output + ",\"part\":"
                            + part(costs.said()),
                    false);
            event(
                    "response.output_item.done",
                    "\"item\":" + message(said, "completed") + ",\"output_index\":" + output,
                    false);
        }
        String all = "["
                + (costs.thinking() > 0 ? thought() + (costs.words() > 0 ? "," : "") : "")
                + (costs.words() > 0 ? message(said, "completed") : "") + "]";
        String usage = "{\"input_tokens\":" + costs.promptTokens()
                + ",\"input_tokens_details\":{\"cached_tokens\":0},\"output_tokens\":" + costs.completionTokens()
                + ",\"output_tokens_details\":{\"reasoning_tokens\":0},\"total_tokens\":"
                + (costs.promptTokens() + costs.completionTokens()) + "}";
        event("response.completed", "\"response\":" + response("" + CREATED, all, "completed", usage), false);
    }

    private void added(String item) {
        event("response.output_item.added", "\"item\":" + item + ",\"output_index\":" + output, false);
    }

    private void event(String type, String before, boolean token) {
        event(type, before, "", token);
    }

    private void event(String type, String before, String after, boolean token) {
        String number = ",\"sequence_number\":" + frames.size();
        frames.add(Frame.event(type, "{" + before + number + after + ",\"type\":\"" + type + "\"}", token));
    }

    private String thought() {
        return "{\"encrypted_content\":\"" + costs.thoughts() + "\",\"id\":\"" + thinkId
                + "\",\"summary\":[{\"text\":\"" + costs.thoughts() + "\",\"type\":\"summary_text\"}],"
                + "\"type\":\"reasoning\"}";
    }

    private String message(String content, String status) {
        return "{\"content\":" + content + ",\"id\":\"" + saidId + "\",\"role\":\"assistant\",\"status\":\"" + status
                + "\",\"type\":\"message\"}";
    }

    private static String part(String text) {
        return "{\"annotations\":[],\"logprobs\":[],\"text\":\"" + text + "\",\"type\":\"output_text\"}";
    }

    private String response(String completedAt, String all, String status, String usage) {
        return "{\"background\":false,\"completed_at\":" + completedAt + ",\"created_at\":" + CREATED
                + ",\"error\":null,\"frequency_penalty\":0,\"id\":\"resp_" + order.number()
                + "\",\"incomplete_details\":null,\"instructions\":null,\"max_output_tokens\":" + order.ceiling()
                + ",\"max_tool_calls\":null,\"metadata\":{},\"model\":\"" + order.model()
                + "\",\"object\":\"response\",\"output\":" + all
                + ",\"parallel_tool_calls\":true,\"presence_penalty\":0,\"previous_response_id\":null,"
                + "\"prompt_cache_key\":null,\"reasoning\":null,\"safety_identifier\":null,"
                + "\"service_tier\":\"default\",\"status\":\"" + status
                + "\",\"store\":false,\"temperature\":1,\"text\":{\"format\":{\"type\":\"text\"}},"
                + "\"tool_choice\":\"auto\",\"tools\":[],\"top_logprobs\":0,\"top_p\":1,\"truncation\":\"disabled\","
                + "\"usage\":" + usage + "}";
    }
}
