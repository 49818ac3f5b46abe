package dev.corral.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.error.ProxyError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HelpPageTest {
    private static final String FINGERPRINT = "SHA256:lbmsoA0yIEcEiVDRnMWuzm+nV+3ZEEpVIURqFoeSsp/";
    private static final String STANDARD = HelpPage.html("");

    @Test
    void unregisteredKey_isShownWithTheCommandThatLetsItIn() {
        String path = HelpPage.path(ProxyError.unregistered(FINGERPRINT).help());
        assertThat(path).isEqualTo("/-/help?key=SHA256%3AlbmsoA0yIEcEiVDRnMWuzm%2BnV%2B3ZEEpVIURqFoeSsp%2F");
        String page = HelpPage.html(path.substring(path.indexOf('?') + 1));
        assertThat(page)
                .contains("<pre class=\"line\">Please let my ollama key in: " + FINGERPRINT + "</pre>")
                .contains("corral keys approve " + FINGERPRINT + " --name")
                .contains("<!doctype html>")
                .endsWith("</html>\n");
        assertThat(HelpPage.html("key=" + FINGERPRINT)).isEqualTo(page);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "key=",
                "key=SHA256:",
                "key=SHA256:lbmsoA0yIEcEiVDRnMWuzm+nV+3ZEEpVIURqFoeSsp",
                "key=SHA256:lbmsoA0yIEcEiVDRnMWuzm+nV+3ZEEpVIURqFoeSsp/x",
                "key=SHA256:<script>alert(1)</script>aaaaaaaaaaaaaaaaaa",
                "key=SHA256%3A%3Cscript%3Ealert(1)%3C%2Fscript%3Eaaaaaaaaaaa",
                "key=SHA256:lbmsoA0yIEcEiVDRnMWuzm+nV+3ZEEpVIURqFoeSsp/&x=1",
                "x=1&key=SHA256:lbmsoA0yIEcEiVDRnMWuzm+nV+3ZEEpVIURqFoeSsp/",
                "KEY=SHA256:lbmsoA0yIEcEiVDRnMWuzm+nV+3ZEEpVIURqFoeSsp/",
                "clock=1",
                "<script>",
            })
    void whateverElseItIsTold_isNotOnThePage(String query) {
        assertThat(HelpPage.html(query)).isEqualTo(STANDARD);
    }

    @Test
    void ollamaCommandThatDidNotSign_isToldHow() {
        assertThat(STANDARD)
                .contains("OLLAMA_AUTH=1 OLLAMA_HOST=https://this-server ollama run llama3")
                .contains("corral keys add-ssh YOUR-NAME")
                .contains("corral connect https://this-server");
    }

    @Test
    void clockAndPlaceholder_areExplained() {
        assertThat(HelpPage.path(ProxyError.STALE_SIGNATURE.help())).isEqualTo("/-/help?clock");
        assertThat(HelpPage.html("clock"))
                .contains("<h1>Your clock is wrong</h1>")
                .endsWith("</html>\n");
        assertThat(HelpPage.path(ProxyError.PLACEHOLDER_KEY.help())).isEqualTo("/-/help?placeholder");
        assertThat(HelpPage.html("placeholder"))
                .contains("<code>ollama</code>, which programs send")
                .contains("OPENAI_API_KEY=crl_")
                .endsWith("</html>\n");
        assertThat(HelpPage.path(ProxyError.MISSING_KEY.help())).isEqualTo("/-/help");
    }
}
