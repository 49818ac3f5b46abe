package dev.corral.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class RequestIdsTest {
    @Test
    void manyLoops_giveNoIdTwice() {
        Set<String> seen = new HashSet<>();
        for (int loop = 0; loop < 20; loop++) {
            RequestIds ids = new RequestIds();
            for (int i = 0; i < 5_000; i++) {
                assertThat(seen.add(ids.next())).isTrue();
            }
        }
        assertThat(seen).hasSize(100_000);
    }

    @Test
    void id_isShortAndPlain() {
        RequestIds ids = new RequestIds();
        for (int i = 0; i < 100; i++) {
            assertThat(ids.next()).matches("req_[0-9a-hjkmnp-tv-z]{20}");
        }
    }

    @Test
    void idsOfOneLoop_countUpInTheirLastPlaces() {
        RequestIds ids = new RequestIds();
        String first = ids.next();
        String second = ids.next();

        assertThat(second.substring(0, 16)).isEqualTo(first.substring(0, 16));
        assertThat(second.substring(16)).isGreaterThan(first.substring(16));
    }

    @Test
    void givenId_doesNotChangeAfterwards() {
        RequestIds ids = new RequestIds();
        String first = ids.next();
        String copy = new String(first.toCharArray());
        ids.next();

        assertThat(first).isEqualTo(copy);
    }
}
