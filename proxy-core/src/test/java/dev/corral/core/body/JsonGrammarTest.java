package dev.corral.core.body;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.spi.Endpoint;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is JSON for a request body, and where a refusal points. */
final class JsonGrammarTest {
    private final JsonFieldScanner scanner = new JsonFieldScanner();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-0",
                "10",
                "1.5",
                "-0.0",
                "1e9",
                "1E+9",
                "1e-9",
                "0.0e00",
                "123456789012345678901234567890",
                "1e999",
                "true",
                "false",
                "null",
                "\"\"",
                "\"\u007f\"",
                "\"\u2028\ufeff\ufffe\"",
                "\"\\ud800\"",
                "\"\\udc00x\"",
                "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\uABcd\"",
                "\"\u00e9\u20ac\ud83d\ude00\u0800\uffff\"",
                "[]",
                "{}",
                "[ ]",
                "{ }",
                "[[],{}]",
                "[1 , 2]",
                "{\"a\" : 1 , \"a\" : 2}",
                "\"12345678\"",
                "\"1234567\"",
                "\"123456789\""
            })
    void everyGoodValue_passesWhereverItStands(String value) {
        assertThat(Scans.scan(Endpoint.CHAT, "{\"x\":" + value + "}").bodyStart())
                .isOne();
        assertThat(Scans.scan(Endpoint.CHAT, " \t\r\n{ \"x\" : [ " + value + " ] } \t\r\n")
                        .bodyStart())
                .isEqualTo(5);
        assertThat(Scans.scan(Endpoint.CHAT, "{\"messages\":[{\"content\":" + value + "}]}")
                        .size(BodyField.MESSAGES))
                .isOne();
        assertThat(Scans.scan(Endpoint.CHAT, "{\"options\":{\"seed\":" + value + "}}")
                        .size(BodyField.OPTIONS))
                .isOne();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "01",
                "00",
                "-01",
                "1.",
                ".5",
                "+1",
                "-",
                "--1",
                "1e",
                "1e+",
                "1e-",
                "1.e1",
                "1.5.",
                "0x1",
                "1_0",
                "NaN",
                "Infinity",
                "-Infinity",
                "True",
                "TRUE",
                "tru",
                "truee",
                "nul",
                "nulll",
                "fals",
                "undefined",
                "'a'",
                "a",
                "\"",
                "\"\\\"",
                "\"\\x41\"",
                "\"\\u12\"",
                "\"\\u12g4\"",
                "\"\\u-123\"",
                "\"\\U0041\"",
                "\"\\'\"",
                "\"a\nb\"",
                "\"a\tb\"",
                "\"a\u0000b\"",
                "\"a\u001fb\"",
                "\"0123456\u0001\"",
                "\"01234567\u0001\"",
                "[1,]",
                "[,1]",
                "[,]",
                "[1 2]",
                "[",
                "]",
                "[1",
                "[}",
                "{]",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1,}",
                "{,}",
                "{\"a\" 1}",
                "{a:1}",
                "{1:1}",
                "{'a':1}",
                "{\"a\":1 \"b\":2}",
                "{\"a\"::1}",
                "//x\n1",
                "/*x*/1",
                "1//x",
                "#1",
                "\u00a01",
                "\u000b1",
                "\ufeff1",
                "1\u0000",
                "\"a\"\"b\"",
                "null null"
            })
    void everyBadValue_isRefusedWhereverItStands(String value) {
        Scans.invalid("{\"x\":" + value + "}");
        Scans.invalid("{\"x\":[" + value + "]}");
        Scans.invalid("{\"model\":" + value + "}");
        Scans.invalid("{\"messages\":[{\"content\":" + value + "}]}");
        Scans.invalid("{\"messages\":[" + value + "]}");
        Scans.invalid("{\"options\":{\"seed\":" + value + "}}");
        Scans.invalid("{\"tools\":[{\"type\":" + value + "}]}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "\r\n",
                "null",
                "[]",
                "\"a\"",
                "1",
                "true",
                "\ufeff{}",
                "{}{}",
                "{}x",
                "{},",
                "{} null",
                "{}\u0000",
                "{}//",
                "//\n{}",
                "x{}",
                "{",
                "}",
                "{\"model\":\"a\"",
                "{\"model\":\"a\"]",
                "({})",
                "{}}",
                "{\"model\"",
                "{\"a\":1,}",
                "{,\"a\":1}",
                "{\"a\":1 \"b\":1}",
                "{\"a\" \"b\"}",
                "{null:1}"
            })
    void whatIsNotOneObject_isRefused(String body) {
        Scans.invalid(body);
    }

    @ParameterizedTest
    @CsvSource({
        "'', 0, an object",
        "'[', 0, an object",
        "'  [', 2, an object",
        "'{', 1, in quotes",
        "'{\"model\" 1}', 9, :",
        "'{\"model\":01}', 10, '','' or ''}'''",
        "'{\"model\":1.x}', 11, a digit",
        "'{\"model\":-}', 10, a digit",
        "'{\"x\":[1 2]}', 8, '','' or '']'''",
        "'{\"x\":[1,]}', 8, a value",
        "'{\"x\":trux}', 5, true",
        "'{\"x\":\"a\\x\"}', 8, behind a backslash",
        "'{\"x\":\"\\u00z0\"}', 10, a hexadecimal digit",
        "'{\"x\":\"abc', 9, end",
        "'{\"x\":\"\u00e9\u0001\"}', 8, an escape",
        "'{} x', 3, nothing behind",
    })
    void refusal_pointsAtTheByteAndSaysWhatWasExpected(String body, int offset, String expected) {
        assertThat(Scans.invalid(body))
                .hasMessageContaining("at byte " + offset + ": expected ")
                .hasMessageContaining(expected);
    }

    @Test
    void refusal_neverQuotesTheBody() {
        String body = "{\"x\": SECRET}";

        assertThat(Scans.invalid(body).getMessage()).doesNotContain("SECRET").doesNotContain("'S'");
    }

    @Test
    void depth_isBoundedTheSameInWhatIsReadAndWhatIsSkipped() {
        int most = JsonFieldScanner.MAX_DEPTH - 1;
        for (String name : new String[] {"x", "model", "messages", "tools", "images", "input"}) {
            Endpoint endpoint = name.equals("input") ? Endpoint.RESPONSES : Endpoint.CHAT;
            assertThat(Scans.refusal(endpoint, nested(name, "[", "]", most)))
                    .as(name)
                    .isNull();
            assertThat(Scans.refused(endpoint, ErrorCode.INVALID_BODY, nested(name, "[", "]", most + 1)))
                    .hasMessageContaining("256 levels");
        }
        assertThat(Scans.refusal(Endpoint.CHAT, nested("messages", "{\"content\":", "}", most - 1)))
                .isNull();
        Scans.refused(Endpoint.CHAT, ErrorCode.INVALID_BODY, nested("messages", "{\"content\":", "}", most + 1));
        Scans.refused(Endpoint.CHAT, ErrorCode.INVALID_BODY, nested("x", "{\"content\":", "}", 100_000));
    }

    private static byte[] nested(String name, String open, String close, int times) {
        return Scans.bytes(
                "{\"" + name + "\":" + open.repeat(times) + (open.equals("[") ? "" : "0") + close.repeat(times) + "}");
    }

    /** Java's own decoder, told to report, is the measure. */
    @Test
    void utf8_isWhatRfc3629SaysForEverySequenceOfTwoOrThreeBytes() {
        byte[] body = Scans.bytes("{\"x\":\"???\"}");
        for (int first = 0x80; first < 0x100; first++) {
            for (int second = 0x20; second < 0x100; second++) {
                for (int third : new int[] {' ', 0x80, 0xbf, 0xc0}) {
                    body[6] = (byte) first;
                    body[7] = (byte) second;
                    body[8] = (byte) third;
                    if (second != '"' && second != '\\') {
                        assertSameAsJava(body);
                    }
                }
            }
        }
    }

    @Test
    void utf8_isWhatRfc3629SaysForSequencesOfFourBytes() {
        byte[] body = Scans.bytes("{\"x\":\"????\"}");
        int[] edges = {' ', 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff};
        for (int first = 0xe0; first < 0x100; first++) {
            for (int second : edges) {
                for (int third : edges) {
                    for (int fourth : edges) {
                        body[6] = (byte) first;
                        body[7] = (byte) second;
                        body[8] = (byte) third;
                        body[9] = (byte) fourth;
                        assertSameAsJava(body);
                    }
                }
            }
        }
    }

    private void assertSameAsJava(byte[] body) {
        boolean good;
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body));
            good = true;
        } catch (CharacterCodingException e) {
            good = false;
        }
        if (accepts(body) != good) {
            throw new AssertionError((good ? "refused: " : "accepted: ") + Arrays.toString(body));
        }
    }

    private boolean accepts(byte[] body) {
        try {
            return scanner.scan(Endpoint.CHAT, ByteBuffer.wrap(body)).images() == 0;
        } catch (BadBody bad) {
            return false;
        }
    }

    @Test
    void invalidUtf8InNames_isRefused() {
        for (String where : new String[] {"{\"?\":1}", "{\"messages\":[{\"?\":1}]}", "{\"x\":{\"?\":1}}"}) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            for (byte b : Scans.bytes(where)) {
                body.write(b == '?' ? 0xc0 : b);
            }
            assertThat(Scans.refused(Endpoint.CHAT, ErrorCode.INVALID_BODY, body.toByteArray()))
                    .hasMessageContaining("UTF-8");
        }
    }

    /** The end of the body must not be overrun where eight bytes are read at a time. */
    @Test
    void charactersThatStop_areSeenAtEveryDistanceFromStartAndEnd() {
        for (int before = 0; before < 40; before++) {
            for (int behind = 0; behind < 20; behind++) {
                String left = "{\"x\":\"" + "a".repeat(before);
                String right = "b".repeat(behind) + "\"}";
                assertThat(Scans.refusal(Endpoint.CHAT, Scans.bytes(left + right)))
                        .isNull();
                assertThat(Scans.refusal(Endpoint.CHAT, Scans.bytes(left + "\\n" + right)))
                        .isNull();
                assertThat(Scans.refusal(Endpoint.CHAT, Scans.bytes(left + "\u20ac" + right)))
                        .isNull();
                assertThat(Scans.invalid(left + "\u0001" + right)).hasMessageContaining("byte " + (6 + before) + ":");
                Scans.invalid(left + "\"" + right);
            }
        }
    }
}
