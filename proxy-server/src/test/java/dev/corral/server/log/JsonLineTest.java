package dev.corral.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonLineTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final JsonLine line = new JsonLine();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0000 | \\u0000",
                "0007 | \\u0007",
                "0008 | \\u0008",
                "0009 | \\t",
                "000a | \\n",
                "000d | \\r",
                "001b | \\u001b",
                "001f | \\u001f",
                "0020 | ' '",
                "0022 | \\\"",
                "005c | \\\\",
                "002f | /",
                "007e | ~",
                "007f | \\u007f",
                "0080 | \\u0080",
                "0085 | \\u0085",
                "009b | \\u009b",
                "009f | \\u009f",
                "00a0 | \\u00a0",
                "00e9 | \\u00e9",
                "200e | \\u200e",
                "2028 | \\u2028",
                "202e | \\u202e",
                "d7ff | \\ud7ff",
                "d800 | \\ufffd",
                "dbff | \\ufffd",
                "dc00 | \\ufffd",
                "dfff | \\ufffd",
                "e000 | \\ue000",
                "feff | \\ufeff",
                "ffff | \\uffff"
            })
    void everyCharacter_comesOutAsPrintableAscii(String hex, String expected) {
        String value = Character.toString((char) Integer.parseInt(hex, 16));

        line.begin().text("a", "x" + value + "y", 10).end();

        assertThat(text()).isEqualTo("{\"a\":\"x" + expected + "y\"}\n");
    }

    @Test
    void pairs_stayAndTheWholeBasicPlaneParsesBack() throws JsonProcessingException {
        line.begin().text("a", "\ud83e\udd99", 10).end();
        assertThat(text()).isEqualTo("{\"a\":\"\\ud83e\\udd99\"}\n");

        for (int c = 0; c < 0x10000; c++) {
            line.begin().text("a", Character.toString((char) c), 10).end();
            String text = text();
            assertThat(text.chars().allMatch(b -> b == '\n' || (b >= 0x20 && b < 0x7f)))
                    .isTrue();
            String back = JSON.readTree(text).get("a").textValue();
            assertThat(back).isEqualTo(Character.isSurrogate((char) c) ? "\ufffd" : Character.toString((char) c));
        }
    }

    @Test
    void longText_isCutAndSaysSo() {
        line.begin().text("a", "0123456789", 4).text("b", "0123", 4).end();

        assertThat(text()).isEqualTo("{\"a\":\"0123...\",\"b\":\"0123\"}\n");
    }

    @Test
    void manyLongFields_neverPassTheBound() throws JsonProcessingException {
        line.begin();
        String text = "\u009b".repeat(10_000);
        for (int i = 0; i < 20; i++) {
            line.text("field" + i, text, 10_000).number("number" + i, Long.MIN_VALUE);
        }
        line.end();

        assertThat(line.length()).isLessThanOrEqualTo(JsonLine.MAX_BYTES);
        assertThat(JSON.readTree(text()).size()).isEqualTo(40);
    }

    @Test
    void nullAndAbsent_areNull() {
        line.begin().text("a", null, 4).millis("b", -1).end();

        assertThat(text()).isEqualTo("{\"a\":null,\"b\":null}\n");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1970-01-01T00:00:00.000Z",
        "-5, 1970-01-01T00:00:00.000Z",
        "1795375923007, 2026-11-22T19:32:03.007Z",
        "253402300799999, 9999-12-31T23:59:59.999Z",
        "9223372036854775807, 9999-12-31T23:59:59.999Z"
    })
    void time_isUtcWithMilliseconds(long millis, String expected) {
        line.begin().time("t", millis).end();

        assertThat(text()).isEqualTo("{\"t\":\"" + expected + "\"}\n");
    }

    @Test
    void clockThatGoesBack_isShownAsItIs() {
        line.begin().time("a", 5_000).time("b", 4_999).time("c", 5_000).end();

        assertThat(text())
                .isEqualTo("{\"a\":\"1970-01-01T00:00:05.000Z\",\"b\":\"1970-01-01T00:00:04.999Z\","
                        + "\"c\":\"1970-01-01T00:00:05.000Z\"}\n");
    }

    @ParameterizedTest
    @CsvSource({"0, 0.000", "999, 0.000", "1000, 0.001", "12345678, 12.345", "600000000000, 600000.000"})
    void durations_areMillisecondsWithThreeDecimals(long nanos, String expected) {
        line.begin().millis("d", nanos).end();

        assertThat(text()).isEqualTo("{\"d\":" + expected + "}\n");
    }

    @ParameterizedTest
    @CsvSource({
        "/api/chat, /api/chat",
        "/crl_abcd1234_s3cretS3cret/x, /crl_abcd1234_***/x",
        "crl_abcd1234_, crl_abcd1234_",
        "crl_, crl_",
        "crl_abc, crl_abc",
        "a crl_abcd1234_x b crl_efgh5678_y c, a crl_abcd1234_*** b crl_efgh5678_*** c",
        "crl_crl_crl_crl_crl_, crl_crl_crl_c***"
    })
    void keysInText_loseTheirSecret(String text, String expected) {
        assertThat(Redaction.redact(text)).isEqualTo(expected);
    }

    private String text() {
        return new String(line.bytes(), 0, line.length(), StandardCharsets.ISO_8859_1);
    }
}
