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
