package dev.corral.core.body;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonNamesTest {
    private static final List<String> NAMES = List.of(
            "model",
            "messages",
            "k",
            "s",
            "seed",
            "use_mmap",
            "num_predict",
            "_debug_render_on",
            "_debug_render_only",
            "max_completion_tokens");

    private final JsonBytes json = new JsonBytes(1);
    private final byte[] scratch = new byte[JsonNames.SCRATCH];

    /** Whatever the spelling: as the name reads with its escapes resolved, folded or not. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anySpelling_isFoundAsItReads(boolean folding) throws BadBody {
        JsonNames names = folding ? JsonNames.folding(NAMES) : JsonNames.exact(NAMES);
        Random random = new Random(31);
        for (int round = 0; round < 200_000; round++) {
            String plain = NAMES.get(random.nextInt(NAMES.size()));
            String spelled = spell(random, plain);
            byte[] text = (" ".repeat(random.nextInt(3)) + '"' + spelled + "\":").getBytes(StandardCharsets.UTF_8);
            json.over(ByteBuffer.wrap(text));
            int start = json.blank(json.start()) + 1;
            int end = json.string(start);
            String read = JsonText.decode(json, start, end, json.escaped());
            int found = names.find(json, start, end, scratch);

            assertThat(found).as(spelled).isEqualTo(NAMES.indexOf(folding ? fold(read) : read));
            if (found >= 0) {
                assertThat(names.spelledExactly(json, start, end, found)).isEqualTo(spelled.equals(NAMES.get(found)));
            }
        }
    }

    private static String spell(Random random, String name) {
        StringBuilder spelled = new StringBuilder();
        int oddity = random.nextInt(4);
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            int kind = oddity == 0 ? 99 : random.nextInt(oddity == 1 ? 12 : 60);
            switch (kind) {
                case 0 -> spelled.append(Character.toUpperCase(c));
                case 1 -> spelled.append(String.format("\\u%04x", (int) c));
                case 2 -> spelled.append(c == 's' ? "\u017f" : c == 'k' ? "\u212a" : "\u00e9");
                case 3 -> spelled.append(c == 's' ? "\\u017F" : c == 'k' ? "\\u212A" : "\\n");
                case 4 -> spelled.append(c).append(c);
                case 5 -> spelled.append((char) (c ^ 1));
                case 6 -> spelled.append('[');
                case 7 -> {
                    // Left out.
                }
                default -> spelled.append(c);
            }
        }
        return spelled.toString();
    }

    private static String fold(String name) {
        StringBuilder folded = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            folded.append(c == '\u017f' ? 's' : c == '\u212a' ? 'k' : c >= 'A' && c <= 'Z' ? (char) (c + 32) : c);
        }
        return folded.toString();
    }
}
