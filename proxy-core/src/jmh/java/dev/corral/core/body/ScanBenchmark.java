package dev.corral.core.body;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import dev.corral.core.policy.BodyPolicy;
import dev.corral.core.policy.BodyRules;
import dev.corral.core.policy.ManagementRules;
import dev.corral.core.policy.ModelCatalogue;
import dev.corral.core.policy.ModelPattern;
import dev.corral.core.policy.ModelRules;
import dev.corral.core.policy.PolicyDecision;
import dev.corral.core.policy.RolePolicy;
import dev.corral.core.spi.Endpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What reading one request body costs, next to what others take for less: {@code bench/jmh} runs it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ScanBenchmark {
    private static final String END = "\"}]}";
    // What bench/src/streamload.c sends: prose with a line end, quotes and letters that are no ASCII.
    private static final String BENCH = "Explain why the sky is blue, in two sentences.\\nThen quote \\\"Rayleigh\\\": "
            + "caf\u00e9, na\u00efve \\u00e9. ";

    /** What the body holds, and its size in KiB. */
    @Param({"chat-1", "chat-32", "bench-1", "bench-32", "bench-1024", "image-1024", "text-1024", "nonascii-1024"})
    public String body = "";

    private final JsonFieldScanner scanner = new JsonFieldScanner();
    private final BodyPolicy policy = policy();
    private final RolePolicy role = role();
    private final JsonFactory jackson = new JsonFactory();
    private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    private byte[] heap = {};
    private ByteBuffer direct = ByteBuffer.allocate(0);
    private CharBuffer chars = CharBuffer.allocate(0);

    /** Makes a body of exactly the size. */
    @Setup
    public void makeBody() {
        String[] parts = body.split("-");
        int size = Integer.parseInt(parts[1]) << 10;
        heap = switch (parts[0]) {
            case "chat" -> chat(size);
            case "bench" -> filled(size, "\"", BENCH, END);
            case "image" -> filled(size, "\"Look\",\"images\":[\"", "iVBORw0KGgoAAAANSUhEUg", "\"]}]}");
            case "text" -> filled(size, "\"", "The quick brown fox jumps over the lazy dog. ", END);
            case "nonascii" ->
                filled(size, "\"", "\u0421\u044A\u0435\u0448\u044C \u0435\u0449\u0451 \u7684\u6587 ", END);
            default -> throw new IllegalArgumentException(body);
        };
        direct = ByteBuffer.allocateDirect(size).put(heap).flip();
        chars = CharBuffer.allocate(size);
    }

    /** The scan alone, on direct memory as in the proxy. */
    @Benchmark
    public JsonFields scan() throws BadBody {
        return scanner.scan(Endpoint.CHAT, direct);
    }

    /** With the decision of a role that has the shipped rules. */
    @Benchmark
    public PolicyDecision scanAndDecide() throws BadBody {
        return policy.decide(Endpoint.CHAT, role, scanner.scan(Endpoint.CHAT, direct));
    }

    /** Jackson's tokens, none of them looked at, from an array, which it is best at. */
    @Benchmark
    public int jacksonTokens() throws IOException {
        int tokens = 0;
        try (JsonParser parser = jackson.createParser(heap)) {
            while (parser.nextToken() != null) {
                tokens++;
            }
        }
        return tokens;
    }

    /** The JDK's decoder, which finds out whether the bytes are UTF-8 and nothing else. */
    @Benchmark
    public CoderResult utf8() {
        chars.clear();
        decoder.reset();
        return decoder.decode(direct.duplicate(), chars, true);
    }

    private static BodyPolicy policy() {
        ModelCatalogue catalogue = new ModelCatalogue();
        catalogue.learn(Map.of("registry.ollama.ai/library/llama3:latest", ModelCatalogue.Place.LOCAL));
        return new BodyPolicy(catalogue);
    }

    private static RolePolicy role() {
        List<ModelPattern> every = List.of(Objects.requireNonNull(ModelPattern.compile("*")));
        ManagementRules none = new ManagementRules(List.of(), List.of(), List.of(), List.of());
        return new RolePolicy("user", new ModelRules(every, List.of(), false), BodyRules.SAFE, List.of(), none, false);
    }

    /** A conversation of many short messages. */
    private static byte[] chat(int size) {
        String head = "{\"model\":\"llama3\",\"stream\":true,\"options\":{\"temperature\":0.7,\"num_predict\":512},"
                + "\"keep_alive\":\"5m\",\"messages\":[";
        String message = "{\"role\":\"user\",\"content\":\"Why is the sky blue?\\nAnswer briefly.\"},"
                + "{\"role\":\"assistant\",\"content\":\"Because of Rayleigh scattering.\"},";
        StringBuilder out = new StringBuilder(head);
        while (out.length() + message.length() + 40 < size) {
            out.append(message);
        }
        out.append("{\"role\":\"user\",\"content\":\"");
        out.append("x".repeat(size - out.length() - END.length())).append(END);
        return out.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] filled(int size, String before, String filler, String after) {
        byte[] head = ("{\"model\":\"llama3\",\"messages\":[{\"role\":\"user\",\"content\":" + before)
                .getBytes(StandardCharsets.UTF_8);
        byte[] unit = filler.getBytes(StandardCharsets.UTF_8);
        byte[] body = Arrays.copyOf(head, size);
        int end = size - after.length();
        int at = head.length;
        for (; at + unit.length <= end; at += unit.length) {
            System.arraycopy(unit, 0, body, at, unit.length);
        }
        Arrays.fill(body, at, end, (byte) 'x');
        System.arraycopy(after.getBytes(StandardCharsets.US_ASCII), 0, body, end, after.length());
        return body;
    }
}
