package dev.corral.core.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.spi.Endpoint;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which members are found, where, and which are ambiguous. */
final class JsonFieldScannerTest {
    private static final String CHAT =
            " {\"model\" : \"llama3\", \"keep_alive\": -1 ,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"},{}],"
                    + "\"stream\":false, \"options\" : { \"num_ctx\":4096.0,\"seed\":1, \"NUM_CTX\":7 } ,\"think\":true}";

    @Test
    void everyField_isFoundAtItsBytes() {
        JsonFields fields = Scans.scan(Endpoint.CHAT, CHAT);

        assertField(fields, CHAT, BodyField.MODEL, JsonFields.Kind.STRING, "\"llama3\"");
        assertField(fields, CHAT, BodyField.KEEP_ALIVE, JsonFields.Kind.NUMBER, "-1");
        assertField(
                fields, CHAT, BodyField.MESSAGES, JsonFields.Kind.ARRAY, "[{\"role\":\"user\",\"content\":\"hi\"},{}]");
        assertField(fields, CHAT, BodyField.STREAM, JsonFields.Kind.FALSE, "false");
        assertField(
                fields,
                CHAT,
                BodyField.OPTIONS,
                JsonFields.Kind.OBJECT,
                "{ \"num_ctx\":4096.0,\"seed\":1, \"NUM_CTX\":7 }");
        assertField(fields, CHAT, BodyField.NUM_CTX, JsonFields.Kind.NUMBER, "4096.0");
        assertThat(fields.kind(BodyField.NUM_GPU)).isEqualTo(JsonFields.Kind.ABSENT);
        assertThat(fields.size(BodyField.MESSAGES)).isEqualTo(2);
        assertThat(fields.size(BodyField.OPTIONS)).isEqualTo(3);
        assertThat(fields.string(BodyField.MODEL)).isEqualTo("llama3");
        assertThat(fields.number(BodyField.NUM_CTX)).isEqualTo("4096.0");
        assertThat(fields.bodyStart()).isEqualTo(2);
    }

    private static void assertField(
            JsonFields fields, String body, BodyField field, JsonFields.Kind kind, String value) {
        assertThat(fields.kind(field)).isEqualTo(kind);
        assertThat(body.substring(fields.start(field), fields.end(field))).isEqualTo(value);
    }

    @Test
    void heapDirectAndLateBuffers_giveTheSame() throws BadBody {
        byte[] body = Scans.bytes(CHAT);
        ByteBuffer direct = ByteBuffer.allocateDirect(body.length).put(body).flip();
        ByteBuffer late = ByteBuffer.allocateDirect(body.length + 9)
                .put(3, body)
                .position(3)
                .limit(3 + body.length);
        ByteBuffer slice = ByteBuffer.wrap(new byte[body.length + 5])
                .put(5, body)
                .position(5)
                .slice();
        JsonFieldScanner scanner = new JsonFieldScanner();

        for (ByteBuffer each : new ByteBuffer[] {direct, late, slice, late.asReadOnlyBuffer()}) {
            JsonFields fields = scanner.scan(Endpoint.CHAT, each);
            assertField(fields, CHAT, BodyField.KEEP_ALIVE, JsonFields.Kind.NUMBER, "-1");
            assertField(fields, CHAT, BodyField.NUM_CTX, JsonFields.Kind.NUMBER, "4096.0");
            assertThat(fields.string(BodyField.MODEL)).isEqualTo("llama3");
            assertThat(fields.bodyStart()).isEqualTo(2);
        }
        assertThat(late.position()).isEqualTo(3);
        direct.limit(body.length - 1);
        assertThatThrownBy(() -> scanner.scan(Endpoint.CHAT, direct))
                .hasMessageContaining("at byte " + (body.length - 1));
    }

    @Test
    void everyTruncation_isRefused() {
        byte[] body = Scans.bytes(CHAT);
        for (int length = 0; length < body.length; length++) {
            byte[] cut = Arrays.copyOf(body, length);
            Scans.refused(Endpoint.CHAT, ErrorCode.INVALID_BODY, cut);
        }
    }

    @Test
    void scannerThatRefusedABody_readsTheNextAsIfItWereNew() throws BadBody {
        JsonFieldScanner scanner = new JsonFieldScanner();
        for (String bad : new String[] {
            "{\"model\":\"x\",\"images\":[\"AAAA\"],\"options\":{\"num_ctx\":1,\"num_ctx\":1}}",
            "{\"images\":[\"AAAA\",[[[",
            "{\"model\":\"a\",\"model\":\"b\"}"
        }) {
            assertThatThrownBy(() -> scanner.scan(Endpoint.GENERATE, ByteBuffer.wrap(Scans.bytes(bad))))
                    .isInstanceOf(BadBody.class);
            JsonFields fields = scanner.scan(Endpoint.GENERATE, ByteBuffer.wrap(Scans.bytes("{\"prompt\":\"\"}")));
            assertThat(fields.present(BodyField.MODEL)).isFalse();
            assertThat(fields.present(BodyField.OPTIONS)).isFalse();
            assertThat(fields.present(BodyField.PROMPT)).isTrue();
            assertThat(fields.images()).isZero();
            assertThat(fields.longestImage()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"model\":\"a\",\"model\":\"b\"}",
                "{\"model\":\"a\",\"model\":null}",
                "{\"MODEL\":\"a\"}",
                "{\"model\":\"a\",\"Model\":\"b\"}",
                "{\"\\u006dodel\":\"a\"}",
                "{\"\\u004dodel\":\"a\"}",
                "{\"\u017ftream\":true}",
                "{\"\\u017ftream\":true}",
                "{\"\\u017Ftream\":true}",
                "{\"\u212aeep_alive\":0}",
                "{\"\\u212aeep_alive\":0}",
                "{\"me\u017f\\u0073age\u017f\":[]}",
                "{\"options\":{},\"options\":{}}",
                "{\"think\":1,\"think\":2}",
                "{\"FORMAT\":\"json\"}",
                "{\"options\":{\"num_ctx\":1,\"num_ctx\":2}}",
                "{\"options\":{\"num_ct\\u0078\":1}}",
                "{\"options\":{\"seed\":1,\"seed\":1}}",
                "{\"options\":{\"\\u0073eed\":1}}"
            })
    void nameThatOllamaKnows_mustBePlainAndGivenOnce(String body) {
        Scans.ambiguous(Endpoint.CHAT, body);
    }

    @Test
    void ambiguity_isToldInCorralsOwnWords() {
        assertThat(Scans.ambiguous(Endpoint.CHAT, "{\"\\u212aEEP_alive\":0}"))
                .hasMessage("keep_alive: spelled in another way (expected: exactly this name)");
        assertThat(Scans.ambiguous(Endpoint.CHAT, "{\"options\":{\"num_ctx\":1,\"num_ctx\":2}}"))
                .hasMessage("options.num_ctx: given twice (expected: once)");
        assertThat(Scans.ambiguous(Endpoint.COMPLETIONS, "{\"stream_options\":{\"INCLUDE_usage\":true}}"))
                .hasMessage("stream_options.include_usage: spelled in another way (expected: exactly this name)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"x\":1,\"x\":2,\"X\":3}",
                "{\"modele\":1,\"mode\":2,\"\":3}",
                "{\"mod\u00e9l\":1,\"mo\u0131el\":1,\"\\ud800odel\":1}",
                "{\"max_tokens\":1,\"max_tokens\":2}",
                "{\"options\":{\"NUM_CTX\":1,\"Num_Ctx\":1,\"num_ctx\":2}}",
                "{\"options\":{\"\u017feed\":1,\"seed\":2,\"other\":1,\"other\":2}}",
                "{\"options\":null}",
                "{\"tools\":[{\"model\":1,\"model\":2,\"MODEL\":1}]}",
                "{\"x\":{\"model\":1,\"model\":2}}",
                "{\"messages\":[{\"role\":\"a\",\"role\":\"b\",\"ROLE\":\"c\"}]}"
            })
    void nameThatOllamaDoesNotKnowThere_passes(String body) {
        assertThat(Scans.scan(Endpoint.CHAT, body).present(BodyField.MODEL)).isFalse();
    }

    @Test
    void memberOfOptions_inAnotherLetterCaseIsNotTheOption() {
        JsonFields fields = Scans.scan(Endpoint.CHAT, "{\"options\":{\"NUM_CTX\":1,\"num_batch\":5}}");

        assertThat(fields.present(BodyField.NUM_CTX)).isFalse();
        assertThat(fields.number(BodyField.NUM_BATCH)).isEqualTo("5");
    }

    @ParameterizedTest
    @CsvSource({
        "CHAT, options, '[]', array",
        "GENERATE, options, '\"x\"', string",
        "EMBED, options, 7, number",
        "EMBEDDINGS, options, true, true",
        "CHAT_COMPLETIONS, stream_options, '[]', array",
        "COMPLETIONS, stream_options, false, false"
    })
    void optionsThatAreNoObject_areRefused(Endpoint endpoint, String name, String value, String kind) {
        byte[] body = Scans.bytes("{\"" + name + "\":" + value + "}");

        assertThat(Scans.refused(endpoint, ErrorCode.INVALID_BODY, body))
                .hasMessage(name + ": " + kind + " (expected: an object)");
        assertThat(Scans.scan(endpoint, "{\"" + name + "\":null}").present(BodyField.OPTIONS))
                .isFalse();
    }

    @Test
    void streamOptions_areFoundWithTheirMember() {
        JsonFields fields =
                Scans.scan(Endpoint.CHAT_COMPLETIONS, "{\"stream_options\":{\"x\":1,\"include_usage\":true}}");

        assertThat(fields.kind(BodyField.INCLUDE_USAGE)).isEqualTo(JsonFields.Kind.TRUE);
        assertThat(fields.size(BodyField.STREAM_OPTIONS)).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        "null, true",
        "false, true",
        "true, false",
        "'\"\"', true",
        "'\"0\"', false",
        "'\" \"', false",
        "0, true",
        "-0, true",
        "0.000, true",
        "-0.0e7, true",
        "0e99, true",
        "0.01, false",
        "1e-9, false",
        "10, false",
        "[], true",
        "'[ ]', true",
        "[0], false",
        "{}, true",
        "'{ }', true",
        "'{\"a\":0}', false",
        "'\"\\u0000\"', false"
    })
    void zeroValues_areThoseOfGo(String value, boolean zero) {
        assertThat(Scans.scan(Endpoint.GENERATE, "{\"raw\":" + value + "}").zero(BodyField.RAW))
                .isEqualTo(zero);
        assertThat(Scans.scan(Endpoint.GENERATE, "{\"images\":" + value + "}").zero(BodyField.IMAGES))
                .isEqualTo(zero);
    }

    @Test
    void absentAndNull_areNotPresentButDiffer() {
        JsonFields fields = Scans.scan(Endpoint.GENERATE, "{\"raw\":null}");

        assertThat(fields.kind(BodyField.RAW)).isEqualTo(JsonFields.Kind.NULL);
        assertThat(fields.kind(BodyField.SYSTEM)).isEqualTo(JsonFields.Kind.ABSENT);
        assertThat(fields.present(BodyField.RAW)).isFalse();
        assertThat(fields.present(BodyField.SYSTEM)).isFalse();
        assertThat(fields.zero(BodyField.SYSTEM)).isTrue();
    }

    @Test
    void sizes_countDirectElementsOnly() {
        JsonFields fields = Scans.scan(
                Endpoint.EMBED, "{\"input\":[\"a\",[1,2,3],{\"b\":[1,2]}],\"options\":{\"stop\":[1,2],\"num_ctx\":1}}");

        assertThat(fields.size(BodyField.INPUT)).isEqualTo(3);
        assertThat(fields.size(BodyField.OPTIONS)).isEqualTo(2);
        assertThat(fields.size(BodyField.NUM_CTX)).isZero();
        assertThat(fields.size(BodyField.MODEL)).isZero();
        assertThat(Scans.scan(Endpoint.EMBED, "{\"input\":\"a\"}").size(BodyField.INPUT))
                .isZero();
        assertThat(Scans.scan(Endpoint.GENERATE, "{\"context\":[1,2,3,4]}").size(BodyField.CONTEXT))
                .isEqualTo(4);
    }

    @Test
    void strings_areDecodedAsGoDoes() {
        JsonFields fields = Scans.scan(
                Endpoint.PULL_MODEL, "{\"model\":\"\\u0061\\/\\ud83d\\ude00\\ud800\u00e9\",\"name\":\"a/\u00e9\"}");

        assertThat(fields.string(BodyField.MODEL)).isEqualTo("a/\ud83d\ude00\ufffd\u00e9");
        assertThat(fields.escaped(BodyField.MODEL)).isTrue();
        assertThat(fields.string(BodyField.NAME)).isEqualTo("a/\u00e9");
        assertThat(fields.escaped(BodyField.NAME)).isFalse();
        assertThat(fields.escaped(BodyField.INSECURE)).isFalse();
        assertThatThrownBy(() -> fields.number(BodyField.MODEL))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("model is STRING (expected: NUMBER)");
        assertThatThrownBy(() -> fields.string(BodyField.INSECURE)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void numbers_areGivenAsWrittenUpTo64Characters() {
        String longest = "1" + "0".repeat(63);

        assertThat(Scans.scan(Endpoint.MESSAGES, "{\"max_tokens\":" + longest + "}")
                        .number(BodyField.MAX_TOKENS))
                .isEqualTo(longest);
        assertThat(Scans.scan(Endpoint.MESSAGES, "{\"max_tokens\":" + longest + "0}")
                        .number(BodyField.MAX_TOKENS))
                .isNull();
    }

    @Test
    void endpointWithoutSchema_isAnError() {
        assertThatThrownBy(() -> new JsonFieldScanner().scan(Endpoint.ME, ByteBuffer.allocate(0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ME");
    }

    @Test
    void nonAsciiTextAndEscapes_moveNoOffset() {
        String body = "{\"prompt\":\"\u00e9\u20ac\ud83d\ude00\\u00e9\",\"\u00e9\":\"\u20ac\",\"raw\":true}";
        byte[] utf8 = Scans.bytes(body);
        JsonFields fields = Scans.scan(Endpoint.GENERATE, body);

        int start = fields.start(BodyField.RAW);
        int length = fields.end(BodyField.RAW) - start;
        assertThat(new String(utf8, start, length, StandardCharsets.UTF_8)).isEqualTo("true");
    }
}
