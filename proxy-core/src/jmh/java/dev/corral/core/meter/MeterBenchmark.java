package dev.corral.core.meter;

import dev.corral.core.spi.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to count one piece of an answer that passes: {@code bench/jmh} runs it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class MeterBenchmark {
    /** What one read brings: one token, or a long answer that came at once. */
    @Param({"native", "chat", "chat-cut", "completions-cut", "responses", "messages", "embeddings-1m", "text-1m"})
    public String piece = "";

    private final ByteBufAllocator alloc = PooledByteBufAllocator.DEFAULT;
    private ByteBuf bytes = alloc.directBuffer();
    private ResponseMeter meter = ResponseMeter.of(Endpoint.CHAT, "", false);
    private int end;

    /** Makes the piece and the meter that sees nothing else. */
    @Setup
    public void makePiece() {
        String chunk = "data: {\"id\":\"chatcmpl-597\",\"object\":\"chat.completion.chunk\",\"created\":1763819000,"
                + "\"model\":\"llama3\",\"system_fingerprint\":\"fp_ollama\",\"choices\":[{\"index\":0,"
                + "\"delta\":{\"content\":\" token\"},\"finish_reason\":null}]}\n\n";
        String text = switch (piece) {
            case "native" ->
                "{\"model\":\"llama3\",\"created_at\":\"2026-11-22T14:03:12.020001234Z\","
                        + "\"message\":{\"role\":\"assistant\",\"content\":\" token\"},\"done\":false}\n";
            case "chat", "chat-cut" -> chunk;
            case "completions-cut" ->
                "data: {\"id\":\"cmpl-12\",\"object\":\"text_completion\",\"created\":1763819000,\"choices\":[{"
                        + "\"text\":\" token\",\"index\":0,\"finish_reason\":null}],\"model\":\"llama3\","
                        + "\"system_fingerprint\":\"fp_ollama\",\"usage\":{\"prompt_tokens\":0,"
                        + "\"completion_tokens\":0,\"total_tokens\":0}}\n\n";
            case "responses" ->
                "event: response.output_text.delta\ndata: {\"content_index\":0,\"delta\":\" token\",\"item_id\":"
                        + "\"msg_1\",\"logprobs\":[],\"output_index\":0,\"sequence_number\":7,"
                        + "\"type\":\"response.output_text.delta\"}\n\n";
            case "messages" ->
                "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,"
                        + "\"delta\":{\"type\":\"text_delta\",\"text\":\" token\"}}\n\n";
            case "embeddings-1m" -> "{\"embeddings\":[[" + "0.010071029,-0.0017594862,".repeat(40_000) + "0]]}\n";
            case "text-1m" -> "{\"response\":\"" + "The quick brown fox.\\n".repeat(47_000) + "\"}\n";
            default -> throw new IllegalArgumentException(piece);
        };
        bytes.writeCharSequence(text, StandardCharsets.US_ASCII);
        end = bytes.writerIndex();
        meter = switch (piece) {
            case "chat", "chat-cut" ->
                ResponseMeter.of(Endpoint.CHAT_COMPLETIONS, "text/event-stream", piece.endsWith("cut"));
            case "completions-cut" -> ResponseMeter.of(Endpoint.COMPLETIONS, "text/event-stream", true);
            case "responses" -> ResponseMeter.of(Endpoint.RESPONSES, "text/event-stream", false);
            case "messages" -> ResponseMeter.of(Endpoint.MESSAGES, "text/event-stream", false);
            default -> ResponseMeter.of(Endpoint.GENERATE, "application/x-ndjson", false);
        };
        System.out.println("# " + piece + ": " + end + " bytes");
    }

    /** Gives the piece back. */
    @TearDown
    public void release() {
        meter.release();
        bytes.release();
    }

    /** One piece, from direct memory as in the proxy. */
    @Benchmark
    public boolean pass() {
        bytes.setIndex(0, end).retain();
        return meter.pass(bytes, 1, alloc).release();
    }
}
