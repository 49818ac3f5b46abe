package dev.corral.core.body;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.body.BodyCollector.Verdict;
import dev.corral.core.testkit.Bytes;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.Zstd;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(NothingLeft.class)
final class ZstdInflaterTest {
    private static final long LIMIT = 4 << 20;
    private static final Bytes TEXT = Bytes.of("{\"model\":\"llama3\",\"input\":\"hello hello hello\"}");

    private final BodyBudget budget = new BodyBudget(64 << 20, 64 << 20);

    /** What comes out of bytes that arrive in pieces of so many. */
    private record Decoded(Verdict verdict, boolean complete, Bytes bytes) {}

    private Decoded decode(Bytes coded, int piece, boolean direct) {
        BodyCollector into = new BodyCollector(budget, "key", LIMIT);
        try (ZstdInflater inflater = Objects.requireNonNull(ZstdInflater.open(into))) {
            Verdict verdict = Verdict.TAKEN;
            for (int at = 0; at < coded.size() && verdict == Verdict.TAKEN; at += piece) {
                byte[] part =
                        coded.slice(at, Math.min(coded.size(), at + piece)).array();
                ByteBuf wire = direct
                        ? ByteBufAllocator.DEFAULT.directBuffer().writeBytes(part)
                        : Unpooled.wrappedBuffer(part);
                verdict = inflater.add(wire, ByteBufAllocator.DEFAULT);
                wire.release();
            }
            byte[] out = new byte[into.body().readableBytes()];
            into.body().getBytes(into.body().readerIndex(), out);
            return new Decoded(verdict, inflater.complete(), Bytes.of(out));
        } finally {
            into.release();
            assertThat(budget.held()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 1 << 20})
    void frames_areDecodedHoweverTheyAreCut(int piece) {
        Bytes large = Bytes.noise(1, 200_000).plus(Bytes.of("x".repeat(100_000)));
        for (Bytes content : new Bytes[] {TEXT, large, Bytes.EMPTY}) {
            for (boolean direct : new boolean[] {true, false}) {
                assertThat(decode(Zstd.checked(content), piece, direct))
                        .isEqualTo(new Decoded(Verdict.TAKEN, true, content));
            }
        }
    }

    @Test
    void framesInARow_areOneBody_andSkippableOnesNothing() {
        Bytes coded = Zstd.skippable(0)
                .plus(Zstd.frame(Bytes.of("{\"a\"")))
                .plus(Zstd.skippable(70_000 & 0xffff))
                .plus(Zstd.frame(Bytes.EMPTY))
                .plus(Zstd.checked(Bytes.of(":1}")))
                .plus(Zstd.skippable(3));

        for (int piece : new int[] {1, 5, 1 << 20}) {
            assertThat(decode(coded, piece, true)).isEqualTo(new Decoded(Verdict.TAKEN, true, Bytes.of("{\"a\":1}")));
        }
    }

    @Test
    void truncatedFrame_isNotComplete_whereverItIsCut() {
        Bytes coded = Zstd.checked(TEXT);
        for (int length = 1; length < coded.size(); length++) {
            assertThat(decode(coded.slice(0, length), 1 << 20, true).complete())
                    .as("%d of %d bytes", length, coded.size())
                    .isFalse();
        }
        assertThat(decode(Zstd.skippable(9).slice(0, 12), 1, true).complete()).isFalse();
    }

    @Test
    void garbage_isUnreadable() {
        assertThat(decode(TEXT, 1 << 20, true).verdict()).isEqualTo(Verdict.UNREADABLE);
        assertThat(decode(Zstd.frame(TEXT).plus(Bytes.of("garbage")), 1, true).verdict())
                .isEqualTo(Verdict.UNREADABLE);
        Decoded half = decode(Zstd.frame(TEXT).plus(Bytes.of("(")), 1 << 20, true);
        assertThat(half.verdict() == Verdict.TAKEN && half.complete()).isFalse();
    }

    @Test
    void wrongChecksum_isUnreadable() {
        byte[] coded = Zstd.checked(TEXT).array();
        coded[coded.length - 1] ^= 1;

        assertThat(decode(Bytes.of(coded), 1, true).verdict()).isEqualTo(Verdict.UNREADABLE);
    }

    @Test
    void dictionary_isUnreadable() {
        assertThat(decode(Zstd.withDictionary(Bytes.of("the quick brown fox ".repeat(50))), 1 << 20, true)
                        .verdict())
                .isEqualTo(Verdict.UNREADABLE);
        assertThat(decode(Zstd.withDictionaryId(), 1, true).verdict()).isEqualTo(Verdict.UNREADABLE);
    }

    @Test
    void windowOver8MiB_isUnreadable_upToItIsNot() {
        assertThat(decode(Zstd.run(23, 1, 10), 1 << 20, true).verdict()).isEqualTo(Verdict.TAKEN);
        assertThat(decode(Zstd.run(24, 1, 10), 1 << 20, true).verdict()).isEqualTo(Verdict.UNREADABLE);
        assertThat(decode(Zstd.run(31, 1, 10), 1, true).verdict()).isEqualTo(Verdict.UNREADABLE);
    }

    @Test
    void bomb_endsAtTheBound() {
        Bytes bomb = Zstd.run(20, 8_000, 128 << 10);
        assertThat(bomb.size()).isLessThan(40_000);

        Decoded decoded = decode(bomb, 1 << 20, true);

        assertThat(decoded.verdict()).isEqualTo(Verdict.TOO_LARGE);
        assertThat((long) decoded.bytes().size()).isLessThanOrEqualTo(LIMIT);
    }

    @Test
    void exactlyTheBound_isTaken() {
        int blocks = (int) (LIMIT >> 17);
        assertThat(decode(Zstd.run(20, blocks, 128 << 10), 1 << 20, true)
                        .bytes()
                        .size())
                .isEqualTo((int) LIMIT);
        assertThat(decode(Zstd.run(20, blocks, 128 << 10), 3, true).verdict()).isEqualTo(Verdict.TAKEN);
    }

    @Test
    void decodedBytesAndTheLibrarysOwn_areCharged_andComeBack() {
        BodyCollector into = new BodyCollector(budget, "key", LIMIT);
        ZstdInflater inflater = Objects.requireNonNull(ZstdInflater.open(into));
        ByteBuf wire = Unpooled.wrappedBuffer(Zstd.frame(TEXT).array());
        inflater.add(wire, ByteBufAllocator.DEFAULT);
        wire.release();

        assertThat(budget.held()).isEqualTo(ZstdInflater.RESERVED + TEXT.size());
        inflater.close();
        inflater.close();
        assertThat(budget.held()).isEqualTo(TEXT.size());
        into.release();
        assertThat(budget.held()).isZero();
    }

    @Test
    void noRoomInTheBudget_noDecoder() {
        BodyBudget small = new BodyBudget(1000, 1000);

        assertThat(ZstdInflater.open(new BodyCollector(small, "key", LIMIT))).isNull();
        assertThat(small.held()).isZero();
    }

    @Test
    void decoder_takesNoRoomFromTheBody() {
        BodyBudget exact = new BodyBudget(LIMIT, LIMIT);
        for (long over : new long[] {0, 1}) {
            BodyCollector into = new BodyCollector(exact, "key", LIMIT);
            try (ZstdInflater inflater = Objects.requireNonNull(ZstdInflater.open(into))) {
                ByteBuf wire = Unpooled.wrappedBuffer(
                        Zstd.frame(Bytes.of("x".repeat((int) (LIMIT + over)))).array());
                assertThat(inflater.add(wire, ByteBufAllocator.DEFAULT))
                        .isEqualTo(over == 0 ? Verdict.TAKEN : Verdict.TOO_LARGE);
                wire.release();
            } finally {
                into.release();
            }
            assertThat(exact.held()).isZero();
        }
    }

    @Test
    void libraryIsThere() {
        assertThat(ZstdInflater.available()).isTrue();
    }
}
