package dev.corral.core.body;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.spi.Endpoint;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WebSearchTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"web_search\"}",
                "{\"type\":\"web_search_20250305\",\"name\":\"web_search\",\"max_uses\":5}",
                "{\"type\":\"web_search_preview\"}",
                "{\"TYPE\":\"web_search\"}",
                "{\"typ\\u0065\":\"web_search\"}",
                "{\"type\":\"WEB_Search\"}",
                "{\"type\":\"\\u0077eb\\u005fsearch\"}",
                "{\"type\":\" \\t\\n\\u00a0\\u2007\u3000\\u0085web_search\"}",
                "{\"type\":\"function\",\"type\":\"web_search\"}",
                "{\"type\":\"web_search\",\"type\":\"function\"}",
                "{\"type\":\"web_search\",\"Type\":null}",
                "{\"type\":\"namespace\",\"tools\":[{\"type\":\"function\"},{\"type\":\"web_search\"}]}",
                "{\"type\":\"namespace\",\"\\u0054ool\u017f\":[{\"tools\":[{\"type\":\"web_search\"}]}]}",
                "{\"tools\":[],\"tools\":[{\"type\":\"web_search\"}]}",
                "{\"type\":\"function\"},{\"type\":\"web_search\"}"
            })
    void toolThatSearches_isSeenInEverySpelling(String tools) {
        assertThat(Scans.scan(Endpoint.RESPONSES, "{\"tools\":[" + tools + "]}").webSearch())
                .isTrue();
        assertThat(Scans.scan(Endpoint.MESSAGES, "{\"model\":\"a\",\"tools\":[" + tools + "]}")
                        .webSearch())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "7",
                "{\"type\":\"\"}",
                "{\"type\":\"function\",\"name\":\"web_search\"}",
                "{\"type\":\"websearch\"}",
                "{\"type\":\"web_searc\"}",
                "{\"type\":\"my_web_search\"}",
                "{\"type\":\"\\\\u0077eb_search\"}",
                "{\"type\":[\"web_search\"]}",
                "{\"types\":\"web_search\"}",
                "{\"type\":\"function\",\"parameters\":{\"type\":\"web_search\",\"tools\":[{\"type\":\"web_search\"}]}}",
                "{\"type\":\"function\",\"input_schema\":{\"type\":\"web_search\"}}"
            })
    void otherTools_areLeftAlone(String tools) {
        assertThat(Scans.scan(Endpoint.RESPONSES, "{\"tools\":[" + tools + "]}").webSearch())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"input\":[{\"type\":\"web_search_call\",\"tools\":[{\"type\":\"web_search\"}]}]}",
                "{\"include\":[\"web_search\"],\"text\":{\"type\":\"web_search\"}}",
                "{\"tools\":null}",
                "{\"tools\":\"web_search\"}"
            })
    void textsElsewhere_areNotTools(String body) {
        assertThat(Scans.scan(Endpoint.RESPONSES, body).webSearch()).isFalse();
    }
}
