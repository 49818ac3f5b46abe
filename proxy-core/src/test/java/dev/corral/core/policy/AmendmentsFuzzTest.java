package dev.corral.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.spi.Endpoint;
import dev.corral.core.testkit.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Any mixture of rules leaves JSON in which just the fields that they name differ. */
final class AmendmentsFuzzTest {
    private static final List<LoadOption> OPTIONS = List.of(
            LoadOption.NUM_CTX, LoadOption.NUM_BATCH, LoadOption.NUM_GPU, LoadOption.MAIN_GPU, LoadOption.NUM_THREAD);
    private static final List<String> BLANKS = List.of("", "", " ", "\n\t", "\r\n  ");

    @Test
    void anyMixture_leavesEverythingElse() {
        Random random = new Random(20261122);
        for (int round = 0; round < 20_000; round++) {
            new Round(random).run();
        }
    }

    private static final class Round {
        private final Random random;
        private final RulesOf rules = RulesOf.open();
        private final Map<String, Object> expected = new LinkedHashMap<>();
        private final List<String> members = new ArrayList<>();

        Round(Random random) {
            this.random = random;
        }

        void run() {
            for (LoadOption option : OPTIONS) {
                option(option);
            }
            for (String other : List.of("seed", "stop", "num_ctx_")) {
                if (random.nextInt(3) == 0) {
                    give(other, "7");
                    expected.put(other, new Json.Num("7"));
                }
            }
            Collections.shuffle(members, random);
            boolean absent = members.isEmpty() && random.nextBoolean();
            String options = absent ? "" : ",\"options\"" + blank() + ":{" + String.join(",", members) + blank() + "}";
            String body = "{" + blank() + "\"model\":\"here\"" + options + ",\"messages\":[{}]}";

            String changed = Policies.apply(
                    Verdict.of(Endpoint.CHAT, rules, body).forward().edits(), body);
            Map<?, ?> result = (Map<?, ?>) Json.parse(changed);
            Object left = result.get("options");
            assertThat(left == null ? Map.of() : left)
                    .as("%s to %s", body, changed)
                    .isEqualTo(expected);
            assertThat(result.get("model")).isEqualTo("here");
            assertThat(result.get("messages")).isEqualTo(List.of(Map.of()));
        }

        private void option(LoadOption option) {
            String name = option.field().json();
            boolean given = random.nextBoolean();
            boolean isNull = given && random.nextInt(5) == 0;
            if (given) {
                give(name, isNull ? "null" : "5");
            }
            switch (random.nextInt(4)) {
                case 0 -> rules.load(option, OptionRule.Drop.INSTANCE);
                case 1 -> {
                    rules.load(option, new OptionRule.Pin("9"));
                    expected.put(name, new Json.Num("9"));
                }
                case 2 -> {
                    rules.load(option, new OptionRule.Clamp(1, 3));
                    if (given && !isNull) {
                        expected.put(name, new Json.Num("3"));
                    }
                }
                default -> {
                    if (given) {
                        expected.put(name, isNull ? Json.NULL : new Json.Num("5"));
                    }
                }
            }
        }

        private void give(String name, String value) {
            members.add(blank() + '"' + name + '"' + blank() + ':' + blank() + value + blank());
        }

        private String blank() {
            return BLANKS.get(random.nextInt(BLANKS.size()));
        }
    }
}
