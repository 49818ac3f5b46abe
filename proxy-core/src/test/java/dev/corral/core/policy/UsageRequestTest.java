package dev.corral.core.policy;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.spi.Endpoint;
import java.util.List;
import org.junit.jupiter.api.Test;

final class UsageRequestTest {
    private static final List<Endpoint> STREAMS = List.of(Endpoint.CHAT_COMPLETIONS, Endpoint.COMPLETIONS);
    private static final List<RolePolicy> ROLES = List.of(
            requireNonNull(RolePolicies.OPEN.of("anybody")),
            Verdict.role(RulesOf.open().rules()),
            Verdict.role(RulesOf.open().tokens(9, 9).rules()));

    private static String body(String members) {
        return "{\"model\":\"here:local\",\"max_tokens\":5,\"messages\":[{}],\"prompt\":\"x\"" + members + "}";
    }

    private static void becomes(String members, String expected) {
        for (Endpoint endpoint : STREAMS) {
            for (RolePolicy role : ROLES) {
                Verdict verdict = Verdict.of(endpoint, role, body(members));
                verdict.becomes(expected);
                assertThat(verdict.forward().ask().usageAdded()).as(members).isTrue();
                assertThat(verdict.forward().changes()).isEmpty();
            }
        }
    }

    private static void stays(String members) {
        for (Endpoint endpoint : STREAMS) {
            for (RolePolicy role : ROLES) {
                Verdict verdict = Verdict.of(endpoint, role, body(members));
                verdict.passes();
                assertThat(verdict.forward().ask().usageAdded()).as(members).isFalse();
            }
        }
    }

    @Test
    void streams_areAskedForTheirUsage_andTheCallerIsNotTold() {
        becomes(
                ",\"stream\":true",
                "{\"stream_options\":{\"include_usage\":true},"
                        + body(",\"stream\":true").substring(1));
        becomes(
                ",\"stream\":true,\"stream_options\":null",
                body(",\"stream\":true,\"stream_options\":{\"include_usage\":true}"));
        becomes(
                ",\"stream_options\":{},\"stream\":true",
                body(",\"stream_options\":{\"include_usage\":true},\"stream\":true"));
        becomes(
                ",\"stream_options\" : { \"x\":[{}] } ,\"stream\":true",
                body(",\"stream_options\" : {\"include_usage\":true, \"x\":[{}] } ,\"stream\":true"));
        for (String no : List.of("false", "null")) {
            becomes(
                    ",\"stream\":true,\"stream_options\":{\"x\":1,\"include_usage\": " + no + " }",
                    body(",\"stream\":true,\"stream_options\":{\"x\":1,\"include_usage\": true }"));
        }
    }

    @Test
    void whoAsksItself_andWhoWantsNoStream_sendsWhatItWrote() {
        stays("");
        stays(",\"stream\":false,\"stream_options\":{\"include_usage\":false}");
        stays(",\"stream\":null");
        stays(",\"stream\":1");
        stays(",\"stream\":true,\"stream_options\":{\"include_usage\":true}");
        stays(",\"stream\":true,\"stream_options\":{\"include_usage\":\"x\"}");
    }

    @Test
    void otherRoutes_tellTheirCountsAnyway() {
        RolePolicy open = requireNonNull(RolePolicies.OPEN.of("anybody"));
        for (Endpoint endpoint : List.of(Endpoint.CHAT, Endpoint.GENERATE, Endpoint.RESPONSES, Endpoint.MESSAGES)) {
            Verdict verdict = Verdict.of(endpoint, open, body(",\"stream\":true"));
            verdict.passes();
            assertThat(verdict.forward().ask().usageAdded()).isFalse();
        }
    }
}
