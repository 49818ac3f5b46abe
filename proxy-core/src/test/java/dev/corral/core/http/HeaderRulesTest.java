package dev.corral.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HeaderRulesTest {
    private static final List<String> NEVER_UPSTREAM = List.of(
            "Authorization",
            "Proxy-Authorization",
            "X-API-Key",
            "api-key",
            "x-goog-api-key",
            "Cookie",
            "Cookie2",
            "Set-Cookie",
            "Forwarded",
            "X-Forwarded-For",
            "X-Forwarded-Host",
            "X-Forwarded-Proto",
            "X-Forwarded-Port",
            "X-Forwarded-Prefix",
            "X-Forwarded-Server",
            "X-Forwarded-User",
            "X-Real-IP",
            "X-Client-IP",
            "X-Original-URL",
            "X-Rewrite-URL",
            "X-HTTP-Method-Override",
            "True-Client-IP",
            "CF-Connecting-IP",
            "Via",
            "Host",
            "Connection",
            "Proxy-Connection",
            "Keep-Alive",
            "TE",
            "Trailer",
            "Transfer-Encoding",
            "Content-Length",
            "Upgrade",
            "HTTP2-Settings",
            "Sec-WebSocket-Key",
            "Sec-WebSocket-Key1",
            "Sec-WebSocket-Key2",
            "Sec-WebSocket-Version",
            "Sec-WebSocket-Protocol",
            "Sec-WebSocket-Extensions",
            "Expect",
            "Range",
            "If-Range",
            "If-None-Match",
            "Max-Forwards",
            "Content-Encoding",
            "Accept-Encoding",
            "Origin",
            "Referer",
            "Access-Control-Request-Method",
            "Access-Control-Request-Headers",
            "Access-Control-Request-Private-Network",
            "Proxy-Authenticate",
            "X-Request-Id",
            "X-Corral-Code",
            "X-Invented-Tomorrow");

    private static final List<String> UPSTREAM = List.of(
            "Accept",
            "Accept-Language",
            "Content-Language",
            "Content-Type",
            "Idempotency-Key",
            "Traceparent",
            "Tracestate",
            "User-Agent",
            "Anthropic-Version",
            "Anthropic-Beta",
            "OpenAI-Beta",
            "OpenAI-Organization",
            "X-Stainless-Lang");

    private static final List<String> NEVER_CLIENT = List.of(
            "RateLimit",
            "RateLimit-Policy",
            "RateLimit-Remaining",
            "X-RateLimit-Limit",
            "X-RateLimit-Remaining-Requests",
            "Anthropic-RateLimit-Tokens-Reset",
            "Set-Cookie",
            "Set-Cookie2",
            "WWW-Authenticate",
            "Proxy-Authenticate",
            "Authorization",
            "Server",
            "Via",
            "X-Powered-By",
            "Connection",
            "Keep-Alive",
            "Proxy-Connection",
            "TE",
            "Trailer",
            "Transfer-Encoding",
            "Content-Length",
            "Upgrade",
            "Location",
            "Refresh",
            "Alt-Svc",
            "Strict-Transport-Security",
            "Access-Control-Allow-Origin",
            "Access-Control-Allow-Credentials",
            "Access-Control-Expose-Headers",
            "Vary",
            "X-Request-Id",
            "Request-Id",
            "X-Corral-Code",
            "Sec-WebSocket-Accept",
            "X-Invented-Tomorrow");

    private static final List<String> CLIENT = List.of(
            "Allow",
            "Cache-Control",
            "Content-Disposition",
            "Content-Encoding",
            "Content-Language",
            "Content-Type",
            "Date",
            "ETag",
            "Expires",
            "Last-Modified",
            "Retry-After");

    @Test
    void requestFieldsOfNoConcern_stayHereInAnyLetterCase() {
        for (String name : NEVER_UPSTREAM) {
            for (String spelled : spellings(name)) {
                assertThat(HeaderRules.forUpstream(of(spelled, "secret")))
                        .as(spelled)
                        .isEmpty();
            }
        }
    }

    @Test
    void requestFieldsOllamaNeeds_passInAnyLetterCase() {
        for (String name : UPSTREAM) {
            for (String spelled : spellings(name)) {
                assertThat(HeaderRules.forUpstream(of(spelled, "x")).get(name))
                        .as(spelled)
                        .isEqualTo("x");
            }
        }
    }

    @Test
    void responseFieldsOfNoConcern_stayHereInAnyLetterCase() {
        for (String name : NEVER_CLIENT) {
            for (String spelled : spellings(name)) {
                assertThat(HeaderRules.forClient(of(spelled, "secret")))
                        .as(spelled)
                        .isEmpty();
            }
        }
    }

    @Test
    void responseFieldsClientsNeed_passInAnyLetterCase() {
        for (String name : CLIENT) {
            for (String spelled : spellings(name)) {
                assertThat(HeaderRules.forClient(of(spelled, "x")).get(name))
                        .as(spelled)
                        .isEqualTo("x");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "content-type",
                "Content-Type",
                "CONTENT-TYPE, close",
                "close,content-type",
                "close, \tcontent-type\t ,x",
                ",,content-type,,",
            })
    void connectionListedHeader_removed(String connection) {
        HttpHeaders request = of("Content-Type", "text/x").add("Accept", "*/*").add("Connection", connection);
        HttpHeaders response = of("Content-Type", "text/x").add("Allow", "GET").add("Connection", connection);

        assertThat(HeaderRules.forUpstream(request).entries()).hasToString("[Accept=*/*]");
        assertThat(HeaderRules.forClient(response).entries()).hasToString("[Allow=GET]");
    }

    @Test
    void secondConnectionField_listsAsWell() {
        HttpHeaders request = of("Connection", "close")
                .add("Accept", "*/*")
                .add("User-Agent", "x")
                .add("connection", "user-agent");

        assertThat(HeaderRules.forUpstream(request).names()).containsExactly("Accept");
    }

    @Test
    void nameThatOnlyBeginsLikeAListedOne_passes() {
        HttpHeaders request =
                of("Connection", "content, accept-").add("Content-Type", "x").add("Accept", "y");

        assertThat(HeaderRules.forUpstream(request).names()).containsExactlyInAnyOrder("Content-Type", "Accept");
    }

    @Test
    void repeatedField_passesInOrder() {
        HttpHeaders request = of("Accept", "a").add("X", "y").add("accept", "b");

        assertThat(HeaderRules.forUpstream(request).getAll("Accept")).containsExactly("a", "b");
    }

    @Test
    void original_isNotChanged() {
        HttpHeaders request =
                of("Authorization", "x").add("Connection", "accept").add("Accept", "y");
        HeaderRules.forUpstream(request).add("Accept", "z");

        assertThat(request.entries()).hasToString("[Authorization=x, Connection=accept, Accept=y]");
    }

    private static HttpHeaders of(String name, String value) {
        return new DefaultHttpHeaders().add(name, value);
    }

    private static List<String> spellings(String name) {
        Random random = new Random(name.hashCode());
        StringBuilder mixed = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            mixed.append(random.nextBoolean() ? Character.toUpperCase(c) : Character.toLowerCase(c));
        }
        return List.of(name, name.toLowerCase(Locale.ROOT), name.toUpperCase(Locale.ROOT), mixed.toString());
    }
}
