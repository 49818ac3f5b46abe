package dev.corral.core.body;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.spi.Endpoint;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Damaged bodies are refused, or read as a plain parser of the test's own reads them. */
final class CorruptionTest {
    private static final byte[] BODY = Scans.bytes("{\"model\":\"m\\u0041\u00e9\",\"keep_alive\":-1.5e3 ,"
            + "\"stream\": true,\"format\":null,\"messages\":[{\"role\":\"a\",\"images\":[]}],"
            + "\"options\":{\"num_ctx\":10,\"seed\":[0,false]},\"\u017fx\":\"\u20ac\ud83d\ude00\"}");

    private final JsonFieldScanner scanner = new JsonFieldScanner();
    private int accepted;

    @Test
    void everyByteReplacedByEveryOther_isRefusedOrReadTheSame() {
        for (int at = 0; at < BODY.length; at++) {
            byte[] body = BODY.clone();
            for (int value = 0; value < 256; value++) {
                body[at] = (byte) value;
                check(body);
            }
        }
        assertThat(accepted).isGreaterThan(1_000);
    }

    @Test
    void everyByteLeftOutOrDoubled_isRefusedOrReadTheSame() {
        for (int at = 0; at < BODY.length; at++) {
            byte[] without = new byte[BODY.length - 1];
            System.arraycopy(BODY, 0, without, 0, at);
            System.arraycopy(BODY, at + 1, without, at, without.length - at);
            check(without);
            byte[] doubled = new byte[BODY.length + 1];
            System.arraycopy(BODY, 0, doubled, 0, at + 1);
            System.arraycopy(BODY, at, doubled, at + 1, BODY.length - at);
            check(doubled);
        }
        assertThat(accepted).isGreaterThan(20);
    }

    @Test
    void piecesSwappedAndRepeated_areRefusedOrReadTheSame() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 20_000; i++) {
            byte[] body = BODY.clone();
            for (int j = random.nextInt(1, 4); j > 0; j--) {
                int length = random.nextInt(1, 12);
                int from = random.nextInt(body.length - length);
                System.arraycopy(BODY, from, body, random.nextInt(body.length - length), length);
            }
            check(body);
        }
        assertThat(accepted).isGreaterThan(20);
    }

    private void check(byte[] body) {
        String shown = new String(body, StandardCharsets.UTF_8);
        List<PlainJson.Member> plain = plain(body);
        try {
            JsonFields fields = scanner.scan(Endpoint.CHAT, ByteBuffer.wrap(body));
            accepted++;
            assertThat(plain).as(shown).isNotNull();
            assertThat(ambiguous(plain)).as(shown).isFalse();
            for (BodyField field :
                    new BodyField[] {BodyField.MODEL, BodyField.KEEP_ALIVE, BodyField.STREAM, BodyField.MESSAGES}) {
                assertSame(fields, body, field, value(plain, field.json()));
            }
            Object options = value(plain, "options");
            assertSame(fields, body, BodyField.OPTIONS, options);
            if (options instanceof List<?> list) {
                assertSame(fields, body, BodyField.NUM_CTX, value(list, "num_ctx"));
            }
        } catch (BadBody bad) {
            if (bad.error().code() == ErrorCode.INVALID_BODY) {
                boolean noObject = plain != null && bad.error().message().endsWith("(expected: an object)");
                assertThat(plain == null || noObject)
                        .as(shown + ": " + bad.error().message())
                        .isTrue();
            } else {
                assertThat(plain == null || ambiguous(plain)).as(shown).isTrue();
            }
        }
    }

    private static @Nullable List<PlainJson.Member> plain(byte[] body) {
        try {
            return PlainJson.object(body);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static boolean ambiguous(@Nullable List<PlainJson.Member> body) {
        if (body == null) {
            return false;
        }
        boolean found = ambiguous(body, BodySchema.of(Endpoint.CHAT), true);
        return found
                || value(body, "options") instanceof List<?> options && ambiguous(options, BodySchema.OPTIONS, false);
    }

    private static boolean ambiguous(List<?> members, @Nullable BodySchema schema, boolean folding) {
        Set<String> seen = new HashSet<>();
        for (Object each : members) {
            PlainJson.Member member = (PlainJson.Member) each;
            String name = folding ? member.folded() : PlainJson.unescaped(member.rawName());
            boolean known = false;
            for (int i = 0; schema != null && i < schema.names().size(); i++) {
                known |= schema.names().name(i).equals(name);
            }
            if (known && (!seen.add(name) || !member.rawName().equals(name))) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable Object value(List<?> members, String name) {
        for (Object each : members) {
            if (each instanceof PlainJson.Member member && member.rawName().equals(name)) {
                return member.value();
            }
        }
        return null;
    }

    private static void assertSame(JsonFields fields, byte[] body, BodyField field, @Nullable Object value) {
        if (value == null) {
            assertThat(fields.kind(field)).isEqualTo(JsonFields.Kind.ABSENT);
        } else if (value instanceof List<?> list) {
            assertThat(fields.kind(field)).isIn(JsonFields.Kind.ARRAY, JsonFields.Kind.OBJECT);
            assertThat(fields.size(field)).isEqualTo(list.size());
        } else {
            int start = fields.start(field);
            String written = new String(body, start, fields.end(field) - start, StandardCharsets.UTF_8);
            assertThat(written).isEqualTo(value);
            if (fields.kind(field) == JsonFields.Kind.STRING) {
                String raw = written.substring(1, written.length() - 1);
                assertThat(fields.string(field)).isEqualTo(PlainJson.unescaped(raw));
            }
        }
    }
}
