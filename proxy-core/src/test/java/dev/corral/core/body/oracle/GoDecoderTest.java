package dev.corral.core.body.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.corral.core.spi.Endpoint;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The vectors of ollama-api section 4.1, which were seen on the wire of a real Ollama. */
final class GoDecoderTest {
    private static OllamaReading read(Endpoint route, String body) throws GoRefuses {
        return OllamaReading.of(route, body.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"MODEL", "MoDeL", "\\u006dodel", "\\u004Dodel"})
    void key_bindsInEverySpelling(String key) throws GoRefuses {
        assertThat(read(Endpoint.CHAT, "{\"" + key + "\":\"a\"}").model()).isEqualTo("a");
    }

    @Test
    void longSAndKelvinSign_areLettersLikeOthers() throws GoRefuses {
        OllamaReading chat = read(
                Endpoint.CHAT,
                "{\"me\u017F\u017Fages\":[{\"images\":[\"QUJD\"]}],\"\u212Aeep_alive\":1,\"\u017Fhift\":true}");
        assertThat(chat.images()).hasSize(1);
        assertThat(chat.top("keep_alive")).isEqualTo(1_000_000_000L);
        assertThat(chat.top("shift")).isEqualTo(true);
    }

    @Test
    void lastDuplicate_winsAcrossSpellings() throws GoRefuses {
        assertThat(read(Endpoint.CHAT, "{\"model\":\"a\",\"MODEL\":\"b\"}").model())
                .isEqualTo("b");
        assertThat(read(Endpoint.CHAT, "{\"MODEL\":\"b\",\"model\":\"a\"}").model())
                .isEqualTo("a");
    }

    @Test
    void null_leavesValuesAndUnsetsPointers() throws GoRefuses {
        OllamaReading generate = read(
                Endpoint.GENERATE,
                "{\"model\":\"evil\",\"raw\":true,\"shift\":true,\"keep_alive\":5,\"model\":null,\"raw\":null,"
                        + "\"shift\":null,\"keep_alive\":null,\"context\":[1],\"context\":null}");
        assertThat(generate.model()).isEqualTo("evil");
        assertThat(generate.top("raw")).isEqualTo(true);
        assertThat(generate.top("shift")).isNull();
        assertThat(generate.top("keep_alive")).isNull();
        assertThat(generate.top("context")).isNull();
    }

    @Test
    void duplicateObjects_merge() throws GoRefuses {
        String twice = "{\"options\":{\"num_ctx\":777},\"OPTIONS\":{\"seed\":1}";
        assertThat(read(Endpoint.EMBED, twice + "}").top("options")).isEqualTo(Map.of("num_ctx", 777.0, "seed", 1.0));
        assertThat(read(Endpoint.EMBED, twice + ",\"options\":null}").top("options"))
                .isNull();
    }

    @Test
    void duplicateArrays_mergeElementByElement() throws GoRefuses {
        OllamaReading responses =
                read(Endpoint.RESPONSES, "{\"tools\":[{\"type\":\"web_search\"}],\"tools\":[{\"name\":\"f\"}]}");
        assertThat(responses.webSearch()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"model\":\"b\"}", "garbage", "\0", "]"})
    void whatFollowsTheObject_isIgnoredButByTheCloudMiddleware(String more) throws GoRefuses {
        String body = "{\"model\":\"a\"}" + more;
        assertThat(read(Endpoint.CHAT_COMPLETIONS, body).model()).isEqualTo("a");
        assertThat(GoDecoder.cloudPassthroughModel(body.getBytes(StandardCharsets.UTF_8)))
                .isNull();
    }

    @Test
    void cloudMiddleware_readsTheExactKeyOnly() {
        byte[] body = "{\"model\":\"x:cloud\",\"MODEL\":\"local\"}".getBytes(StandardCharsets.UTF_8);
        assertThat(GoDecoder.cloudPassthroughModel(body)).isEqualTo("x:cloud");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "\uFEFF{}",
                "{'model':1}",
                "{\"model\":\"a\",}",
                "{\"x\":NaN}",
                "{\"x\":\"\t\"}",
                "/**/{}",
                "[]",
                "\"a\"",
                "1",
                "{\"model\":1}",
                "{\"x\":01}",
                "{\"x\":1.}",
                "{\"x\":\"\\'\"}",
                "{\"x\":tru}",
                "{\"options\":{\"a\":1e999}}",
                "{\"top_logprobs\":1.0}",
                "{\"keep_alive\":true}",
                "{\"keep_alive\":\"5\"}",
                "{\"think\":\"very\"}"
            })
    void whatGoRefuses_isRefused(String body) {
        assertThatThrownBy(() -> read(Endpoint.CHAT, body)).isInstanceOf(GoRefuses.class);
    }

    @Test
    void brokenUtf8AndSurrogates_becomeReplacementCharacters() throws GoRefuses {
        byte[] body = "{\"model\":\"a?b\\ud800\\udc00\\ud800x\"}".getBytes(StandardCharsets.ISO_8859_1);
        body[11] = (byte) 0xFF;
        assertThat(OllamaReading.of(Endpoint.CHAT, body).model()).isEqualTo("a\uFFFDb\uD800\uDC00\uFFFDx");
    }

    @Test
    void nesting_isAcceptedToTenThousand() throws GoRefuses {
        String deepest = "{\"x\":" + "[".repeat(9_999) + "]".repeat(9_999) + "}";
        assertThat(read(Endpoint.CHAT, deepest).model()).isEmpty();
        String deeper = "{\"x\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}";
        assertThatThrownBy(() -> read(Endpoint.CHAT, deeper)).isInstanceOf(GoRefuses.class);
    }

    @Test
    void keepAlive_isReadAsOllamaDoes() throws GoRefuses {
        assertThat(GoDuration.parse("1h30m")).isEqualTo(5_400_000_000_000L);
        assertThat(GoDuration.parse("1.5\u00B5s")).isEqualTo(1_500);
        for (String forEver : List.of("-1", "\"-1s\"", "-0.5")) {
            assertThat(read(Endpoint.CHAT, "{\"keep_alive\":" + forEver + "}").top("keep_alive"))
                    .isEqualTo(Long.MAX_VALUE);
        }
    }

    @Test
    void images_areFoundWhereverTheyReachTheModel() throws GoRefuses {
        assertThat(read(Endpoint.GENERATE, "{\"images\":[\"QUJD\",[1,2]]}").images())
                .containsExactly(3L, 2L);
        assertThat(read(
                                Endpoint.MESSAGES,
                                "{\"messages\":[{\"content\":[{\"type\":\"tool_result\",\"content\":[{\"type\":\"image\","
                                        + "\"source\":{\"type\":\"base64\",\"data\":\"QUJD\"}}]}]}]}")
                        .images())
                .containsExactly(3L);
    }
}
