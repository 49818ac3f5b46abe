package dev.corral.auth.rule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.auth.TestRequest;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.spi.AdmissionDecision;
import dev.corral.core.spi.AdmissionDecision.Admit;
import dev.corral.core.spi.AdmissionDecision.Refuse;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.EndpointGroup;
import dev.corral.core.spi.Principal;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RoleRuleTest {
    private static final Set<EndpointGroup> USER =
            EnumSet.of(EndpointGroup.LIVENESS, EndpointGroup.READ, EndpointGroup.INFERENCE);

    private final RoleRule rule = new RoleRule(
            Map.of("user", USER, "admin", EnumSet.allOf(EndpointGroup.class), "nothing", Set.<EndpointGroup>of()));

    private AdmissionDecision admit(String role, Endpoint endpoint) {
        return rule.admit(new Principal("abcdefgh", "alice", role), endpoint, new TestRequest());
    }

    @ParameterizedTest
    @EnumSource(Endpoint.class)
    void user_getsExactlyTheGroupsOfItsRole(Endpoint endpoint) {
        if (USER.contains(endpoint.group())) {
            assertThat(admit("user", endpoint)).isEqualTo(Admit.FREELY);
        } else {
            assertRefused(
                    admit("user", endpoint),
                    "the role \"user\" may not use " + endpoint.pattern() + ": it does not open \""
                            + endpoint.group().configName() + "\"");
        }
    }

    @ParameterizedTest
    @EnumSource(Endpoint.class)
    void admin_getsEverything(Endpoint endpoint) {
        assertThat(admit("admin", endpoint)).isEqualTo(Admit.FREELY);
    }

    @ParameterizedTest
    @EnumSource(Endpoint.class)
    void roleThatNamesNothing_getsNothing(Endpoint endpoint) {
        assertThat(admit("nothing", endpoint)).isInstanceOf(Refuse.class);
    }

    @ParameterizedTest
    @EnumSource(Endpoint.class)
    void unknownRole_getsNothing(Endpoint endpoint) {
        assertRefused(admit("Admin", endpoint), "the role \"Admin\" is not configured, so it opens nothing");
    }

    @Test
    void rolesChangedAfterwards_changeNothing() {
        Set<EndpointGroup> groups = EnumSet.of(EndpointGroup.READ);
        Map<String, Set<EndpointGroup>> roles = new HashMap<>(Map.of("user", groups));
        RoleRule copied = new RoleRule(roles);
        groups.add(EndpointGroup.DELETE);
        roles.put("root", EnumSet.allOf(EndpointGroup.class));
        assertThat(copied.admit(new Principal("abcdefgh", "alice", "user"), Endpoint.DELETE_MODEL, new TestRequest()))
                .isInstanceOf(Refuse.class);
        assertThat(copied.admit(new Principal("abcdefgh", "alice", "root"), Endpoint.DELETE_MODEL, new TestRequest()))
                .isInstanceOf(Refuse.class);
    }

    private static void assertRefused(AdmissionDecision decision, String message) {
        assertThat(decision).isInstanceOfSatisfying(Refuse.class, refuse -> {
            assertThat(refuse.error().code()).isEqualTo(ErrorCode.FORBIDDEN_ENDPOINT);
            assertThat(refuse.error().message()).isEqualTo(message);
        });
    }
}
