package dev.corral.core.meter;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What Corral asked for is gone, and nothing else. */
final class UsageCutTest {
    /** A stream as it comes, and as it would have come, had nobody asked. */
    private enum Pair {
        CHAT(Recorded.CHAT_COMPLETIONS_USAGE, Recorded.CHAT_COMPLETIONS),
        COMPLETIONS(Recorded.COMPLETIONS_USAGE, Recorded.COMPLETIONS),
        NOT_TOLD(Recorded.CHAT_COMPLETIONS, Recorded.CHAT_COMPLETIONS),
        BROKEN_OFF(Recorded.CHAT_COMPLETIONS_ERROR, Recorded.CHAT_COMPLETIONS_ERROR);

        private final Recorded comes;
        private final Recorded wanted;

        Pair(Recorded comes, Recorded wanted) {
            this.comes = comes;
            this.wanted = wanted;
        }

        private void check(int... cuts) {
            check(comes.bytes(), wanted.bytes(), cuts);
        }

        private void check(byte[] in, byte[] out, int... cuts) {
            Feed feed = Feed.pieces(comes.meter(true), in, cuts);
            byte[] passed = feed.end();
            if (!Arrays.equals(passed, out)) {
                assertThat(new String(passed, UTF_8)).as("cut at %s", cuts).isEqualTo(new String(out, UTF_8));
            }
            assertThat(Recorded.told(feed.result())).as("cut at %s", cuts).isEqualTo(comes.expected());
        }
    }

    @ParameterizedTest
    @EnumSource
    void cutAtEveryByte(Pair pair) {
        byte[] bytes = pair.comes.bytes();
        IntStream.rangeClosed(0, bytes.length).forEach(pair::check);
        pair.check(IntStream.range(0, bytes.length).toArray());
    }

    @ParameterizedTest
    @EnumSource
    void cutAtRandom_withEitherEndOfLine(Pair pair) {
        Random random = new Random(pair.ordinal());
        byte[] in = crlf(pair.comes);
        byte[] out = crlf(pair.wanted);
        for (int round = 0; round < 500; round++) {
            pair.check(Feed.randomCuts(random, pair.comes.bytes().length, 40));
            pair.check(in, out, Feed.randomCuts(random, in.length, 40));
        }
    }

    @Test
    void whoAskedItself_getsEverything() {
        for (Recorded recorded : Recorded.values()) {
            ResponseMeter meter = recorded.meter(false);
            assertThat(meter.cuts()).isFalse();
            assertThat(Feed.pieces(meter, recorded.bytes(), 7, 20).end()).isEqualTo(recorded.bytes());
        }
    }

    @Test
    void whatCorralNeverAsksFor_staysWhole() {
        for (Recorded recorded : new Recorded[] {
            Recorded.COMPLETIONS_WHOLE,
            Recorded.CHAT_COMPLETIONS_WHOLE,
            Recorded.RESPONSES,
            Recorded.MESSAGES,
            Recorded.CHAT
        }) {
            ResponseMeter meter = recorded.meter(true);
            assertThat(meter.cuts()).isFalse();
            assertThat(Feed.pieces(meter, recorded.bytes(), 7, 20).end()).isEqualTo(recorded.bytes());
        }
    }

    @Test
    void wholeEvents_areNotKeptBack() {
        byte[] bytes = Recorded.CHAT_COMPLETIONS.bytes();
        for (int length = 0; length <= bytes.length; length++) {
            Feed feed = new Feed(Recorded.CHAT_COMPLETIONS.meter(true));
            feed.pass(Arrays.copyOf(bytes, length), true);
            String seen = new String(bytes, 0, length, ISO_8859_1);
            int whole = seen.lastIndexOf("\n\n") < 0 ? 0 : seen.lastIndexOf("\n\n") + 2;
            assertThat(feed.passed()).isEqualTo(Arrays.copyOf(bytes, whole));
            assertThat(feed.end()).isEqualTo(Arrays.copyOf(bytes, length));
        }
    }

    @Test
    void anEventBeyondTheBound_passesBeforeItIsWhole_andUncut() {
        String long1 = "data: {\"choices\":[],\"x\":\"" + "y".repeat(UsageCut.LONGEST_EVENT) + "\",\"usage\":{}}\n\n";
        String usage = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":6}}\n\n";
        byte[] bytes = (long1 + usage + "data: [DONE]\n\n").getBytes(UTF_8);
        String wanted = long1 + "data: [DONE]\n\n";
        Feed feed = new Feed(Recorded.COMPLETIONS.meter(true));
        int within = UsageCut.LONGEST_EVENT;
        feed.pass(Arrays.copyOf(bytes, within), true);
        assertThat(feed.passed()).isEmpty();
        feed.pass(Arrays.copyOfRange(bytes, within, within + 1), true);
        assertThat(feed.passed()).hasSize(within + 1);
        feed.pass(Arrays.copyOfRange(bytes, within + 1, bytes.length), true);
        assertThat(new String(feed.end(), UTF_8)).isEqualTo(wanted);
        assertThat(feed.result().completionTokens()).isEqualTo(6);

        for (int cut : new int[] {1, 20, within + 1, within + 30, long1.length(), long1.length() + 10}) {
            assertThat(new String(
                            Feed.pieces(Recorded.COMPLETIONS.meter(true), bytes, cut)
                                    .end(),
                            UTF_8))
                    .isEqualTo(wanted);
        }
    }

    @Test
    void theMember_goesWhereverItStands() {
        String[][] events = {
            {"data: {\"usage\":null,\"choices\":[1]}", "data: {\"choices\":[1]}"},
            {"data: { \"usage\" : {} , \"choices\":[1]}", "data: { \"choices\":[1]}"},
            {"data: {\"choices\":[1],\"usage\":7}", "data: {\"choices\":[1]}"},
            {
                "data: {\"choices\":[1] , \"usage\": [] , \"x\":{\"usage\":1}}",
                "data: {\"choices\":[1] , \"x\":{\"usage\":1}}"
            },
            {"data: {\"usage\":{}}", "data: {}"},
            {": comment", ": comment"},
            {"event: usage\ndata: {\"choices\":[{\"usage\":1}]}", "event: usage\ndata: {\"choices\":[{\"usage\":1}]}"}
        };
        String out = "";
        String comes = "";
        for (String[] event : events) {
            comes += event[0] + "\n\n";
            out += event[1] + "\n\n";
        }
        byte[] in = comes.getBytes(UTF_8);
        for (int cut = 0; cut <= in.length; cut++) {
            byte[] passed =
                    Feed.pieces(Recorded.COMPLETIONS.meter(true), in, cut).end();
            // Blanks around what goes may stay.
            assertThat(new String(passed, UTF_8).replace(" ", "")).isEqualTo(out.replace(" ", ""));
        }
    }

    @Test
    void brokenOffWithinTheUsage_theRestPasses_butNotTheUsage() {
        String usage = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":6}}";
        Feed whole = Feed.pieces(Recorded.COMPLETIONS.meter(true), usage.getBytes(UTF_8));
        assertThat(whole.end()).isEmpty();
        Feed part = Feed.pieces(
                Recorded.COMPLETIONS.meter(true), usage.substring(0, 60).getBytes(UTF_8));
        assertThat(new String(part.end(), UTF_8)).isEqualTo(usage.substring(0, 60));
    }

    @Test
    void release_givesBackWhatIsKept_onceAndForAll() {
        ResponseMeter meter = Recorded.COMPLETIONS.meter(true);
        Feed feed = new Feed(meter);
        feed.pass("data: {".getBytes(UTF_8), true);
        meter.release();
        meter.release();
        assertThat(meter.rest().isReadable()).isFalse();
        assertThat(feed.passed()).isEmpty();
    }

    private static byte[] crlf(Recorded recorded) {
        return new String(recorded.bytes(), UTF_8).replace("\n", "\r\n").getBytes(UTF_8);
    }
}
