package dev.corral.core.meter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.Metering;
import dev.corral.core.spi.Metering.Source;
import dev.corral.core.testkit.inference.Order;
import dev.corral.core.testkit.inference.Recorded;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The readers against what Ollama's own middleware says, cut at every byte. */
class RecordedMeterTest {
    private static final long ESTIMATE = 5;
    private static final Map<String, Recorded> BY_NAME = new TreeMap<>();

    static {
        Recorded.all().forEach(recorded -> BY_NAME.put(recorded.name(), recorded));
    }

    static Stream<Recorded> answers() {
        return BY_NAME.values().stream().filter(recorded -> recorded.status() == 200);
    }

    static Stream<Recorded> streamsWithUsage() {
        return answers().filter(recorded -> recorded.name().contains("-usage-"));
    }

    @ParameterizedTest
    @MethodSource("answers")
    void answer_countsTheSameHoweverItIsSplit(Recorded recorded) {
        Metering whole = meter(recorded, false, List.of(recorded.body().getBytes(UTF_8)), new StringBuilder());
        boolean told = Order.tellsTokens(endpoint(recorded)) && ended(recorded) && !withoutUsage(recorded);
        assertThat(whole.source()).isEqualTo(told ? Source.REPORTED : Source.ESTIMATED);
        assertThat(whole.ended()).isEqualTo(ended(recorded));
        // Of a message that breaks off, what its first event guesses is better than nothing.
        long guess = endpoint(recorded) == Endpoint.MESSAGES ? 1 : ESTIMATE;
        assertThat(whole.promptTokens()).isEqualTo(told ? 7 : guess);
        if (Order.generates(endpoint(recorded)) && endpoint(recorded) != Endpoint.TRANSCRIPTIONS) {
            assertThat(whole.completionTokens()).isEqualTo(4);
        }
        for (List<byte[]> pieces : splits(recorded)) {
            StringBuilder passed = new StringBuilder();
            Metering split = meter(recorded, false, pieces, passed);
            assertThat(passed.toString()).isEqualTo(recorded.body());
            assertThat(split).isEqualTo(whole);
        }
    }

    /** The other recording is of the same answer for a client that did not ask. */
    @ParameterizedTest
    @MethodSource("streamsWithUsage")
    void usageThatCorralAskedFor_leavesWhatOllamaWouldHaveSentWithoutIt(Recorded recorded) {
        Recorded plain = BY_NAME.get(recorded.name().replace("-usage-", "-stream-"));
        assertThat(plain).isNotNull();
        Metering expected = meter(recorded, false, List.of(recorded.body().getBytes(UTF_8)), new StringBuilder());
        for (List<byte[]> pieces : splits(recorded)) {
            StringBuilder passed = new StringBuilder();
            assertThat(meter(recorded, true, pieces, passed)).isEqualTo(expected);
            assertThat(anonymous(passed.toString())).isEqualTo(anonymous(plain.body()));
        }
    }

    private static Metering meter(Recorded recorded, boolean cut, List<byte[]> pieces, StringBuilder passed) {
        ResponseMeter meter = ResponseMeter.of(endpoint(recorded), recorded.contentType(), cut);
        for (byte[] piece : pieces) {
            drain(meter.pass(Unpooled.copiedBuffer(piece), 3, ByteBufAllocator.DEFAULT), passed);
        }
        drain(meter.rest(), passed);
        meter.release();
        return meter.result(1, 2, 4, ESTIMATE);
    }

    /** Bytes as characters, so that a character may be cut. */
    private static void drain(ByteBuf buffer, StringBuilder passed) {
        while (buffer.isReadable()) {
            passed.append((char) buffer.readUnsignedByte());
        }
        buffer.release();
    }

    /** In two at every byte, and all bytes apart. */
    private static List<List<byte[]>> splits(Recorded recorded) {
        byte[] body = recorded.body().getBytes(UTF_8);
        List<List<byte[]>> splits = new ArrayList<>();
        List<byte[]> apart = new ArrayList<>();
        for (int at = 0; at < body.length; at++) {
            splits.add(List.of(Arrays.copyOfRange(body, 0, at), Arrays.copyOfRange(body, at, body.length)));
            apart.add(new byte[] {body[at]});
        }
        splits.add(apart);
        return splits;
    }

    private static boolean ended(Recorded recorded) {
        return !recorded.name().endsWith("-error") && !recorded.name().endsWith("-unended");
    }

    /** Of these Ollama tells no counts where nobody asked. */
    private static boolean withoutUsage(Recorded recorded) {
        return recorded.name().matches("v1(chat|completions)-stream-.*");
    }

    private static Endpoint endpoint(Recorded recorded) {
        return switch (recorded.name().replaceFirst("-.*", "")) {
            case "generate" -> Endpoint.GENERATE;
            case "chat" -> Endpoint.CHAT;
            case "v1chat" -> Endpoint.CHAT_COMPLETIONS;
            case "v1completions" -> Endpoint.COMPLETIONS;
            case "responses" -> Endpoint.RESPONSES;
            case "messages" -> Endpoint.MESSAGES;
            case "embed" -> Endpoint.EMBED;
            case "embeddings" -> Endpoint.EMBEDDINGS;
            case "v1embeddings" -> Endpoint.V1_EMBEDDINGS;
            case "transcriptions" -> Endpoint.TRANSCRIPTIONS;
            default -> throw new IllegalArgumentException(recorded.name());
        };
    }

    private static String anonymous(String body) {
        return body.replaceAll("cmpl-[0-9]+", "cmpl-N").replaceAll("\"created\":[0-9]+", "\"created\":0");
    }
}
