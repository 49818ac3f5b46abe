package dev.corral.core.meter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.EndpointGroup;
import dev.corral.core.spi.Metering;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What each dialect's answers carry, however they are cut. */
final class DialectsTest {
    private static void check(Recorded recorded, byte[] bytes, int... cuts) {
        Feed feed = Feed.pieces(recorded.meter(false), bytes, cuts);
        assertThat(feed.end()).isEqualTo(bytes);
        assertThat(Recorded.told(feed.result())).as("cut at %s", cuts).isEqualTo(recorded.expected());
    }

    @ParameterizedTest
    @EnumSource
    void inOnePiece(Recorded recorded) {
        check(recorded, recorded.bytes());
    }

    @ParameterizedTest
    @EnumSource
    void cutAtEveryByte(Recorded recorded) {
        byte[] bytes = recorded.bytes();
        for (int cut = 0; cut <= bytes.length; cut++) {
            check(recorded, bytes, cut);
        }
    }

    @ParameterizedTest
    @EnumSource
    void byteByByte(Recorded recorded) {
        byte[] bytes = recorded.bytes();
        check(recorded, bytes, IntStream.range(0, bytes.length).toArray());
    }

    @ParameterizedTest
    @EnumSource
    void cutAtRandom(Recorded recorded) {
        byte[] bytes = recorded.bytes();
        Random random = new Random(recorded.ordinal());
        for (int round = 0; round < 300; round++) {
            check(recorded, bytes, Feed.randomCuts(random, bytes.length, 30));
        }
    }

    @ParameterizedTest
    @EnumSource
    void brokenOffAnywhere_neverCountsMoreThanTheWhole(Recorded recorded) {
        byte[] bytes = recorded.bytes();
        for (int length = 0; length < bytes.length; length++) {
            Feed feed = new Feed(recorded.meter(false));
            feed.pass(Arrays.copyOf(bytes, length), true);
            Metering metering = feed.result();
            long most = Feed.pieces(recorded.meter(false), bytes).result().completionTokens();
            assertThat(metering.pieces()).isLessThanOrEqualTo(10);
            if (recorded.stream()) {
                assertThat(metering.completionTokens()).isLessThanOrEqualTo(most);
            }
            if (length < bytes.length - 16 && recorded != Recorded.TRANSCRIPTION_TEXT) {
                assertThat(metering.ended())
                        .as("after %d of %d", length, bytes.length)
                        .isFalse();
            }
        }
    }

    @Test
    void nativeDurations_areToldApart() {
        Metering metering =
                Feed.pieces(Recorded.CHAT.meter(false), Recorded.CHAT.bytes()).result();
        assertThat(metering.loadNanos()).isEqualTo(269_809_326);
        assertThat(metering.promptNanos()).isEqualTo(11_500_000);
        assertThat(metering.evalNanos()).isEqualTo(40_000_000);
        assertThat(metering.gpuNanos()).isEqualTo(269_809_326 + 11_500_000 + 40_000_000);
        Metering embed =
                Feed.pieces(Recorded.EMBED.meter(false), Recorded.EMBED.bytes()).result();
        assertThat(embed.gpuNanos()).isEqualTo(14_143_917);
        assertThat(embed.loadNanos()).isEqualTo(1_019_500);
        assertThat(embed.evalNanos()).isEqualTo(-1);
    }

    @Test
    void whereNoDurationIsTold_theTimeSinceItWasSentCounts() {
        ResponseMeter meter = Recorded.MESSAGES.meter(false);
        Feed.pieces(meter, Recorded.MESSAGES.bytes()).end();
        Metering metering = meter.result(5, 10, 110, 0);
        assertThat(metering.gpuNanos()).isEqualTo(100);
        assertThat(metering.loadNanos()).isEqualTo(-1);
        assertThat(metering.promptNanos()).isEqualTo(-1);
        assertThat(metering.evalNanos()).isEqualTo(-1);
    }

    private static Metering chat(String... lines) {
        Feed feed = new Feed(Recorded.CHAT.meter(false));
        for (String line : lines) {
            feed.pass((line + '\n').getBytes(UTF_8), true);
        }
        feed.end();
        return feed.result();
    }

    /** Ollama answers a request that only loads a model without any duration, after a minute. */
    @Test
    void durationsThatAreAbsent_areNotZero() {
        Metering load = chat("{\"message\":{\"content\":\"\"},\"done\":true,\"done_reason\":\"load\"}");
        assertThat(load.ended()).isTrue();
        assertThat(load.tokens()).isZero();
        assertThat(load.gpuNanos()).as("a second passed").isEqualTo(1_000_000_000L);
        assertThat(load.loadNanos()).isEqualTo(-1);
        assertThat(load.evalNanos()).isEqualTo(-1);
        assertThat(chat("{\"done\":true,\"total_duration\":70,\"load_duration\":60}")
                        .gpuNanos())
                .isEqualTo(70);
        Metering cached = chat("{\"done\":true,\"total_duration\":70,\"load_duration\":6,\"eval_duration\":30}");
        assertThat(cached.gpuNanos()).isEqualTo(36);
        assertThat(cached.promptNanos()).isEqualTo(-1);
    }

    /** Thinking and a format: only the second of two runs is told of. */
    @Test
    void morePiecesThanTold_areWhatWasGenerated() {
        String thought = "{\"message\":{\"content\":\"\",\"thinking\":\"a\"},\"done\":false}";
        String end = "{\"message\":{\"content\":\"\"},\"done\":true,\"prompt_eval_count\":7,\"eval_count\":1,"
                + "\"load_duration\":5,\"prompt_eval_duration\":6,\"eval_duration\":7";
        Metering twice = chat(thought, thought, thought, thought, end + ",\"total_duration\":900}");
        assertThat(twice.completionTokens()).isEqualTo(4);
        assertThat(twice.promptTokens()).isEqualTo(7);
        assertThat(twice.source()).isEqualTo(Metering.Source.ESTIMATED);
        assertThat(twice.gpuNanos()).isEqualTo(900);
        assertThat(chat(thought, thought, thought, end + "}").gpuNanos()).isEqualTo(2_000_000_005L);
        Metering once = chat(thought, thought, end + ",\"total_duration\":900}");
        assertThat(once.completionTokens()).isEqualTo(1);
        assertThat(once.source()).isEqualTo(Metering.Source.REPORTED);
        assertThat(once.gpuNanos()).isEqualTo(18);
    }

    @Test
    void silence_isAWholeTranscription_butNotWhereItBreaksOff() {
        Feed feed = new Feed(Recorded.TRANSCRIPTION_TEXT.meter(false));
        assertThat(feed.result().ended()).isFalse();
        assertThat(feed.end()).isEmpty();
        assertThat(feed.result().ended()).isTrue();
        assertThat(feed.result().completionTokens()).isZero();
        Feed blank = Feed.pieces(Recorded.TRANSCRIPTION_TEXT.meter(false), " \n".getBytes(UTF_8));
        blank.end();
        assertThat(blank.result().ended()).isTrue();
    }

    @Test
    void times_areThoseOfThePiecesOfContent() {
        String line = "{\"response\":\"x\",\"done\":false}\n";
        Feed feed = new Feed(Recorded.GENERATE.meter(false));
        feed.pass(new byte[0], true);
        feed.pass((line + line).getBytes(UTF_8), true);
        feed.pass("{\"response\":\"\",\"done\":false}\n".getBytes(UTF_8), true);
        feed.pass(line.getBytes(UTF_8), true);
        feed.pass(line.getBytes(UTF_8), true);
        Metering metering = feed.result();
        assertThat(metering.pieces()).isEqualTo(4);
        assertThat(metering.firstTokenNanos()).isEqualTo(1_000_000_000L);
        assertThat(metering.gapNanos()).isEqualTo(3_000_000_000L);
        assertThat(metering.longestGapNanos()).isEqualTo(2_000_000_000L);
        Metering whole = Feed.pieces(Recorded.CHAT_WHOLE.meter(false), Recorded.CHAT_WHOLE.bytes())
                .result();
        assertThat(whole.firstTokenNanos()).isEqualTo(-1);
        assertThat(whole.gapNanos()).isZero();
    }

    @Test
    void everyInferenceEndpoint_isRecorded_andNoOtherIsMetered() {
        for (Endpoint endpoint : Endpoint.values()) {
            if (endpoint.group() == EndpointGroup.INFERENCE) {
                assertThat(Recorded.values()).anyMatch(one -> one.endpoint() == endpoint);
            } else {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> ResponseMeter.of(endpoint, "application/json", false))
                        .withMessageContaining(endpoint.name());
            }
        }
    }
}
