package dev.corral.auth.key;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.auth.TestClock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyIndexTest {
    private static KeyRecord key(int number, String name) {
        return new KeyRecord(
                Base62.encode(number, PresentedKey.ID_LENGTH),
                name,
                "user",
                TestClock.START,
                null,
                null,
                List.of(new KeySecret(new byte[KeyDigest.LENGTH], null)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 9, 100, 5_000})
    void findsWhatAMapFinds(int count) {
        Random random = new Random(count);
        Map<String, KeyRecord> map = new HashMap<>();
        KeyIndex index = new KeyIndex(KeyRecord::name);
        for (int i = 0; i < count; i++) {
            // Names that come twice, and names with one hash: "Aa" and "BB".
            KeyRecord key = key(i, (random.nextBoolean() ? "Aa" : "BB") + random.nextInt(count));
            assertThat(index.add(key)).isEqualTo(map.putIfAbsent(key.name(), key) == null);
        }
        for (int i = 0; i < count; i++) {
            for (String name : List.of("Aa" + i, "BB" + i, "C" + i)) {
                assertThat(index.get(name)).isSameAs(map.get(name));
            }
        }
        assertThat(index.get("nobody")).isNull();
    }
}
