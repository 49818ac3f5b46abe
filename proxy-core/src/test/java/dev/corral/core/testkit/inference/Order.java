package dev.corral.core.testkit.inference;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.corral.core.spi.Endpoint;
import dev.corral.core.testkit.Requests;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One request and what will be produced for it.
 *
 * @param number of the order; stands in the prompt, so that the upstream recognises it
 * @param endpoint an inference route
 * @param model as the client names it
 * @param streamed whether the client asks for a stream; only for routes that have one
 * @param usageAsked whether the client of a stream asks for {@code stream_options.include_usage}
 * @param costs what is produced
 * @param fault what goes wrong
 */
public record Order(
        int number, Endpoint endpoint, String model, boolean streamed, boolean usageAsked, Costs costs, Fault fault) {
    private static final Pattern NUMBER = Pattern.compile("order (\\d+)[^\\d]");

    /** More than will be produced, so that nothing is cut. */
    private static final int ROOM = 100;

    /** Whether the route can stream at all. */
    public static boolean streams(Endpoint endpoint) {
        return switch (endpoint) {
            case GENERATE, CHAT, CHAT_COMPLETIONS, COMPLETIONS, RESPONSES, MESSAGES -> true;
            default -> false;
        };
    }

    /** Whether Ollama tells token counts on this route (ollama-api section 3.14). */
    public static boolean tellsTokens(Endpoint endpoint) {
        return switch (endpoint) {
            case EMBEDDINGS, TRANSCRIPTIONS -> false;
            default -> true;
        };
    }

    /** Whether Ollama tells how long it took. */
    public static boolean tellsTime(Endpoint endpoint) {
        return switch (endpoint) {
            case GENERATE, CHAT, EMBED -> true;
            default -> false;
        };
    }

    /** Whether the route generates tokens rather than vectors. */
    public static boolean generates(Endpoint endpoint) {
        return switch (endpoint) {
            case EMBED, EMBEDDINGS, V1_EMBEDDINGS -> false;
            default -> true;
        };
    }

    /** Tokens generated where all goes well. */
    public int completionTokens() {
        return generates(endpoint) ? costs.completionTokens() : 0;
    }

    /** The most tokens that the request asks for. */
    public int ceiling() {
        return completionTokens() + ROOM;
    }

    /** The number in a body that was made by {@link #body}; -1 where there is none. */
    static int numberIn(String body) {
        Matcher matcher = NUMBER.matcher(body);
        return matcher.find() ? Integer.parseInt(body.substring(matcher.start(1), matcher.end(1))) : -1;
    }

    /** The whole request on the wire. Further fields are given whole, such as {@code "Accept: a/b"}. */
    public String request(String... fields) {
        String type = endpoint == Endpoint.TRANSCRIPTIONS ? "multipart/form-data; boundary=b" : "application/json";
        String[] all = new String[fields.length + 1];
        System.arraycopy(fields, 0, all, 0, fields.length);
        all[fields.length] = "Content-Type: " + type;
        return Requests.post(endpoint.pattern(), body(), all);
    }

    /** The body's bytes. */
    public int bodySize() {
        return body().getBytes(UTF_8).length;
    }

    /** What the model is to read: four bytes for a token, as the common estimate has it, and the number. */
    String prompt() {
        return "order " + number + ":" + " abc".repeat(costs.promptTokens());
    }

    /** The body. */
    public String body() {
        String prompt = prompt();
        String said = "\"messages\":[{\"role\":\"user\",\"content\":\"" + prompt + "\"}]";
        return switch (endpoint) {
            case GENERATE -> json("\"prompt\":\"" + prompt + "\"", options());
            case CHAT -> json(said, options());
            case EMBED, V1_EMBEDDINGS -> json("\"input\":\"" + prompt + "\"", "");
            case EMBEDDINGS -> json("\"prompt\":\"" + prompt + "\"", "");
            case CHAT_COMPLETIONS -> json(said, "\"max_tokens\":" + ceiling() + usage() + stream(false));
            case COMPLETIONS ->
                json("\"prompt\":\"" + prompt + "\"", "\"max_tokens\":" + ceiling() + usage() + stream(false));
            case RESPONSES ->
                json("\"input\":\"" + prompt + "\"", "\"max_output_tokens\":" + ceiling() + stream(false));
            case MESSAGES -> json(said, "\"max_tokens\":" + ceiling() + stream(false));
            case TRANSCRIPTIONS -> form(prompt);
            default -> throw new IllegalArgumentException(endpoint + " (expected: an inference route)");
        };
    }

    private String json(String what, String more) {
        return "{\"model\":\"" + model + "\"," + what + (more.isEmpty() ? "" : "," + more) + "}";
    }

    private String options() {
        return "\"options\":{\"num_predict\":" + ceiling() + "}" + stream(true);
    }

    private String stream(boolean otherwise) {
        return streamed == otherwise ? "" : ",\"stream\":" + streamed;
    }

    private String usage() {
        return streamed && usageAsked ? ",\"stream_options\":{\"include_usage\":true}" : "";
    }

    private String form(String prompt) {
        return part("\"model\"", model) + part("\"prompt\"", prompt) + part("\"file\"; filename=\"a.wav\"", "RIFF")
                + "--b--\r\n";
    }

    private static String part(String name, String value) {
        return "--b\r\nContent-Disposition: form-data; name=" + name + "\r\n\r\n" + value + "\r\n";
    }
}
