package dev.corral.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.Limits;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What {@link SmugglingCorpusTest} cannot show through the codec. */
final class FramingRulesTest {
    private static final String SECRET = "Bearer crl_secret";

    @Test
    void undecodedHead_isNamedWithoutQuotingIt() {
        assertThat(failed(new IllegalArgumentException("bad: " + SECRET)).code())
                .isEqualTo(ErrorCode.BAD_FRAMING);
        assertThat(failed(new TooLongHttpLineException(SECRET)).code()).isEqualTo(ErrorCode.URI_TOO_LONG);
        assertThat(failed(new TooLongHttpHeaderException(SECRET)).code()).isEqualTo(ErrorCode.HEADERS_TOO_LARGE);
        assertThat(failed(BadHead.VERSION).code()).isEqualTo(ErrorCode.UNSUPPORTED_VERSION);
        assertThat(failed(BadHead.CONTROL).code()).isEqualTo(ErrorCode.BAD_FRAMING);
    }

    private static ProxyError failed(RuntimeException cause) {
        HttpRequest head = head();
        head.setDecoderResult(DecoderResult.failure(cause));
        ProxyError error = Objects.requireNonNull(FramingRules.check(head, Limits.DEFAULTS));
        assertThat(error.message()).isNotEmpty().doesNotContain("secret").matches("[ -~]+");
        return error;
    }

    @Test
    void tooLongMessages_sayTheLimit() {
        HttpRequest head = head();
        head.setDecoderResult(DecoderResult.failure(new TooLongHttpHeaderException("x")));
        assertThat(Objects.requireNonNull(FramingRules.check(head, Limits.DEFAULTS))
                        .message())
                .contains("16384", "100");
        head.setDecoderResult(DecoderResult.failure(new TooLongHttpLineException("x")));
        assertThat(Objects.requireNonNull(FramingRules.check(head, Limits.DEFAULTS))
                        .message())
                .contains("8192");
    }

    @Test
    void everyFramingRefusal_closesTheConnection() {
        assertThat(FramingRules.badContent().code().closesClient()).isTrue();
        for (ErrorCode code : new ErrorCode[] {
            ErrorCode.BAD_FRAMING,
            ErrorCode.BAD_HOST,
            ErrorCode.BAD_TARGET,
            ErrorCode.UNSUPPORTED_VERSION,
            ErrorCode.URI_TOO_LONG,
            ErrorCode.HEADERS_TOO_LARGE,
            ErrorCode.BODY_TOO_LARGE,
            ErrorCode.EXPECTATION_FAILED
        }) {
            assertThat(code.closesClient()).as(code.label()).isTrue();
        }
    }

    @Test
    void badHeads_carryNoStackTrace() {
        for (BadHead bad : new BadHead[] {BadHead.REQUEST_LINE, BadHead.VERSION, BadHead.CONTROL, BadHead.FOLDED}) {
            assertThat(bad.getStackTrace()).as(bad.getMessage()).isEmpty();
            bad.addSuppressed(new IllegalStateException());
            assertThat(bad.getSuppressed()).as("what is shared must not grow").isEmpty();
        }
    }

    @Test
    void unreadRequest_isRefusableAndNamesNothing() {
        HttpRequest unread = FrontCodec.unreadRequest();

        assertThat(unread.uri()).isEqualTo("-");
        assertThat(unread.method().name()).isEqualTo("-");
        assertThat(FramingRules.check(unread, Limits.DEFAULTS)).isNotNull();
    }

    private static HttpRequest head() {
        HttpRequest head = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
        head.headers().set("Host", "a").set("Authorization", SECRET);
        return head;
    }
}
