package dev.corral.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.Dialect;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class ErrorBodyTest {
    private static final String ID = "req_0123456789abcdefghjk";

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void everyCode_isOneLineOfJsonInEveryDialect(ErrorCode code) {
        ProxyError error = new ProxyError(code, "the \"reason\" is C:\\x");
        for (Dialect dialect : Dialect.values()) {
            String body = ErrorBody.render(error, dialect, ID, null);

            boolean lineEnd = !code.disguised() || dialect != Dialect.NATIVE;
            assertThat(body).endsWith(lineEnd ? "}\n" : "}").matches("[ -~]+\n?");
            assertThat(StrictJson.parse(body.strip()))
                    .as(body)
                    .isEqualTo(
                            switch (dialect) {
                                case NATIVE -> Map.of("error", error.message());
                                case OPENAI -> Map.of("error", openAi(error));
                                case ANTHROPIC -> Map.of("type", "error", "error", anthropic(error), "request_id", ID);
                            });
        }
    }

    /** What a real Ollama 0.x answers, byte for byte but for the id. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "NATIVE ~ {\"error\":\"model 'm' not found\"}",
                "OPENAI ~ {\"error\":{\"message\":\"model 'm' not found\",\"type\":\"not_found_error\",\"param\":null,"
                        + "\"code\":null}}",
                "ANTHROPIC ~ {\"type\":\"error\",\"error\":{\"type\":\"not_found_error\","
                        + "\"message\":\"model 'm' not found\"},\"request_id\":\"req_0123456789abcdefghjk\"}",
            })
    void forbiddenModel_isSpelledAsOllamaSpellsAMissingOne(Dialect dialect, String expected) {
        ProxyError error = new ProxyError(ErrorCode.FORBIDDEN_MODEL, "model 'm' not found");

        assertThat(ErrorBody.render(error, dialect, ID, null))
                .isEqualTo(dialect == Dialect.NATIVE ? expected : expected + "\n");
    }

    private static Map<String, Object> openAi(ProxyError error) {
        String type = switch (error.code().status()) {
            case 404 -> "not_found_error";
            case 499, 500, 502, 503, 504 -> "api_error";
            default -> "invalid_request_error";
        };
        Object code =
                error.code().status() == 401 ? "invalid_api_key" : error.code().label();
        if (error.code().disguised()) {
            code = StrictJson.NULL;
        }
        switch (error.code()) {
            case REQUEST_RATE, CONCURRENCY, STRANGER_RATE, LOCKED_OUT, QUEUE_FULL_KEY -> {
                type = "requests";
                code = "rate_limit_exceeded";
            }
            case TOKEN_RATE -> {
                type = "tokens";
                code = "rate_limit_exceeded";
            }
            case TOKEN_QUOTA, GPU_QUOTA -> {
                type = "insufficient_quota";
                code = "insufficient_quota";
            }
            default ->
                assertThat(error.code().status())
                        .as("every 429 has the words of OpenAI's service")
                        .isNotEqualTo(429);
        }
        return Map.of("message", error.message(), "type", type, "param", StrictJson.NULL, "code", code);
    }

    private static Map<String, Object> anthropic(ProxyError error) {
        String type = switch (error.code().status()) {
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 413 -> "request_too_large";
            case 429 -> "rate_limit_error";
            case 503 -> "overloaded_error";
            case 499, 500, 502, 504 -> "api_error";
            default -> "invalid_request_error";
        };
        return Map.of("type", type, "message", error.message());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "NATIVE ~ {\"error\":\"no \\\"x\\\"\"}",
                "OPENAI ~ {\"error\":{\"message\":\"no \\\"x\\\"\",\"type\":\"invalid_request_error\",\"param\":null,"
                        + "\"code\":\"forbidden_endpoint\"}}",
                "ANTHROPIC ~ {\"type\":\"error\",\"error\":{\"type\":\"permission_error\",\"message\":\"no \\\"x\\\"\"},"
                        + "\"request_id\":\"req_0123456789abcdefghjk\"}",
            })
    void refusal_isSpelledAsClientsKnowIt(Dialect dialect, String expected) {
        ProxyError error = new ProxyError(ErrorCode.FORBIDDEN_ENDPOINT, "no \"x\"");

        assertThat(ErrorBody.render(error, dialect, ID, null)).isEqualTo(expected + "\n");
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void failedCredentials_lookTheSameButForTheRequestId(Dialect dialect) {
        Set<String> bodies = new HashSet<>();
        Set<Map<String, String>> headers = new HashSet<>();
        int codes = 0;
        for (ProxyError error : new ProxyError[] {
            ProxyError.MISSING_KEY,
            ProxyError.MALFORMED_KEY,
            ProxyError.UNKNOWN_KEY,
            ProxyError.EXPIRED_KEY,
            ProxyError.REVOKED_KEY,
            ProxyError.UNREGISTERED_KEY,
            ProxyError.STALE_SIGNATURE,
            ProxyError.INVALID_TOKEN,
            ProxyError.FOREIGN_ADDRESS
        }) {
            codes++;
            bodies.add(ErrorBody.render(error, dialect, ID, "http://a/-/help"));
            headers.add(error.headers());
            assertThat(ErrorBody.render(error, dialect, "req_other", null))
                    .doesNotContain(error.code().label());
        }

        assertThat(bodies).hasSize(1);
        assertThat(headers).hasSize(1);
        assertThat(codes).isEqualTo((int) java.util.Arrays.stream(ErrorCode.values())
                .filter(ErrorCode::unauthenticated)
                // No secret, so it is told apart.
                .filter(code -> code != ErrorCode.PLACEHOLDER_KEY)
                .count());
    }

    @Test
    void signinUrl_isShownToOllamaCommandOnly() {
        String url = "http://gpu.lab:11435/-/help";

        assertThat(StrictJson.parse(ErrorBody.render(ProxyError.MISSING_KEY, Dialect.NATIVE, ID, url)
                        .strip()))
                .isEqualTo(Map.of("error", ProxyError.MISSING_KEY.message(), "signin_url", url));
        assertThat(ErrorBody.render(ProxyError.MISSING_KEY, Dialect.OPENAI, ID, url))
                .doesNotContain("gpu.lab");
        assertThat(ErrorBody.render(ProxyError.MISSING_KEY, Dialect.ANTHROPIC, ID, url))
                .doesNotContain("gpu.lab");
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void controlsQuotesAndForeignLetters_areEscaped(Dialect dialect) {
        StringBuilder nasty = new StringBuilder();
        for (char c = 0; c < 0x180; c++) {
            nasty.append(c);
        }
        nasty.append("\u2028\u2029\ufeff\ud83d\ude00\ud800\"}\\");
        String body = ErrorBody.render(new ProxyError(ErrorCode.INTERNAL, nasty.toString()), dialect, ID, null);

        assertThat(body).matches("[ -~]+\n");
        assertThat(message(StrictJson.parse(body.strip()))).isEqualTo(nasty.toString());
    }

    private static Object message(Object json) {
        Object error = ((Map<?, ?>) json).get("error");
        return String.valueOf(error instanceof Map<?, ?> nested ? nested.get("message") : error);
    }
}
