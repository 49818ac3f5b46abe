package dev.corral.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.http.SmugglingCorpus.Case;
import java.util.List;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The codec towards clients and the framing rules behind it, fed with bytes. */
final class SmugglingCorpusTest {
    static List<Named<Case>> corpus() {
        return SmugglingCorpus.all();
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void bytes_areDecidedAsExpected(Case stream) {
        assertThat(Decisions.of(stream.wire(), SmugglingCorpus.LIMITS)).isEqualTo(stream.expected());
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void cutAtAnyOctet_decisionsAreTheSame(Case stream) {
        String wire = stream.wire();
        for (int cut = 1; cut < wire.length(); cut++) {
            try (Decisions decisions = new Decisions(SmugglingCorpus.LIMITS)) {
                decisions.read(wire.substring(0, cut));
                decisions.read(wire.substring(cut));
                assertThat(decisions.text()).as("cut at %d", cut).isEqualTo(stream.expected());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void octetByOctet_decisionsAreTheSame(Case stream) {
        try (Decisions decisions = new Decisions(SmugglingCorpus.LIMITS)) {
            for (int i = 0; i < stream.wire().length(); i++) {
                decisions.read(stream.wire().substring(i, i + 1));
            }
            assertThat(decisions.text()).isEqualTo(stream.expected());
        }
    }

    @Test
    void corpus_hasNotShrunk() {
        assertThat(corpus()).hasSizeGreaterThan(600);
    }
}
