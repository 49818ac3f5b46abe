package dev.corral.core.meter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;

/** Answers that a fuzzer finds: in whatever pieces they come, the same is counted and the same passes. */
final class MeterFuzz {
    /**
     * One answer.
     *
     * @param input a byte that chooses the dialect, one that chooses where the answer is cut in two, and the answer
     */
    @FuzzTest
    @DictionaryEntries({
        "data: ",
        "\\x0A\\x0A",
        "[DONE]",
        "\"choices\":[]",
        "\"usage\":{\"prompt_tokens\":1",
        "\"done\":true",
        "\"eval_count\":1",
        "\"message\":{\"content\":\"x\"}",
        "\"type\":\"message_stop\"",
        "\"type\":\"response.completed\"",
        "\"delta\":",
        "\\x0D\\x0A",
        "\\\"",
        "\\\\"
    })
    void answer_isTheSameInAnyPieces(byte[] input) {
        if (input.length < 2) {
            return;
        }
        Recorded dialect = Recorded.values()[(input[0] & 0x7F) % Recorded.values().length];
        boolean cuts = input[0] < 0;
        byte[] answer = Arrays.copyOfRange(input, 2, input.length);
        Feed whole = Feed.pieces(dialect.meter(cuts), answer);
        byte[] passed = whole.end();
        Feed halves = Feed.pieces(dialect.meter(cuts), answer, (input[1] & 0xFF) * answer.length / 255);
        assertThat(new String(halves.end(), UTF_8)).isEqualTo(new String(passed, UTF_8));
        assertThat(Recorded.told(halves.result())).isEqualTo(Recorded.told(whole.result()));
        if (cuts) {
            assertThat(passed.length).isLessThanOrEqualTo(answer.length);
        } else {
            assertThat(passed).isEqualTo(answer);
        }
    }
}
