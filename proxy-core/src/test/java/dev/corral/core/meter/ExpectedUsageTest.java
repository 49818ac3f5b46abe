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
        return new Metering(Source.REPORTED, ended, prompt, completion, nanos, -1, -1, -1, -1, 0, 0, 0);
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
            usage.learn("short", used(true, 10, 40, 400_000_000));
            usage.learn("long", used(true, 10, 4_000, 4_000_000_000L));
        }
        assertThat(usage.of("short", OPEN).completionTokens()).isBetween(40L, 45L);
        assertThat(usage.of("long", OPEN).completionTokens()).isBetween(3_990L, 4_010L);
        assertThat(usage.of("other", OPEN).completionTokens()).isEqualTo(512);
        assertThat(usage.generatedIn("short", 1_000_000_000)).isBetween(99L, 101L);
        assertThat(usage.generatedIn("long", 1_000_000_000)).isBetween(990L, 1_010L);
        assertThat(usage.generatedIn("other", 1_000_000_000)).isEqualTo(50);
        assertThat(usage.generatedIn(null, -1)).isZero();
    }

    @Test
    void theMoreTheyDiffer_theMoreIsExpected() {
        for (int i = 0; i < 400; i++) {
            usage.learn("m", used(true, 10, i % 2 == 0 ? 100 : 900, 1));
        }
        assertThat(usage.of("m", OPEN).completionTokens()).isGreaterThan(900);
    }

    @Test
    void whatWasBrokenOff_orLoadedOnly_teachesNothing() {
        usage.learn("m", used(false, 10, 9_999, 1));
        usage.learn("m", Metering.NONE);
        usage.learn("m", used(true, 0, 0, 1));
        usage.learn(null, used(true, 10, 9_999, 1));
        assertThat(usage.of("m", OPEN).completionTokens()).isEqualTo(512);
        assertThat(usage.generatedIn("m", 1_000_000_000)).isEqualTo(50);
    }

    @Test
    void embeddings_teachHowFastAPromptIsRead() {
        for (int i = 0; i < 200; i++) {
            usage.learn("e", used(true, 1_000, 0, 10_000_000));
        }
        Demand demand = usage.of("e", new Ask(false, false, 1_000, 0, true));
        assertThat(demand.completionTokens()).isZero();
        assertThat(demand.gpuNanos()).isBetween(9_900_000L, 10_100_000L);
    }

    @Test
    void modelsWithoutNumber_doNotStay() {
        usage.learn("first", used(true, 10, 9_999, 1));
        long learned = usage.of("first", OPEN).completionTokens();
        assertThat(learned).isGreaterThan(512);
        for (int i = 0; i < ExpectedUsage.MAX_MODELS; i++) {
            usage.learn("m" + i, used(true, 10, 9_999, 1));
        }
        assertThat(usage.of("first", OPEN).completionTokens()).isEqualTo(512);
        assertThat(usage.of("m5", OPEN).completionTokens()).isEqualTo(learned);
    }
}
