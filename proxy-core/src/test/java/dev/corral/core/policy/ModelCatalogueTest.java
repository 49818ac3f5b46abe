package dev.corral.core.policy;

import static dev.corral.core.policy.Policies.bytes;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.policy.ModelCatalogue.Place;
import dev.corral.core.testkit.TestClock;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelCatalogueTest {
    private final TestClock clock = new TestClock(Long.MAX_VALUE - 1);
    private final ModelCatalogue catalogue = new ModelCatalogue(clock);

    @Test
    void beforeTheFirstListing_everythingIsUnknown() {
        assertThat(place("chat")).isEqualTo(Place.UNKNOWN);
        assertThat(catalogue.age()).isNull();
    }

    @Test
    void listing_tellsStubsFromModels() {
        learn("""
                {"models":[{"name":"chat:latest","model":"chat:latest","size":1,"details":{"families":null}},
                {"name":"rstub:latest","model":"rstub:latest","remote_model":"gpt-oss:20b","remote_host":"https://ollama.com:443"},
                {"name":"half:latest","model":"half:latest","remote_model":"x","remote_host":""},
                {"name":"other:latest","model":"other:latest","remote_host":"x"},
                {"name":"hf.co/User/Repo:Q8_0","model":"hf.co/User/Repo:Q8_0","remote_model":"","remote_host":null}]}""");
        assertThat(place("CHAT")).isEqualTo(Place.LOCAL);
        assertThat(place("rstub")).isEqualTo(Place.REMOTE);
        assertThat(place("half")).isEqualTo(Place.REMOTE);
        assertThat(place("other")).isEqualTo(Place.REMOTE);
        assertThat(place("hf.co/user/repo:q8_0")).isEqualTo(Place.LOCAL);
        assertThat(place("chat:7b")).isEqualTo(Place.UNKNOWN);
    }

    /** What Ollama pulls for gpt-oss:20b-cloud is another model than gpt-oss:20b, which runs here. */
    @Test
    void stubOfACloudModel_doesNotMakeTheModelOfThatNameRemote() {
        learn("""
                {"models":[{"name":"gpt-oss:20b-cloud","model":"gpt-oss:20b-cloud","remote_host":"https://ollama.com:443"},
                {"name":"gpt-oss:20b","model":"gpt-oss:20b"},
                {"name":"gpt-oss:cloud","model":"gpt-oss:cloud","remote_host":"https://ollama.com:443"}]}""");
        assertThat(place("gpt-oss:20b")).isEqualTo(Place.LOCAL);
        assertThat(place("gpt-oss")).isEqualTo(Place.UNKNOWN);
    }

    @Test
    void whereAListingContradictsItself_theStubCounts() {
        learn("""
                {"models":[{"name":"a:latest","model":"b:latest","remote_host":"x"},{"name":"A"},{"name":"library/b"},
                {"name":"c","remote_host":"","remote_host":"x"},{"name":"d","remote_host":5},
                {"name":"E","remote_model":"x"},{"name":"e"}]}""");
        for (String name : new String[] {"a", "b", "c", "d", "e"}) {
            assertThat(place(name)).as(name).isEqualTo(Place.REMOTE);
        }
    }

    @Test
    void elementsThatNameNothing_arePassedOver() {
        learn("""
                {"models":[5,null,"x",[],{},{"name":""},{"name":7},{"name":"a b"},{"name":"a","model":{}},
                {"name":"b","name":"c","name":"d","name":"e","name":"f"},{"name":null,"model":"chat"}]}""");
        assertThat(place("chat")).isEqualTo(Place.LOCAL);
        for (String name : new String[] {"x", "a", "b", "f"}) {
            assertThat(place(name)).as(name).isEqualTo(Place.UNKNOWN);
        }
    }

    @Test
    void newListing_replacesTheOldOneWhole() {
        learn("{\"models\":[{\"name\":\"a\"}]}");
        learn("{\"models\":[{\"name\":\"b\"}]}");
        assertThat(place("a")).isEqualTo(Place.UNKNOWN);
        assertThat(place("b")).isEqualTo(Place.LOCAL);
        learn("{\"models\":null}");
        assertThat(place("b")).isEqualTo(Place.UNKNOWN);
    }

    @Test
    void age_isCountedFromTheLastListing() {
        catalogue.learn(Map.of());
        clock.advance(Duration.ofMinutes(3));
        assertThat(catalogue.age()).isEqualTo(Duration.ofMinutes(3));
        catalogue.learn(Map.of());
        assertThat(catalogue.age()).isEqualTo(Duration.ZERO);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "{\"error\":\"x\"}",
                "{\"models\":{}}",
                "{\"models\":\"x\"}",
                "{\"models\":[{\"name\":\"b\"}]",
                "{\"models\":[{\"name\":\"b\"}]}}",
                "{\"models\":[{\"name\":\"b\"},]}",
                "{\"models\":[{\"name\":\"b]}",
                "{\"data\":[]}",
                "<html>"
            })
    void whatIsNoListing_changesNothing(String body) {
        learn("{\"models\":[{\"name\":\"a\"}]}");
        clock.advance(Duration.ofSeconds(1));
        assertThat(catalogue.learn(bytes(body))).isNotNull().matches("[ -~]+");
        assertThat(place("a")).isEqualTo(Place.LOCAL);
        assertThat(place("b")).isEqualTo(Place.UNKNOWN);
        assertThat(catalogue.age()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void bytesThatAreNoUtf8_changeNothing() {
        byte[] listing = {'{', '"', 'm', 'o', 'd', 'e', 'l', 's', '"', ':', '[', '"', (byte) 0xff, '"', ']', '}'};
        assertThat(catalogue.learn(ByteBuffer.wrap(listing))).isNotNull();
        assertThat(catalogue.age()).isNull();
    }

    @Test
    void listingOfMoreModelsThanAnyMachineHas_isNotBelieved() {
        assertThat(catalogue.learn(bytes(manyModels(ModelCatalogue.MAX_MODELS + 1))))
                .contains("65536");
        assertThat(catalogue.age()).isNull();
        learn(manyModels(ModelCatalogue.MAX_MODELS));
        assertThat(place("m0")).isEqualTo(Place.LOCAL);
    }

    private static String manyModels(int count) {
        StringBuilder listing = new StringBuilder("{\"models\":[");
        for (int i = 0; i < count; i++) {
            listing.append(i == 0 ? "" : ",").append("{\"name\":\"m").append(i).append("\"}");
        }
        return listing.append("]}").toString();
    }

    private void learn(String listing) {
        assertThat(catalogue.learn(bytes(listing))).isNull();
    }

    private Place place(String raw) {
        return catalogue.place(requireNonNull(ModelName.parse(raw), raw));
    }
}
