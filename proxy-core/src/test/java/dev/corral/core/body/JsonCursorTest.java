package dev.corral.core.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.corral.core.error.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonCursorTest {
    private static final int DEPTH = 8;

    @Test
    void listing_isWalkedAndItsElementsAreFound() throws BadBody {
        String text = " {\"n\": [1, {\"x\":[]}], \"models\" : [ {\"name\":\"a\\u0062\"} , {\"name\":\"c\"}]} ";
        JsonCursor cursor = over(text);
        List<String> names = new ArrayList<>();
        List<String> elements = new ArrayList<>();

        cursor.enterObject();
        while (cursor.nextMember()) {
            if (!cursor.memberIs("models")) {
                cursor.skip();
                continue;
            }
            cursor.enterArray();
            while (cursor.nextElement()) {
                int start = cursor.position();
                cursor.enterObject();
                assertThat(cursor.nextMember()).isTrue();
                assertThat(cursor.memberIs("name")).isTrue();
                assertThat(cursor.peek()).isEqualTo(JsonFields.Kind.STRING);
                names.add(cursor.string());
                assertThat(cursor.nextMember()).isFalse();
                elements.add(text.substring(start, cursor.position()));
            }
        }
        cursor.end();

        assertThat(names).containsExactly("ab", "c");
        assertThat(elements).containsExactly("{\"name\":\"a\\u0062\"}", "{\"name\":\"c\"}");
        assertThat(cursor.position()).isEqualTo(text.length());
    }

    @Test
    void bufferThatBeginsLate_isReadFromItsPosition() throws BadBody {
        ByteBuffer direct = ByteBuffer.allocateDirect(16);
        direct.put(bytes("xx[7, 8]}")).flip().position(2).limit(8);
        JsonCursor cursor = new JsonCursor(direct, DEPTH);

        cursor.enterArray();
        assertThat(cursor.nextElement()).isTrue();
        assertThat(cursor.position()).isEqualTo(1);
        cursor.skip();
        assertThat(cursor.nextElement()).isTrue();
        assertThat(cursor.position()).isEqualTo(4);
        cursor.skip();
        assertThat(cursor.nextElement()).isFalse();
        cursor.end();
        assertThat(direct.position()).isEqualTo(2);
    }

    @Test
    void nameWithEscapes_isItsMeaning() throws BadBody {
        JsonCursor cursor = over("{\"n\\u0061me\":1,\"NAME\":2}");
        cursor.enterObject();

        assertThat(cursor.nextMember()).isTrue();
        assertThat(cursor.memberIs("name")).isTrue();
        assertThat(cursor.memberIs("n\\u0061me")).isFalse();
        cursor.skip();
        assertThat(cursor.nextMember()).isTrue();
        assertThat(cursor.memberIs("name")).as("letter case").isFalse();
    }

    @Test
    void everyKind_isToldByPeek() throws BadBody {
        JsonCursor cursor = over("[null, true,false,-1,\"\",[],{}]");
        List<JsonFields.Kind> kinds = new ArrayList<>();

        cursor.enterArray();
        while (cursor.nextElement()) {
            kinds.add(cursor.peek());
            cursor.skip();
        }

        assertThat(kinds)
                .containsExactly(
                        JsonFields.Kind.NULL,
                        JsonFields.Kind.TRUE,
                        JsonFields.Kind.FALSE,
                        JsonFields.Kind.NUMBER,
                        JsonFields.Kind.STRING,
                        JsonFields.Kind.ARRAY,
                        JsonFields.Kind.OBJECT);
    }

    @Test
    void unpairedSurrogateEscapes_readAsReplacement() throws BadBody {
        assertThat(over("\"\\ud83d\\ude00\\n\\/\\u00e9\\u20ac\"").string()).isEqualTo("\ud83d\ude00\n/\u00e9\u20ac");
        assertThat(over("\"\\ud83d\"").string()).isEqualTo("\ufffd");
        assertThat(over("\"\\ude00a\"").string()).isEqualTo("\ufffda");
        assertThat(over("\"\\ud83d\\u0041\"").string()).isEqualTo("\ufffdA");
        assertThat(over("\"\\ud83d\\ud83d\\ude00\"").string()).isEqualTo("\ufffd\ud83d\ude00");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "[1,]",
                "[,1]",
                "[1 2]",
                "[",
                "[1",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1,}",
                "{a:1}",
                "{,}",
                "[}",
                "{]",
                "01",
                "1.",
                ".5",
                "+1",
                "-",
                "1e",
                "1e+",
                "NaN",
                "tru",
                "nul",
                "\"",
                "\"\\x\"",
                "\"\\u00g0\"",
                "'a'",
                "1 2",
                "//",
                "[[[[[[[[[]]]]]]]]]"
            })
    void whatIsNoJson_isRefusedBySkip(String text) {
        assertThatThrownBy(() -> {
                    JsonCursor cursor = over(text);
                    cursor.skip();
                    cursor.end();
                })
                .isInstanceOfSatisfying(
                        BadBody.class, bad -> assertThat(bad.error().code()).isEqualTo(ErrorCode.INVALID_BODY));
    }

    @Test
    void depth_isBoundedWhetherEnteredOrSkipped() throws BadBody {
        String deepest = "[".repeat(DEPTH) + "]".repeat(DEPTH);
        JsonCursor skipped = over(deepest);
        skipped.skip();
        skipped.end();

        JsonCursor entered = over("[" + deepest + "]");
        entered.enterArray();
        assertThat(entered.nextElement()).isTrue();
        assertThatThrownBy(entered::skip).isInstanceOf(BadBody.class).hasMessageContaining("byte 8");
    }

    @Test
    void otherKindThanAskedFor_isRefused() {
        assertThatThrownBy(() -> over("7").string()).isInstanceOf(BadBody.class).hasMessageContaining("a string");
        assertThatThrownBy(() -> over("[]").enterObject())
                .isInstanceOf(BadBody.class)
                .hasMessageContaining("an object");
        assertThatThrownBy(() -> over("{}").enterArray())
                .isInstanceOf(BadBody.class)
                .hasMessageContaining("an array");
    }

    private static JsonCursor over(String text) {
        return new JsonCursor(ByteBuffer.wrap(bytes(text)), DEPTH);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
