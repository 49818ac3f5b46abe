package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.EdgeSettings;
import dev.corral.core.LockOutSettings;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.AuthDecision;
import dev.corral.core.spi.CidrSet;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.ExchangeSummary;
import dev.corral.core.spi.RequestView;
import dev.corral.core.testkit.Authenticators;
import dev.corral.core.testkit.CoreFixture;
import dev.corral.core.testkit.CoreSetup;
import dev.corral.core.testkit.EachTransport;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.RawClient;
import dev.corral.core.testkit.Requests;
import dev.corral.core.testkit.Response;
import dev.corral.core.testkit.SeenRequest;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.ExtendWith;

/** A key in front of the path opens what a key in a header does, and is seen by nobody but who checks it. */
@ExtendWith(NothingLeft.class)
final class PathTokenIT {
    private static final String TOKEN = "crl_Ab12Cd34_x0123456789x0123456789";
    private static final EdgeSettings TOKENS = new EdgeSettings(
            false, false, List.of(), CidrSet.NONE, CidrSet.NONE, CidrSet.NONE, LockOutSettings.DEFAULTS, true);

    private final List<String> views = new CopyOnWriteArrayList<>();

    private CoreSetup setup(Transport transport, EdgeSettings edge) {
        return CoreSetup.on(transport).edge(edge).authenticator(this::decide);
    }

    private AuthDecision decide(RequestView request) {
        views.add(request.method() + " " + request.path() + " " + request.query() + " " + request.pathToken());
        return TOKEN.equals(request.pathToken())
                ? new AuthDecision.Granted(Authenticators.USER)
                : new AuthDecision.Denied(ProxyError.UNKNOWN_KEY);
    }

    private static Response ask(CoreFixture fixture, String request) throws IOException {
        RawClient client = fixture.client();
        client.send(request);
        return client.read(request.startsWith("HEAD") ? "HEAD" : "GET");
    }

    private static ExchangeSummary last(CoreFixture fixture, int count) {
        fixture.assertNothingLeft(count);
        return fixture.observed().summaries().get(count - 1);
    }

    @EachTransport
    void pathToken_opensTheEndpointBehindItAndIsSentNowhere(Transport transport) throws IOException {
        try (CoreFixture fixture = setup(transport, TOKENS).start()) {
            String chat = Requests.post(
                    "/t/" + TOKEN + "/api/chat?ts=1",
                    Requests.MODEL,
                    "Referer: http://corral.test/t/" + TOKEN + "/page",
                    "X-Original-URL: /t/" + TOKEN + "/api/chat");
            assertThat(ask(fixture, chat).status()).isEqualTo(200);

            SeenRequest seen = fixture.ollama().request(0);
            assertThat(seen.head().raw().text())
                    .startsWith("POST /api/chat HTTP/1.1")
                    .doesNotContain(TOKEN);
            assertThat(views).containsExactly("POST /api/chat ts=1 " + TOKEN);
            ExchangeSummary summary = last(fixture, 1);
            assertThat(summary.endpoint()).isEqualTo(Endpoint.CHAT);
            assertThat(summary.path()).isEqualTo("/api/chat");
            assertThat(summary.toString()).doesNotContain(TOKEN);
        }
    }

    @EachTransport
    void absoluteForm_isReadTheSame(Transport transport) throws IOException {
        try (CoreFixture fixture = setup(transport, TOKENS).start()) {
            String tags = Requests.get("http://corral.test/t/" + TOKEN + "/api/tags");
            assertThat(ask(fixture, tags).status()).isEqualTo(200);
            assertThat(fixture.ollama().request(0).head().raw().text()).startsWith("GET /api/tags HTTP/1.1");
        }
    }

    @EachTransport
    void tokensNotConfigured_pathIsUnknownAndTheTokenStaysSecret(Transport transport) throws IOException {
        CoreSetup open = CoreSetup.on(transport);
        try (CoreFixture fixture = open.start()) {
            Response refused = ask(fixture, Requests.get("/t/" + TOKEN + "/api/tags"));
            assertThat(refused.status()).isEqualTo(404);
            assertThat(refused.head().raw().text() + refused.text()).doesNotContain(TOKEN);
            assertThat(last(fixture, 1).path()).isEqualTo("/t/*");
            assertThat(fixture.ollama().connections()).isEmpty();
        }
    }

    @EachTransport
    void refusals_areInTheDialectOfThePathBehindTheToken(Transport transport) throws IOException {
        try (CoreFixture fixture = setup(transport, TOKENS).start()) {
            String wrong = "/t/" + TOKEN + "x";
            assertThat(ask(fixture, Requests.get(wrong + "/api/tags")).text()).startsWith("{\"error\":\"");
            assertThat(ask(fixture, Requests.get(wrong + "/v1/models")).text()).startsWith("{\"error\":{");
            assertThat(ask(fixture, Requests.get(wrong + "/v1/messages")).text())
                    .startsWith("{\"type\":\"error\"");
            assertThat(ask(fixture, Requests.get("/t/" + TOKEN + "/nowhere")).status())
                    .isEqualTo(404);
        }
    }

    @EachTransport
    void linkOfA401_leadsToThePageWithoutTheToken(Transport transport) throws IOException {
        try (CoreFixture fixture = setup(transport, TOKENS).start()) {
            Response refused = ask(fixture, Requests.get("/t/" + TOKEN + "x/api/tags"));
            assertThat(refused.status()).isEqualTo(401);
            assertThat(refused.text())
                    .contains("\"signin_url\":\"http://corral.test/-/help")
                    .doesNotContain(TOKEN);
        }
    }

    /** What was refused before anybody looked for tokens still is. */
    @EachTransport
    void targetsThatTwoServersReadDifferently_areRefusedBehindATokenToo(Transport transport) throws IOException {
        List<String> targets = List.of(
                "/t/" + TOKEN + "//api/tags",
                "/t/" + TOKEN + "/../api/tags",
                "/t/" + TOKEN + "/api/%74ags",
                "/t/" + TOKEN + ";x/api/tags",
                "/t/" + TOKEN + "%2fapi/tags",
                "/t/./" + TOKEN + "/api/tags",
                "/t/../t/" + TOKEN + "/api/tags",
                "/t//api/tags",
                "/t/",
                "//t/" + TOKEN + "/api/tags",
                "/%74/" + TOKEN + "/api/tags",
                "http://other.test/t/" + TOKEN + "/api/tags");
        try (CoreFixture fixture = setup(transport, TOKENS).start()) {
            for (int i = 0; i < targets.size(); i++) {
                Response refused = ask(fixture, Requests.get(targets.get(i)));
                assertThat(refused.status()).as(targets.get(i)).isEqualTo(400);
                ExchangeSummary summary = last(fixture, i + 1);
                assertThat(Objects.requireNonNull(summary.error()).code())
                        .as(targets.get(i))
                        .isEqualTo(ErrorCode.BAD_TARGET);
                assertThat(summary.path()).as(targets.get(i)).doesNotContain("crl_");
            }
            assertThat(views).isEmpty();
            assertThat(fixture.ollama().connections()).isEmpty();
        }
    }

    @EachTransport
    void brokenHead_tokenIsNotLogged(Transport transport) throws IOException {
        try (CoreFixture fixture = setup(transport, TOKENS).start()) {
            String request = Requests.get("/t/" + TOKEN + "/api/tags", "Bad Field: x");
            assertThat(ask(fixture, request).status()).isEqualTo(400);
            assertThat(last(fixture, 1).toString()).doesNotContain(TOKEN);
        }
    }

    @EachTransport
    void livenessAndPreflight_areAnsweredBehindATokenAsWithoutOne(Transport transport) throws IOException {
        try (CoreFixture fixture = setup(transport, TOKENS).start()) {
            assertThat(ask(fixture, Requests.head("HEAD", "/t/" + TOKEN + "/")).status())
                    .isEqualTo(200);
            assertThat(ask(fixture, Requests.head("HEAD", "/t/" + TOKEN)).status())
                    .isEqualTo(200);
            String preflight = Requests.head(
                    "OPTIONS",
                    "/t/" + TOKEN + "/api/chat",
                    "Origin: http://localhost",
                    "Access-Control-Request-Method: POST");
            assertThat(ask(fixture, preflight).status()).isEqualTo(204);
            assertThat(views).isEmpty();
        }
    }
}
