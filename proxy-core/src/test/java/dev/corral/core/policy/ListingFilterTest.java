package dev.corral.core.policy;

import static dev.corral.core.policy.Policies.apply;
import static dev.corral.core.policy.Policies.bytes;
import static dev.corral.core.policy.Policies.patterns;
import static dev.corral.core.policy.Policies.role;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.corral.core.body.BadBody;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.policy.ModelCatalogue.Place;
import dev.corral.core.spi.Endpoint;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListingFilterTest {
    private static final String LIBRARY = "registry.ollama.ai/library/";
    // As Ollama answered.
    private static final String DETAILS = "\"modified_at\":\"2026-11-22T22:10:26.657384508Z\",\"size\":195,"
            + "\"digest\":\"194f9f3781255c0f68431975f8c595fe4e516336f8b6c3a7c22e72da81e616ea\",\"details\":{"
            + "\"parent_model\":\"\",\"format\":\"gguf\",\"family\":\"llama\",\"families\":[\"llama\"],"
            + "\"parameter_size\":\"1.2B\",\"quantization_level\":\"Q8_0\"}";
    private static final String CHAT = "{\"name\":\"chat:latest\",\"model\":\"chat:latest\"," + DETAILS + "}";
    private static final String TINY = "{\"name\":\"tiny:1b\",\"model\":\"tiny:1b\"," + DETAILS + "}";
    private static final String OTHER = "{\"name\":\"org/Other:Q4\",\"model\":\"org/Other:Q4\"," + DETAILS + "}";
    private static final String RSTUB = "{\"name\":\"rstub:latest\",\"model\":\"rstub:latest\","
            + "\"remote_model\":\"gpt-oss:20b\",\"remote_host\":\"https://ollama.com:443\"," + DETAILS + "}";
    private static final String CLOUD = "{\"name\":\"gpt-oss:20b-cloud\",\"model\":\"gpt-oss:20b-cloud\","
            + "\"remote_model\":\"gpt-oss:20b\",\"remote_host\":\"https://ollama.com:443\"," + DETAILS + "}";

    private final ModelCatalogue catalogue = new ModelCatalogue();
    private final AtomicInteger unknown = new AtomicInteger();
    private final ListingFilter filter = new ListingFilter(catalogue, unknown::incrementAndGet);

    @Test
    void tags_showWhatTheRoleOpens() throws BadBody {
        String listing = tags(CHAT, TINY, OTHER, RSTUB, CLOUD);
        assertThat(filter(Endpoint.TAGS, role(true, "*"), listing)).isEqualTo(listing);
        assertThat(filter(Endpoint.TAGS, role(false, "*"), listing)).isEqualTo(tags(CHAT, TINY, OTHER));
        assertThat(filter(Endpoint.TAGS, role(false, "tiny*", "org/*", "rstub"), listing))
                .isEqualTo(tags(TINY, OTHER));
        assertThat(filter(Endpoint.TAGS, role(true, "gpt-oss*", "chat"), listing))
                .isEqualTo(tags(CHAT, CLOUD));
        assertThat(filter(Endpoint.TAGS, role(true, "chat:7b"), listing)).isEqualTo("{\"models\":[]}");
        ModelRules rules = new ModelRules(patterns("*"), patterns("tiny:*", "org/other*"), false);
        assertThat(filter(Endpoint.TAGS, role(rules, false), listing)).isEqualTo(tags(CHAT));
    }

    @Test
    void wherever_theCutElementsStand_theCommasAreRight() throws BadBody {
        String[] all = {CHAT, TINY, OTHER};
        String[] patterns = {"chat", "tiny*", "org/*"};
        for (int keep = 0; keep < 8; keep++) {
            StringBuilder expected = new StringBuilder();
            RolePolicy role = role(false);
            for (int i = 0; i < 3; i++) {
                if ((keep >> i & 1) != 0) {
                    expected.append(expected.isEmpty() ? "" : ",").append(all[i]);
                    role = role(new ModelRules(join(role.models().allow(), patterns[i]), List.of(), false), false);
                }
            }
            assertThat(filter(Endpoint.TAGS, role, tags(all))).isEqualTo("{\"models\":[" + expected + "]}");
        }
    }

    @Test
    void processes_areFilteredByTheCatalogue() throws BadBody {
        String listing = "{\"models\":[{\"name\":\"chat:latest\",\"model\":\"chat:latest\",\"size\":5137025024,"
                + "\"digest\":\"2ae6f6dd7a3d\",\"expires_at\":\"2318-12-01T00:00:00Z\",\"size_vram\":0,\"context_length\":4096},"
                + "{\"name\":\"rstub:latest\",\"model\":\"rstub:latest\",\"size\":1}]}";
        assertThat(filter(Endpoint.PS, role(false, "*"), listing)).isEqualTo(listing);
        catalogue.learn(Map.of(LIBRARY + "rstub:latest", Place.REMOTE));
        assertThat(filter(Endpoint.PS, role(false, "*"), listing))
                .isEqualTo(listing.substring(0, listing.indexOf(",{\"name\":\"rstub")) + "]}");
        assertThat(filter(Endpoint.PS, role(true, "*"), listing)).isEqualTo(listing);
        assertThat(unknown).hasValue(0);
    }

    @Test
    void openAiModels_areFilteredByTheCatalogue() throws BadBody {
        String start = "{\"object\":\"list\",\"data\":[";
        String rstub = openAi("rstub:latest");
        String other = openAi("org/x:7b-cloud");
        String chat = openAi("chat:latest");
        String listing = start + rstub + "," + chat + "," + other + "]}\n";
        catalogue.learn(Map.of(LIBRARY + "rstub:latest", Place.REMOTE, LIBRARY + "chat:latest", Place.LOCAL));
        assertThat(filter(Endpoint.MODELS, role(false, "*", "org/*"), listing)).isEqualTo(start + chat + "]}\n");
        assertThat(filter(Endpoint.MODELS, role(true, "org/*"), listing)).isEqualTo(start + other + "]}\n");
        assertThat(filter(Endpoint.MODELS, role(true), listing)).isEqualTo(start + "]}\n");
        assertThat(unknown).hasValue(0);
    }

    /** The list does not tell where it runs: it is shown when the catalogue has been read again. */
    @Test
    void openAiModelThatTheCatalogueDoesNotKnow_isHidden_andAskedFor() throws BadBody {
        String listing = "{\"object\":\"list\",\"data\":[" + openAi("new:latest") + "]}";
        assertThat(filter(Endpoint.MODELS, role(true, "new"), listing)).isEqualTo(listing);
        assertThat(filter(Endpoint.MODELS, role(false, "old"), listing)).endsWith("[]}");
        assertThat(unknown).hasValue(0);
        assertThat(filter(Endpoint.MODELS, role(false, "new"), listing)).endsWith("[]}");
        assertThat(unknown).hasValue(1);
        catalogue.learn(Map.of(LIBRARY + "new:latest", Place.LOCAL));
        assertThat(filter(Endpoint.MODELS, role(false, "new"), listing)).isEqualTo(listing);
    }

    @Test
    void tagsEntryThatTheCatalogueCallsRemote_isCut() throws BadBody {
        catalogue.learn(Map.of(LIBRARY + "chat:latest", Place.REMOTE));
        assertThat(filter(Endpoint.TAGS, role(false, "*"), tags(CHAT, TINY))).isEqualTo(tags(TINY));
    }

    @ParameterizedTest
    @CsvSource({"TAGS,models", "PS,models", "MODELS,data"})
    void nothingListed_staysAsItIs(Endpoint endpoint, String member) throws BadBody {
        for (String value : new String[] {"null", "[]", " [ ] "}) {
            String listing = "{\"" + member + "\":" + value + "}";
            assertThat(filter(endpoint, role(false, "chat"), listing)).isEqualTo(listing);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "5",
                "\"chat\"",
                "null",
                "[]",
                "{}",
                "{\"name\":\"\"}",
                "{\"name\":5}",
                "{\"name\":\"chat\",\"model\":[]}",
                "{\"name\":\"chat\",\"model\":\"secret\"}",
                "{\"name\":\"chat\",\"name\":\"secret\"}",
                "{\"name\":\"secret\",\"name\":\"chat\"}",
                "{\"n\\u0061me\":\"secret\",\"name\":\"chat\"}",
                "{\"name\":\"chat \"}",
                "{\"name\":\"chat:cloud:local\"}",
                "{\"name\":\"chat:local\"}",
                "{\"name\":\"chat:cloud\"}",
                "{\"name\":\"chat:latest-cloud\"}",
                "{\"id\":\"chat\"}",
                "{\"name\":\"chat\",\"remote_host\":false}",
                "{\"name\":\"chat\",\"remote_model\":\"x\"}"
            })
    void elementThatIsNotClearlyOpen_isCut(String element) throws BadBody {
        catalogue.learn(Map.of(LIBRARY + "chat:local", Place.REMOTE));
        assertThat(filter(Endpoint.TAGS, role(false, "chat"), tags(CHAT, element, CHAT)))
                .isEqualTo(tags(CHAT, CHAT));
    }

    @Test
    void everyArrayOfModels_isFiltered() throws BadBody {
        assertThat(filter(Endpoint.TAGS, role(false, "chat"), "{\"models\":[" + TINY + "],\"models\":[" + CHAT + "]}"))
                .isEqualTo("{\"models\":[],\"models\":[" + CHAT + "]}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "null",
                "{}",
                "{\"data\":[]}",
                "{\"models\":5}",
                "{\"models\":{\"name\":\"chat\"}}",
                "{\"models\":[}",
                "{\"models\":[{\"name\":\"chat\"}}",
                "{\"models\":[{\"name\":\"chat\"}]",
                "{\"models\":[{\"name\":\"chat\"}]}{",
                "{\"models\":[{\"name\":\"chat\"},]}"
            })
    void whatIsNoListing_isNotPassedOn(String listing) {
        assertThatThrownBy(() -> filter(Endpoint.TAGS, role(false, "*"), listing))
                .isInstanceOfSatisfying(
                        BadBody.class, e -> assertThat(e.error().code()).isEqualTo(ErrorCode.UPSTREAM_BAD_RESPONSE));
    }

    @Test
    void roleThatOpensEverything_needsNoFilter() {
        assertThat(ListingFilter.needed(role(true, "*"))).isFalse();
        assertThat(ListingFilter.needed(role(true, "chat", "*"))).isFalse();
        assertThat(ListingFilter.needed(role(true, "*/*/*"))).isFalse();
        assertThat(ListingFilter.needed(role(false, "*"))).isTrue();
        assertThat(ListingFilter.needed(role(true, "*/*"))).isTrue();
        assertThat(ListingFilter.needed(role(true, "*/*/*:latest"))).isTrue();
        assertThat(ListingFilter.needed(role(true))).isTrue();
        assertThat(ListingFilter.needed(role(new ModelRules(patterns("*"), patterns("x"), true), false)))
                .isTrue();
    }

    private static List<ModelPattern> join(List<ModelPattern> patterns, String one) {
        return Stream.concat(patterns.stream(), patterns(one).stream()).toList();
    }

    private static String tags(String... elements) {
        return "{\"models\":[" + String.join(",", elements) + "]}";
    }

    private static String openAi(String id) {
        return "{\"id\":\"" + id + "\",\"object\":\"model\",\"created\":1795385426,\"owned_by\":\"library\"}";
    }

    private String filter(Endpoint endpoint, RolePolicy policy, String listing) throws BadBody {
        return apply(filter.edits(endpoint, policy, bytes(listing)), listing);
    }
}
