package dev.corral.core.http2;

import dev.corral.core.http.HeaderFields;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Turns the fields that begin a stream into a request head as HTTP/1.1 has it, or finds them malformed (RFC 9113
 * sections 8.2 and 8.3), but for what Netty's reader has refused: its headers forget in which order fields came. What this lets through, {@link dev.corral.core.http.FramingRules} then judges as any other.
 */
final class RequestHeads {
    // Section 8.2.2. A Transfer-Encoding that came from a client could be taken for ours.
    private static final List<AsciiString> CONNECTION_SPECIFIC = Stream.of(
                    "connection", "proxy-connection", "keep-alive", "transfer-encoding", "upgrade")
            .map(AsciiString::cached)
            .toList();
    private static final AsciiString HTTP = AsciiString.cached("http");
    private static final AsciiString HTTPS = AsciiString.cached("https");

    private final HttpHeaders fields = HeaderFields.FACTORY.newHeaders();
    private @Nullable CharSequence method;
    private @Nullable CharSequence scheme;
    private @Nullable CharSequence authority;
    private @Nullable CharSequence path;

    private RequestHeads() {}

    /**
     * The head, or null if the request is malformed.
     *
     * @param ended whether no body follows
     */
    static @Nullable HttpRequest of(Http2Headers from, boolean ended) {
        RequestHeads head = new RequestHeads();
        try {
            for (Map.Entry<CharSequence, CharSequence> field : from) {
                if (!head.take(field.getKey(), field.getValue())) {
                    return null;
                }
            }
            return head.request(ended);
        } catch (IllegalArgumentException e) {
            // Netty's checks of names, values, methods and targets.
            return null;
        }
    }

    /** Whether trailers are well-formed; what they say is not looked at. */
    static boolean wellFormedTrailers(Http2Headers from) {
        for (Map.Entry<CharSequence, CharSequence> field : from) {
            if (!lowerCase(field.getKey()) || field.getKey().charAt(0) == ':') {
                return false;
            }
        }
        return true;
    }

    private boolean take(CharSequence name, CharSequence value) {
        if (!lowerCase(name)) {
            return false;
        }
        if (name.charAt(0) == ':') {
            return pseudo(name, value);
        }
        if (padded(value)
                || CONNECTION_SPECIFIC.contains(AsciiString.of(name))
                || AsciiString.contentEquals(name, HttpHeaderNames.TE)
                        && !AsciiString.contentEqualsIgnoreCase(value, HttpHeaderValues.TRAILERS)) {
            return false;
        }
        if (AsciiString.contentEquals(name, HttpHeaderNames.HOST) && authority != null) {
            // Who reads one of them must not see another request than who reads the other.
            return AsciiString.contentEqualsIgnoreCase(value, authority);
        }
        if (AsciiString.contentEquals(name, HttpHeaderNames.CONTENT_LENGTH)
                && (!decimal(value) || fields.contains(HttpHeaderNames.CONTENT_LENGTH))) {
            return false;
        }
        fields.add(name, value);
        return true;
    }

    private boolean pseudo(CharSequence name, CharSequence value) {
        boolean first;
        if (Http2Headers.PseudoHeaderName.METHOD.value().contentEquals(name)) {
            first = method == null;
            method = value;
        } else if (Http2Headers.PseudoHeaderName.SCHEME.value().contentEquals(name)) {
            first = scheme == null;
            scheme = value;
        } else if (Http2Headers.PseudoHeaderName.AUTHORITY.value().contentEquals(name)) {
            first = authority == null;
            authority = value;
            fields.add(HttpHeaderNames.HOST, value);
        } else if (Http2Headers.PseudoHeaderName.PATH.value().contentEquals(name)) {
            first = path == null;
            path = value;
        } else {
            return false;
        }
        return first && !padded(value);
    }

    private @Nullable HttpRequest request(boolean ended) {
        if (method == null) {
            return null;
        }
        HttpMethod verb = HttpMethod.valueOf(method.toString());
        CharSequence target = verb.equals(HttpMethod.CONNECT) ? tunnel() : resource(verb);
        String declared = fields.get(HttpHeaderNames.CONTENT_LENGTH);
        if (target == null || ended && declared != null && !zero(declared)) {
            return null;
        }
        if (!ended && declared == null) {
            fields.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        return new DefaultHttpRequest(HttpVersion.HTTP_1_1, verb, target.toString(), fields);
    }

    // Section 8.5. No path: it is refused as a target, as HTTP/1.1's is.
    private @Nullable CharSequence tunnel() {
        return scheme == null && path == null ? authority : null;
    }

    private @Nullable CharSequence resource(HttpMethod verb) {
        if (scheme == null
                || path == null
                || path.length() == 0
                || !(AsciiString.contentEqualsIgnoreCase(scheme, HTTPS)
                        || AsciiString.contentEqualsIgnoreCase(scheme, HTTP))) {
            return null;
        }
        boolean serverWide = path.length() == 1 && path.charAt(0) == '*' && verb.equals(HttpMethod.OPTIONS);
        return path.charAt(0) == '/' || serverWide ? path : null;
    }

    /** Whether all digits of a length are noughts. */
    static boolean zero(String length) {
        for (int i = 0; i < length.length(); i++) {
            if (length.charAt(i) != '0') {
                return false;
            }
        }
        return true;
    }

    private static boolean decimal(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return text.length() > 0 && text.length() < 19;
    }

    private static boolean lowerCase(CharSequence name) {
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) >= 'A' && name.charAt(i) <= 'Z') {
                return false;
            }
        }
        return name.length() > 0;
    }

    // Section 8.2.1: no value begins or ends with white space.
    private static boolean padded(CharSequence value) {
        return value.length() > 0 && (blank(value.charAt(0)) || blank(value.charAt(value.length() - 1)));
    }

    private static boolean blank(char c) {
        return c == ' ' || c == '\t';
    }
}
