package dev.corral.core.meter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.policy.Ask;
import dev.corral.core.spi.Demand;
import dev.corral.core.spi.Metering;
import dev.corral.core.spi.Metering.Source;
import org.junit.jupiter.api.Test;

final class ExpectedUsageTest {
    private static final Ask OPEN = new Ask(true, false, 10, Long.MAX_VALUE, false);

    private final ExpectedUsage usage = new ExpectedUsage();

    private static Metering used(boolean ended, long prompt, long completion, long nanos) {
        return used(ended, prompt, completion, nanos, 0, completion == 0 ? -1 : nanos);
    }

    private static Metering used(boolean ended, long prompt, long completion, long nanos, long load, long eval) {
        return new Metering(Source.REPORTED, ended, prompt, completion, nanos, load, -1, eval, -1, 0, 0, 0);
    }

    @Test
    void ofAModelNobodyAsked_512TokensAreExpected_withinTheBound() {
        assertThat(usage.of("m", OPEN).completionTokens()).isEqualTo(512);
        assertThat(usage.of(null, OPEN).completionTokens()).isEqualTo(512);
        assertThat(usage.of("m", new Ask(true, false, 10, 100, false)).completionTokens())
                .isEqualTo(100);
        assertThat(usage.of("m", Ask.NOTHING)).isEqualTo(new Demand("m", 0, 0, 0));
    }

    @Test
    void whatTheCallerNames_isExpected() {
        Demand demand = usage.of("m", new Ask(true, false, 10, 100_000, true));
        assertThat(demand.completionTokens()).isEqualTo(100_000);
        assertThat(demand.promptTokens()).isEqualTo(10);
        assertThat(demand.gpuNanos()).isEqualTo(100_000 * 20_000_000L + 10 * 1_000_000L);
    }

    @Test
    void whatRequestsUse_isLearned_forEachModel() {
        for (int i = 0; i < 200; i++) {
            usage.learn("short", OPEN, used(true, 10, 40, 400_000_000));
            usage.learn("long", OPEN, used(true, 10, 4_000, 4_000_000_000L));
        }
        assertThat(usage.of("short", OPEN).completionTokens()).isEqualTo(ExpectedUsage.LEAST_EXPECTED);
        assertThat(usage.of("long", OPEN).completionTokens()).isBetween(3_990L, 4_010L);
        assertThat(usage.of("other", OPEN).completionTokens()).isEqualTo(512);
        assertThat(usage.generatedIn("short", 0, 1_000_000_000)).isBetween(99L, 101L);
        assertThat(usage.generatedIn("long", 0, 1_000_000_000)).isBetween(990L, 1_010L);
        assertThat(usage.generatedIn("other", 0, 1_000_000_000)).isEqualTo(50);
        assertThat(usage.generatedIn(null, 0, -1)).isZero();
    }

    @Test
    void theMoreTheyDiffer_theMoreIsExpected() {
        for (int i = 0; i < 400; i++) {
            usage.learn("m", OPEN, used(true, 10, i % 2 == 0 ? 100 : 900, 1));
        }
        assertThat(usage.of("m", OPEN).completionTokens()).isGreaterThan(900);
    }

    @Test
    void whatWasBrokenOff_orLoadedOnly_teachesNothing() {
        usage.learn("m", OPEN, used(false, 10, 9_999, 1));
        usage.learn("m", OPEN, Metering.NONE);
        usage.learn("m", OPEN, used(true, 0, 0, 1));
        usage.learn(null, OPEN, used(true, 10, 9_999, 1));
        assertThat(usage.of("m", OPEN).completionTokens()).isEqualTo(512);
        assertThat(usage.generatedIn("m", 0, 1_000_000_000)).isEqualTo(50);
    }

    @Test
    void embeddings_teachHowFastAPromptIsRead() {
        for (int i = 0; i < 200; i++) {
            usage.learn("e", OPEN, used(true, 1_000, 0, 10_000_000));
        }
        Demand demand = usage.of("e", new Ask(false, false, 1_000, 0, true));
        assertThat(demand.completionTokens()).isZero();
        assertThat(demand.gpuNanos()).isBetween(9_900_000L, 10_100_000L);
    }

    /** Or one would ask for one token a hundred times, and then for much without saying so. */
    @Test
    void whatCallersName_teachesNothingOfThoseThatDoNot() {
        for (long completion : new long[] {1, 100_000}) {
            for (int i = 0; i < 200; i++) {
                usage.learn("m", new Ask(true, false, 10, completion, true), used(true, 10, completion, 1));
            }
            assertThat(usage.of("m", OPEN).completionTokens()).isEqualTo(512);
        }
    }

    @Test
    void littleUsed_doesNotMakeLessExpected_thanTheLeast() {
        for (int i = 0; i < 200; i++) {
            usage.learn("m", OPEN, used(true, 10, 1, 1));
        }
        assertThat(usage.of("m", OPEN).completionTokens()).isEqualTo(512);
        assertThat(usage.of("m", new Ask(true, false, 10, 7, false)).completionTokens())
                .isEqualTo(7);
    }

    @Test
    void timeThatNobodyToldApart_teachesNothingOfSpeed() {
        // A cold start of a minute and one token, at once or as a stream of one piece; and an embedding.
        usage.learn("m", OPEN, used(true, 10, 1, 60_000_000_000L, -1, -1));
        usage.learn(
                "m",
                OPEN,
                new Metering(Source.REPORTED, true, 10, 1, 60_000_000_000L, -1, -1, -1, 60_000_000_000L, 1, 0, 0));
        usage.learn("m", OPEN, used(true, 1, 0, 60_000_000_000L, -1, -1));
        assertThat(usage.generatedIn("m", 0, 1_000_000_000)).isEqualTo(50);
        assertThat(usage.of("m", new Ask(true, false, 10, 100, true)).gpuNanos())
                .isEqualTo(100 * 20_000_000L + 10 * 1_000_000L);
    }

    @Test
    void piecesThatCame_teachHowFastTheyCome() {
        for (int i = 0; i < 200; i++) {
            usage.learn(
                    "m",
                    OPEN,
                    new Metering(Source.REPORTED, true, 10, 11, 60_000_000_000L, -1, -1, -1, 1, 11, 50_000_000, 1));
        }
        assertThat(usage.generatedIn("m", 0, 1_000_000_000)).isBetween(199L, 201L);
    }

    @Test
    void oneAnswer_movesTheSpeedByLittle_andNeverToNothing() {
        usage.learn("slow", OPEN, used(true, 10, 1, 1, 0, 60_000_000_000L));
        assertThat(usage.generatedIn("slow", 0, 1_000_000_000))
                .as("one in 60 s, after 50 in one")
                .isBetween(35L, 50L);
        for (int i = 0; i < 500; i++) {
            usage.learn("fast", OPEN, used(true, 10, 1_000, 1, 0, 1));
        }
        assertThat(usage.generatedIn("fast", 0, 1_000_000_000)).isEqualTo(10_000);
    }

    @Test
    void anyNumber_isAddedWithoutOverflow() {
        Demand demand = usage.of("m", new Ask(true, false, 10, Long.MAX_VALUE, true));
        assertThat(demand.tokens()).isEqualTo(Long.MAX_VALUE);
        assertThat(demand.gpuNanos()).isEqualTo(Long.MAX_VALUE);
        assertThat(used(true, Long.MAX_VALUE, 5, 1).tokens()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void modelsWithoutNumber_doNotStay() {
        usage.learn("first", OPEN, used(true, 10, 9_999, 1));
        long learned = usage.of("first", OPEN).completionTokens();
        assertThat(learned).isGreaterThan(512);
        for (int i = 0; i < ExpectedUsage.MAX_MODELS; i++) {
            usage.learn("m" + i, OPEN, used(true, 10, 9_999, 1));
        }
        assertThat(usage.of("first", OPEN).completionTokens()).isEqualTo(512);
        assertThat(usage.of("m5", OPEN).completionTokens()).isEqualTo(learned);
    }
}
