package dev.corral.core.body.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.corral.core.body.oracle.Agreement.Outcome;
import dev.corral.core.policy.RolePolicy;
import dev.corral.core.spi.Endpoint;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Generated bodies: what Corral forwards, Ollama reads as Corral read it. {@code -Dcorral.test.seed} chooses others. */
final class BodyPropertyTest {
    private static final long SEED = Long.getLong("corral.test.seed", 3);
    private static final int ROUNDS = Integer.getInteger("corral.test.rounds", 800);

    private final Agreement agreement = new Agreement();

    @Test
    void deviousBody_isRefusedOrReadByGoAsPolicyReadIt() {
        DeviousBodies devious = new DeviousBodies(new SplittableRandom(SEED));
        // One of each sort.
        Map<String, String> disagreements = new TreeMap<>();
        Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
        for (int i = 0; i < ROUNDS; i++) {
            for (Endpoint route : OllamaTypes.routes()) {
                byte[] body = devious.next(route);
                for (RolePolicy role : Roles.ALL) {
                    try {
                        outcomes.merge(agreement.check(route, role, body), 1, Integer::sum);
                    } catch (AssertionError e) {
                        String what = String.valueOf(e.getMessage());
                        disagreements.putIfAbsent(what.split("[ :0-9]", 2)[0] + route, what);
                    }
                }
            }
        }
        if (!disagreements.isEmpty()) {
            fail("disagreements with seed %d%n%s", SEED, String.join("\n\n", disagreements.values()));
        }
        // The bodies are neither all hopeless nor all harmless.
        assertThat(outcomes.get(Outcome.FORWARDED)).as("%s", outcomes).isGreaterThan(3 * ROUNDS);
        assertThat(outcomes.get(Outcome.REFUSED_BY_SCANNER)).as("%s", outcomes).isGreaterThan(3 * ROUNDS);
        assertThat(outcomes.get(Outcome.REFUSED_BY_POLICY)).as("%s", outcomes).isGreaterThan(3 * ROUNDS);
    }

    @Test
    void honestBody_isNeverRefused() {
        SplittableRandom random = new SplittableRandom(SEED);
        HonestBodies honest = new HonestBodies(random);
        List<String> refused = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            for (Endpoint route : OllamaTypes.routes()) {
                boolean spacious = random.nextInt(4) == 0;
                byte[] body = honest.next(route).write(random, spacious).getBytes(StandardCharsets.UTF_8);
                boolean managed = Roles.managed(route);
                for (RolePolicy role : managed ? List.of(Roles.OPEN) : List.of(Roles.OPEN, Roles.SAFE)) {
                    String why = agreement.refusal(route, role, body);
                    if (why != null) {
                        refused.add(route + " as " + role.role() + ": " + why + "\n"
                                + new String(body, StandardCharsets.UTF_8));
                    }
                }
            }
        }
        if (!refused.isEmpty()) {
            fail(
                    "%d refusals with seed %d, such as%n%s",
                    refused.size(), SEED, String.join("\n\n", refused.subList(0, Math.min(8, refused.size()))));
        }
    }

    @Test
    void openRole_changesNothing() {
        SplittableRandom random = new SplittableRandom(SEED);
        HonestBodies honest = new HonestBodies(random);
        for (int i = 0; i < ROUNDS / 5; i++) {
            for (Endpoint route : OllamaTypes.routes()) {
                boolean asksForCounts = route == Endpoint.CHAT_COMPLETIONS || route == Endpoint.COMPLETIONS;
                if (Roles.managed(route) || asksForCounts) {
                    continue;
                }
                byte[] body = honest.next(route).write(random, false).getBytes(StandardCharsets.UTF_8);
                assertThat(agreement.forwarded(route, Roles.OPEN, body))
                        .as("%s, seed %d", route, SEED)
                        .isEqualTo(body);
            }
        }
    }

    /** What is put into a body has a comma behind it: an empty one must not come that far. */
    @Test
    void emptyBody_isRefusedForEveryRole() {
        for (Endpoint route : OllamaTypes.routes()) {
            for (RolePolicy role : Roles.ALL) {
                String why = agreement.refusal(route, role, " { } ".getBytes(StandardCharsets.UTF_8));
                assertThat(why).as("%s as %s", route, role.role()).endsWith(" is required");
            }
        }
    }
}
