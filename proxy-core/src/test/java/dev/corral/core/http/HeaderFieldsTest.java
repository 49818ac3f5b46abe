package dev.corral.core.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

final class HeaderFieldsTest {
    private static final String[] NAMES = {"a", "A", "bb", "Bb", "connection", "Connection", "x-very-long-name"};
    private static final String[] VALUES = {"", "close", "a, Close ,b", "v", "V", "caf\u00e9"};

    @RepeatedTest(100)
    void doesWhatNettysDo(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        HttpHeaders ours = HeaderFields.FACTORY.newEmptyHeaders();
        HttpHeaders nettys = new DefaultHttpHeaders();
        for (int step = 0; step < 60; step++) {
            String word = NAMES[random.nextInt(NAMES.length)];
            CharSequence name = random.nextBoolean() ? word : new AsciiString(word);
            String value = VALUES[random.nextInt(VALUES.length)];
            int what = random.nextInt(10);
            for (HttpHeaders fields : List.of(ours, nettys)) {
                switch (what) {
                    case 0, 1, 2 -> fields.add(name, value);
                    case 3 -> fields.set(name, value);
                    case 4 -> fields.setInt(name, step);
                    case 5 -> fields.remove(name);
                    case 6 -> fields.set(word, List.of(value, "second"));
                    case 7 -> fields.add(word, List.of(value, "third"));
                    case 8 -> fields.addInt(name, step);
                    default -> {
                        if (step % 20 == 0) {
                            fields.clear();
                        }
                    }
                }
            }
            assertSame(ours, nettys, name, word, value);
        }
    }

    private static void assertSame(HttpHeaders ours, HttpHeaders nettys, CharSequence name, String word, String value) {
        // Names that differ in case only are one in Netty's set, too, but it may keep another spelling.
        assertThat(lines(ours)).isEqualTo(lines(nettys));
        assertThat(ours.size()).isEqualTo(nettys.size());
        assertThat(ours.isEmpty()).isEqualTo(nettys.isEmpty());
        assertThat(ours.get(name)).isEqualTo(nettys.get(name));
        assertThat(ours.get(word)).isEqualTo(nettys.get(word));
        assertThat(ours.getAll(name)).isEqualTo(nettys.getAll(name));
        assertThat(ours.contains(name)).isEqualTo(nettys.contains(name));
        assertThat(ours.contains(name, value, true)).isEqualTo(nettys.contains(name, value, true));
        assertThat(ours.contains(name, value, false)).isEqualTo(nettys.contains(name, value, false));
        assertThat(ours.containsValue(name, "close", true)).isEqualTo(nettys.containsValue(name, "close", true));
        assertThat(ours.names()).isEqualTo(Set.copyOf(nettys.names()));
        assertThat(lines(ours.copy())).isEqualTo(lines(nettys));
        StringBuilder all = new StringBuilder();
        for (var fields = ours.iteratorCharSequence(); fields.hasNext(); ) {
            Map.Entry<CharSequence, CharSequence> field = fields.next();
            all.append(field.getKey()).append(": ").append(field.getValue()).append('\n');
        }
        assertThat(all.toString().lines().toList()).isEqualTo(lines(nettys));
    }

    private static List<String> lines(HttpHeaders fields) {
        return fields.entries().stream()
                .map(field -> field.getKey() + ": " + field.getValue())
                .toList();
    }

    @Test
    void refusesWhatNettysRefuse() {
        for (String bad : new String[] {"v\r\nx: y", "v\n", "\u0000", "a\u007fb", " leading\r"}) {
            for (HttpHeaders fields : List.of(HeaderFields.FACTORY.newHeaders(), new DefaultHttpHeaders())) {
                assertThatIllegalArgumentException().isThrownBy(() -> fields.add("name", bad));
                assertThatIllegalArgumentException().isThrownBy(() -> fields.set("name", bad));
                assertThatIllegalArgumentException().isThrownBy(() -> fields.set("name", List.of(bad)));
                assertThat(fields.size()).isZero();
            }
        }
        for (String bad : new String[] {"", "a b", "a:b", "a\r\nb", "caf\u00e9", "a\u0000"}) {
            for (HttpHeaders fields : List.of(HeaderFields.FACTORY.newHeaders(), new DefaultHttpHeaders())) {
                assertThatIllegalArgumentException().isThrownBy(() -> fields.add(bad, "value"));
                assertThatIllegalArgumentException().isThrownBy(() -> fields.set(bad, "value"));
            }
        }
    }
}
