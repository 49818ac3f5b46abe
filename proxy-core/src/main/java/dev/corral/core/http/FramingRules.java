package dev.corral.core.http;

import dev.corral.core.Limits;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.NetUtil;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request head must be like before anything is decided on it (RFC 9112 sections 3, 5 and 6). What Netty's
 * decoder accepts and another server might read differently is refused here; what it refuses is named here.
 */
public final class FramingRules {
    private static final ProxyError TWO_LENGTHS =
            bad("Transfer-Encoding must be absent or exactly \"chunked\", once, without Content-Length");
    private static final ProxyError BAD_HOST =
            new ProxyError(ErrorCode.BAD_HOST, "exactly one valid Host header is required");
    private static final ProxyError BAD_METHOD = bad("the method is not one of HTTP's");
    private static final ProxyError BAD_EXPECT =
            new ProxyError(ErrorCode.EXPECTATION_FAILED, "the only expectation met here is 100-continue");

    private static final ProxyError OLD_WEB_SOCKET = bad("web sockets are not spoken here");
    private static final int MAX_HOST = 255;

    private FramingRules() {}

    /** The reason to refuse a request head, or null where there is none. */
    public static @Nullable ProxyError check(HttpRequest head, Limits limits) {
        DecoderResult result = head.decoderResult();
        if (!result.isSuccess()) {
            return failure(result.cause(), limits);
        }
        HttpHeaders headers = head.headers();
        if (headers.size() > limits.headerFields()) {
            return tooManyFields(limits);
        }
        if (!upperCase(head.method().name())) {
            return BAD_METHOD;
        }
        boolean version11 = head.protocolVersion().equals(HttpVersion.HTTP_1_1);
        if (!version11 && !head.protocolVersion().equals(HttpVersion.HTTP_1_0)) {
            return new ProxyError(ErrorCode.UNSUPPORTED_VERSION, "only HTTP/1.1 and HTTP/1.0 are spoken here");
        }
        List<String> encodings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (!encodings.isEmpty()
                && (encodings.size() > 1
                        || !HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(encodings.get(0))
                        || headers.contains(HttpHeaderNames.CONTENT_LENGTH))) {
            return TWO_LENGTHS;
        }
        if (headers.contains(HttpHeaderNames.SEC_WEBSOCKET_KEY1)) {
            // Netty takes eight octets after such a head for a body, whatever its framing says: a handshake of 2010.
            return OLD_WEB_SOCKET;
        }
        List<String> hosts = headers.getAll(HttpHeaderNames.HOST);
        if (hosts.size() > 1 || (hosts.isEmpty() && version11) || (!hosts.isEmpty() && !validHost(hosts.get(0)))) {
            return BAD_HOST;
        }
        List<String> expectations = headers.getAll(HttpHeaderNames.EXPECT);
        if (!expectations.isEmpty()
                && (expectations.size() > 1
                        || !HttpHeaderValues.CONTINUE.contentEqualsIgnoreCase(expectations.get(0)))) {
            return BAD_EXPECT;
        }
        return null;
    }

    /** Why a piece of a request body cannot be read. */
    public static ProxyError badContent() {
        return bad("the request body's chunked encoding is malformed");
    }

    private static ProxyError failure(Throwable cause, Limits limits) {
        if (cause instanceof BadHead) {
            ErrorCode code = cause == BadHead.VERSION ? ErrorCode.UNSUPPORTED_VERSION : ErrorCode.BAD_FRAMING;
            return new ProxyError(code, String.valueOf(cause.getMessage()));
        }
        if (cause instanceof TooLongHttpLineException) {
            return new ProxyError(
                    ErrorCode.URI_TOO_LONG, "the request target is longer than " + limits.targetBytes() + " bytes");
        }
        if (cause instanceof TooLongHttpHeaderException) {
            return tooManyFields(limits);
        }
        // Netty's messages may quote what the stranger sent.
        return bad("the request head is malformed");
    }

    private static ProxyError tooManyFields(Limits limits) {
        return new ProxyError(
                ErrorCode.HEADERS_TOO_LARGE,
                "the header section is larger than " + limits.headerBytes() + " bytes or " + limits.headerFields()
                        + " fields");
    }

    private static ProxyError bad(String message) {
        return new ProxyError(ErrorCode.BAD_FRAMING, message);
    }

    private static boolean upperCase(String method) {
        for (int i = 0; i < method.length(); i++) {
            char c = method.charAt(i);
            if (c < 'A' || c > 'Z') {
                return false;
            }
        }
        return !method.isEmpty();
    }

    // RFC 9110 section 7.2 with RFC 3986 section 3.2: a name or address and perhaps a port; no user info, nothing
    // encoded.
    static boolean validHost(String host) {
        if (host.isEmpty() || host.length() > MAX_HOST) {
            return false;
        }
        int end = host.charAt(0) == '[' ? literalEnd(host) : nameEnd(host);
        return end > 0 && (end == host.length() || validPort(host, end));
    }

    private static int literalEnd(String host) {
        int close = host.indexOf(']');
        return close > 0 && NetUtil.isValidIpV6Address(host.substring(1, close)) ? close + 1 : -1;
    }

    private static int nameEnd(String host) {
        int end = 0;
        while (end < host.length() && nameCharacter(host.charAt(end))) {
            end++;
        }
        return end;
    }

    private static boolean nameCharacter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c == '_';
    }

    private static boolean validPort(String host, int colon) {
        if (host.charAt(colon) != ':' || host.length() - colon > 6) {
            return false;
        }
        for (int i = colon + 1; i < host.length(); i++) {
            if (host.charAt(i) < '0' || host.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }
}
