package dev.corral.core.testkit.inference;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.corral.core.spi.Endpoint;
import java.util.List;
import java.util.stream.Collectors;

/** What Ollama's answer to an order looks like. */
public final class Answers {
    private Answers() {}

    /** The body that Ollama gives to the request as the client sends it, so far as it gets. */
    public static String body(Order order) {
        if (order.fault() == Fault.STATUS) {
            return error(order);
        }
        return chunked(order)
                ? stream(order, order.usageAsked()).stream().map(Frame::text).collect(Collectors.joining())
                : whole(order);
    }

    /** How many tokens are whole in the first bytes of this body. */
    public static int tokensWithin(Order order, int bytes) {
        if (order.fault() == Fault.STATUS || !order.streamed()) {
            return 0;
        }
        int tokens = 0;
        int end = 0;
        for (Frame frame : stream(order, order.usageAsked())) {
            end += frame.text().getBytes(UTF_8).length;
            tokens += frame.token() && end <= bytes ? 1 : 0;
        }
        return tokens;
    }

    static String contentType(Order order) {
        return switch (order.endpoint()) {
            case GENERATE, CHAT -> order.streamed() ? "application/x-ndjson" : "application/json; charset=utf-8";
            case EMBED, EMBEDDINGS -> "application/json; charset=utf-8";
            // Its head is out before the middleware names the type.
            case TRANSCRIPTIONS -> "application/x-ndjson";
            default -> order.streamed() ? "text/event-stream" : "application/json";
        };
    }

    /**
     * The parts of a stream.
     *
     * @param usage whether the request, as it arrived, asks for {@code stream_options.include_usage}
     */
    static List<Frame> stream(Order order, boolean usage) {
        return switch (order.endpoint()) {
            case GENERATE, CHAT -> NativeAnswers.stream(order);
            case CHAT_COMPLETIONS -> OpenAiAnswers.chat(order, usage);
            case COMPLETIONS -> OpenAiAnswers.completions(order, usage);
            case RESPONSES -> ResponsesAnswers.stream(order);
            case MESSAGES -> AnthropicAnswers.stream(order);
            case TRANSCRIPTIONS -> List.of(Frame.plain(OpenAiAnswers.transcription(order)));
            default -> throw new IllegalArgumentException(order.endpoint() + " (expected: a route that streams)");
        };
    }

    static String whole(Order order) {
        return switch (order.endpoint()) {
            case GENERATE, CHAT -> NativeAnswers.whole(order);
            case EMBED -> NativeAnswers.embed(order);
            case EMBEDDINGS -> NativeAnswers.embeddings();
            case CHAT_COMPLETIONS -> OpenAiAnswers.wholeChat(order);
            case COMPLETIONS -> OpenAiAnswers.wholeText(order);
            case V1_EMBEDDINGS -> OpenAiAnswers.embeddings(order);
            case RESPONSES -> ResponsesAnswers.whole(order);
            case MESSAGES -> AnthropicAnswers.whole(order);
            default -> throw new IllegalArgumentException(order.endpoint() + " (expected: a route that answers whole)");
        };
    }

    /** Whether the body comes in chunks. */
    static boolean chunked(Order order) {
        return order.streamed() || order.endpoint() == Endpoint.TRANSCRIPTIONS;
    }

    /** What status 500 says. */
    static String error(Order order) {
        return switch (order.endpoint().dialect()) {
            case NATIVE -> NativeAnswers.ERROR;
            case OPENAI -> OpenAiAnswers.ERROR;
            case ANTHROPIC -> AnthropicAnswers.ERROR;
        };
    }
}
