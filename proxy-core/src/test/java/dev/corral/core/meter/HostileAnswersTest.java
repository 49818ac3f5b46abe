package dev.corral.core.meter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.Metering;
import dev.corral.core.spi.Metering.Source;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Answers that are wrong, or made by a model that wants to pay less. */
final class HostileAnswersTest {
    private static final String END = "{\"done\":true,\"prompt_eval_count\":5,\"eval_count\":6}\n";

    private static Metering metered(Endpoint endpoint, String type, String body) {
        Feed feed = Feed.pieces(ResponseMeter.of(endpoint, type, false), body.getBytes(UTF_8), body.length() / 2);
        assertThat(new String(feed.end(), UTF_8)).isEqualTo(body);
        return feed.result();
    }

    private static Metering lines(String body) {
        return metered(Endpoint.CHAT, "application/x-ndjson", body);
    }

    @Test
    void whatStandsDeeper_orInText_isNoEnd() {
        for (String line : new String[] {
            "{\"message\":{\"content\":\"x\",\"done\":true,\"eval_count\":1}}",
            "{\"response\":\"x\",\"a\":{\"done\":true}}",
            "{\"response\":\"x\",\"a\":[{\"done\":true,\"eval_count\":1}]}",
            "{\"response\":\"x\\\",\\\"done\\\":true\"}",
            "{\"response\":\"x\\\\\",\"done\":false}",
            "{\"response\":\"x\",\"\\\"done\":true}",
            "{\"response\":\"x\",\"done\\\"\":true}",
            "{\"response\":\"x\",\"done\":[true]}",
            "{\"response\":\"x\",\"done\":{\"done\":true}}",
            "{\"response\":\"x\",\"done\":true,\"done\":false}",
            "{\"response\":\"x\",\"DONE\":true}"
        }) {
            Metering metering = lines(line + '\n');
            assertThat(metering.ended()).as(line).isFalse();
            assertThat(metering.completionTokens()).as(line).isEqualTo(1);
        }
    }

    @Test
    void ofMembersGivenTwice_theLastCounts() {
        Metering metering = lines("{\"done\":false,\"eval_count\":9,\"eval_count\":4,\"done\":true}\n");
        assertThat(metering.ended()).isTrue();
        assertThat(metering.completionTokens()).isEqualTo(4);
        assertThat(lines("{\"eval_count\":9,\"eval_count\":null,\"done\":true}\n")
                        .completionTokens())
                .isEqualTo(9);
    }

    @Test
    void numbersThatAreNoCounts_areNone_andLargeOnesDoNotOverflow() {
        for (String number : new String[] {"-1", "1.5", "1e3", "\"7\"", "[7]", "{\"eval_count\":7}", "true"}) {
            assertThat(lines("{\"done\":true,\"eval_count\":" + number + "}\n").completionTokens())
                    .as(number)
                    .isZero();
        }
        String much = "9".repeat(400);
        Metering metering =
                lines("{\"done\":true,\"eval_count\":" + much + ",\"prompt_eval_count\":" + much + ",\"load_duration\":"
                        + much + ",\"eval_duration\":" + much + ",\"prompt_eval_duration\":" + much + "}\n");
        assertThat(metering.tokens()).isPositive();
        assertThat(metering.gpuNanos()).isPositive();
    }

    @Test
    void whatIsNoJson_isPassed_andTheNextLineIsRead() {
        for (String bad : new String[] {
            "",
            " ",
            "x",
            "null",
            "[]",
            "7",
            "{",
            "}",
            "{]",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{\"a\":tru}",
            "{,}",
            "{\"a\":\"\u0001\"}",
            "{\"a\":[1 2]]}",
            "{\"a\"",
            "{\"",
            "{\"a\":\"\\",
            "{\"message\":{\"content\":\"x]}",
            "{\"a\":nul",
            "{\"a\":-",
            "<html>",
            "{\"a\":1}{\"done\":true}",
            "{\"message\":[}",
            "{'done':true}",
            "\uFEFF{}",
            "data: {\"done\":true}",
            "{\"done\":truetrue}",
            "{\"done\" true}",
            "{\"done\":true"
        }) {
            Metering metering = lines(bad + '\n' + END);
            assertThat(Recorded.told(metering)).as(bad).isEqualTo("REPORTED ended=true prompt=5 completion=6 pieces=0");
            assertThat(lines(bad).ended()).as(bad).isFalse();
            assertThat(lines(bad + '\n').ended()).as(bad).isFalse();
            assertThat(metered(Endpoint.CHAT, "application/json", bad).source()).isEqualTo(Source.ESTIMATED);
        }
    }

    @Test
    void oneObjectMayStandOnManyLines_whereItIsAllOfTheBody() {
        String pretty = "{\n \"message\": {\n  \"content\": \"x\"\n },\n \"done\"\n:\n true,\n \"eval_count\": 6\n}\n";
        Metering metering = metered(Endpoint.CHAT, "application/json", pretty);
        assertThat(metering.ended()).isTrue();
        assertThat(metering.completionTokens()).isEqualTo(6);
    }

    @Test
    void anyDepth_andAnyLength_isReadOver() {
        int size = 3_000_000;
        for (String deep :
                new String[] {"[".repeat(size) + "]".repeat(size), "{\"a\":".repeat(size) + "1" + "}".repeat(size)}) {
            assertThat(lines("{\"response\":\"x\",\"a\":" + deep + ",\"done\":true,\"eval_count\":3}\n")
                            .completionTokens())
                    .isEqualTo(3);
            assertThat(lines("{\"message\":" + deep + ",\"done\":true,\"eval_count\":3}\n")
                            .ended())
                    .isTrue();
            assertThat(lines(deep).ended()).isFalse();
        }
        String text = "x\\n".repeat(size);
        assertThat(lines("{\"" + text + "\":1,\"response\":\"" + text + "\",\"done\":true,\"eval_count\":3}\n")
                        .completionTokens())
                .isEqualTo(3);
    }

    @Test
    void linesOfEventsThatAreNoData_areNoData() {
        String usage = "{\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":6}}";
        for (String line : new String[] {
            "event: " + usage,
            "id: [DONE]",
            ": [DONE]",
            "dat: " + usage,
            "datax: " + usage,
            " data: " + usage,
            "data",
            "data:",
            "data: ",
            "data: [DONE",
            "data: [DONX]",
            "\rdata: [DONE]",
            "retry: 1",
            "data: x[DONE]"
        }) {
            Metering metering = metered(Endpoint.COMPLETIONS, "text/event-stream", line + "\n\n");
            assertThat(Recorded.told(metering))
                    .as(line)
                    .isEqualTo("ESTIMATED ended=false prompt=1000 completion=0 pieces=0");
        }
        for (String good :
                new String[] {"data:" + usage, "data: " + usage, "data:  " + usage, ":x\ndata: " + usage + "\r"}) {
            Metering metering =
                    metered(Endpoint.COMPLETIONS, "Text/Event-Stream; charset=utf-8", good + "\n\ndata:[DONE]\n\n");
            assertThat(Recorded.told(metering))
                    .as(good)
                    .isEqualTo("REPORTED ended=true prompt=5 completion=6 pieces=0");
        }
    }

    @Test
    void aTypeWithEscapes_isNotTheOneBefore() {
        Metering metering = metered(
                Endpoint.MESSAGES,
                "text/event-stream",
                "data: {\"type\":\"message_stap\"}\n\ndata: {\"type\":\"\\\"ssage_stop\"}\n\n");
        assertThat(metering.ended()).isFalse();
    }

    @Test
    void anything_passesUnharmed() {
        Random random = new Random(7);
        String alphabet = "{}[]\":,\\ntrufalse0123 \r\n\u00e9data:choices usage";
        for (int round = 0; round < 20_000; round++) {
            Recorded recorded = Recorded.values()[random.nextInt(Recorded.values().length)];
            StringBuilder body = new StringBuilder();
            for (int i = random.nextInt(60); i > 0; i--) {
                body.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            byte[] bytes = body.toString().getBytes(UTF_8);
            Feed feed = Feed.pieces(recorded.meter(false), bytes, Feed.randomCuts(random, bytes.length, 5));
            assertThat(feed.end()).isEqualTo(bytes);
            assertThat(feed.result().tokens()).isNotNegative();
        }
    }
}
