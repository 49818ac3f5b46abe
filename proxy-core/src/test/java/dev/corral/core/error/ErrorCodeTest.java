package dev.corral.core.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.corral.core.error.ErrorCode.Fault;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ErrorCodeTest {
    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void everyCode_hasALabelAndAStatusThatFitsItsFault(ErrorCode code) {
        assertThat(code.label()).matches("[a-z]+(_[a-z]+)*");
        switch (code.fault()) {
            case CLIENT -> assertThat(code.status()).matches(status -> status >= 400 && status < 500 || status == 505);
            case PROXY -> assertThat(code.status()).isIn(500, 503);
            case UPSTREAM -> assertThat(code.status()).isIn(502, 504);
        }
    }

    @Test
    void labels_areUnique() {
        Set<String> labels = new HashSet<>();
        for (ErrorCode code : ErrorCode.values()) {
            assertThat(labels.add(code.label())).as(code.label()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void publicLabel_hidesWhichCredentialFailedAndWhichModelsThereAre(ErrorCode code) {
        boolean credential = code.status() == 401;

        assertThat(code.unauthenticated()).isEqualTo(credential);
        if (code == ErrorCode.FORBIDDEN_MODEL || code == ErrorCode.UNKNOWN_MODEL) {
            assertThat(code.disguised()).isTrue();
            assertThat(code.publicLabel()).isNull();
        } else {
            assertThat(code.disguised()).isFalse();
            assertThat(code.publicLabel()).isEqualTo(credential ? "unauthenticated" : code.label());
        }
    }

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void refusalAfterAuthentication_keepsTheConnectionUnlessFramingIsInDoubt(ErrorCode code) {
        if (code.fault() == Fault.CLIENT && code.status() >= 401 && code.status() <= 405) {
            assertThat(code.closesClient()).as(code.label()).isFalse();
        }
    }

    @Test
    void headers_cannotBeChangedAfterwards() {
        Map<String, String> headers = new HashMap<>(Map.of("Allow", "GET"));
        ProxyError error = new ProxyError(ErrorCode.METHOD_NOT_ALLOWED, "x", headers);
        headers.put("X", "y");

        assertThat(error.headers()).containsExactly(Map.entry("Allow", "GET"));
        assertThatThrownBy(() -> error.headers().put("X", "y")).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void failedCredentials_areTheSameToTheCaller() {
        for (ProxyError error : List.of(
                ProxyError.MALFORMED_KEY, ProxyError.UNKNOWN_KEY, ProxyError.EXPIRED_KEY, ProxyError.REVOKED_KEY)) {
            assertThat(error.message()).isEqualTo(ProxyError.MISSING_KEY.message());
            assertThat(error.headers()).isEqualTo(ProxyError.MISSING_KEY.headers());
            assertThat(error.code().status()).isEqualTo(401);
        }
        assertThat(ProxyError.MISSING_KEY.headers()).containsKey("WWW-Authenticate");
    }

    @Test
    void wrongMethod_namesTheRightOnes() {
        ProxyError error = ProxyError.methodNotAllowed(List.of("HEAD", "GET"));

        assertThat(error.code()).isEqualTo(ErrorCode.METHOD_NOT_ALLOWED);
        assertThat(error.headers()).containsExactly(Map.entry("Allow", "HEAD, GET"));
    }

    @Test
    void tryAgain_saysWhen() {
        ProxyError error = ProxyError.tryAgain(ErrorCode.OVERLOADED, "busy", 7);

        assertThat(error.headers()).containsExactly(Map.entry("Retry-After", "7"));
    }
}
