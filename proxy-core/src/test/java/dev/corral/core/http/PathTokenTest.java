package dev.corral.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PathTokenTest {
    private static final String KEY = "crl_Ab12Cd34_0123456789";

    private static HttpRequest request(String target) {
        return new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, target);
    }

    @ParameterizedTest
    @CsvSource({
        "/t/abc/api/tags, abc, /api/tags",
        "/t/abc/, abc, /",
        "/t/abc, abc, /",
        "/t/abc?ts=1, abc, /?ts=1",
        "/t/abc/api/tags?ts=1, abc, /api/tags?ts=1",
        "/t/abc/t/def/api, abc, /t/def/api",
        "/t/crl_a_b/v1/messages, crl_a_b, /v1/messages",
        "http://lab:1/t/abc/api/tags, abc, http://lab:1/api/tags",
        "HTTPS://lab/t/abc, abc, HTTPS://lab/",
        // Not a form a token can have: taken out all the same, and refused for what is left in its place.
        "/t/../api/tags, .., /api/tags",
        "/t/a%2fb/api, a%2fb, /api",
        "/t//api/tags, '', /api/tags",
        "/t/, '', /",
    })
    void tokenInFront_isTakenOutOfTheTarget(String target, String token, String rest) {
        HttpRequest request = request(target);

        assertThat(PathToken.take(request)).isEqualTo(token);
        assertThat(request.uri()).isEqualTo(rest);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "*",
                "",
                "/t",
                "/T/abc/api",
                "/tt/abc",
                "/x/t/abc",
                "/api/t/abc",
                "//t/abc",
                "/./t/abc",
                "t/abc",
                "/?/t/abc",
                "/%74/abc/api",
                "http://lab",
                "http://lab?x=/t/abc",
                "ftp://lab/t/abc",
                "http:///t",
                "lab:443"
            })
    void targetWithoutToken_staysAsItIs(String target) {
        HttpRequest request = request(target);

        assertThat(PathToken.take(request)).isNull();
        assertThat(request.uri()).isEqualTo(target);
    }

    @Test
    void onlyLettersDigitsAndUnderscores_areAToken() {
        assertThat(PathToken.plain(KEY)).isTrue();
        for (String other : new String[] {"", ".", "..", "a.b", "a%62", "a;b", "a b", "a\\b", "\u00e4", "a#"}) {
            assertThat(PathToken.plain(other)).as(other).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/api/tags, /api/tags",
        "/t/KEY/api/tags, /t/*",
        "/t/abc, /t/*",
        "/t/, /t/*",
        "/t, /t",
        "http://lab/t/KEY/api/tags, http://lab/t/*",
        "//t/KEY/api/tags, //t/*",
        "/./t/KEY/api, /./t/*",
        "/%74/KEY/api, /*",
        "/%74/crl%5FD1eUQjIq%5Fx/api, /*",
        "/x/%63rl_D1eUQjIq_x, /x/*",
        "/x/CRL_abc/y, /x/*",
        "/crl_, /*",
        "/v1/models/mycrl_x, /v1/models/my*",
    })
    void whatLooksLikeAToken_isNotShown(String target, String shown) {
        assertThat(PathToken.hidden(target.replace("KEY", KEY))).isEqualTo(shown);
    }
}
