package dev.corral.core.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which header fields pass. Both directions are lists of what is let through: everything else stays here, so that
 * credentials, cookies, hop-by-hop fields, forwarding fields of strangers and whatever is invented tomorrow reach
 * neither Ollama nor, through its cloud passthrough, a third party (ollama-api sections 5.5 and 11).
 *
 * <p>Names that the message's own Connection field lists are hop-by-hop and do not pass either (RFC 9110 section
 * 7.6.1). Limits that the upstream's cloud tells of stay here too: they are not the caller's, and under their names
 * Corral tells its own. Framing fields are not copied: they are rebuilt. Neither is a request's Content-Encoding: what goes on is plain.
 */
public final class HeaderRules {
    private static final List<AsciiString> REQUEST = names(
            "accept",
            "accept-language",
            "content-language",
            "content-type",
            "idempotency-key",
            "tracestate",
            "traceparent",
            "user-agent");
    private static final List<String> REQUEST_PREFIXES = List.of("anthropic-", "openai-", "x-stainless-");

    private static final List<AsciiString> RESPONSE = names(
            "allow",
            "cache-control",
            "content-disposition",
            "content-encoding",
            "content-language",
            "content-type",
            "date",
            "etag",
            "expires",
            "last-modified",
            "retry-after");

    // What a Corral says of itself and of its caller.
    private static final List<AsciiString> CORRAL_RESPONSE = Stream.concat(
                    RESPONSE.stream(),
                    names(
                            "ratelimit",
                            "ratelimit-policy",
                            "request-id",
                            "www-authenticate",
                            "x-request-id",
                            "x-should-retry")
                            .stream())
            .toList();
    private static final List<String> CORRAL_PREFIXES = List.of("x-corral-", "x-ratelimit-");

    private HeaderRules() {}

    /** A new set of the fields of a request that may go to the upstream. */
    public static HttpHeaders forUpstream(HttpHeaders from) {
        return copy(from, REQUEST, REQUEST_PREFIXES);
    }

    /** A new set of the fields of a response that may go to the client. */
    public static HttpHeaders forClient(HttpHeaders from) {
        return copy(from, RESPONSE, List.of());
    }

    /** The same where the response is another Corral's, which tells the client about itself and its limits. */
    public static HttpHeaders ofAnotherCorral(HttpHeaders from) {
        return copy(from, CORRAL_RESPONSE, CORRAL_PREFIXES);
    }

    private static HttpHeaders copy(HttpHeaders from, List<AsciiString> names, List<String> prefixes) {
        HeaderFields to = new HeaderFields();
        Set<String> listed = listedByConnection(from);
        Iterator<Map.Entry<CharSequence, CharSequence>> fields = from.iteratorCharSequence();
        while (fields.hasNext()) {
            Map.Entry<CharSequence, CharSequence> field = fields.next();
            AsciiString name = AsciiString.of(field.getKey());
            if (passes(name, names, prefixes)
                    && (listed.isEmpty() || !listed.contains(name.toString().toLowerCase(Locale.ROOT)))) {
                to.addChecked(name, field.getValue());
            }
        }
        return to;
    }

    private static boolean passes(AsciiString name, List<AsciiString> names, List<String> prefixes) {
        for (AsciiString known : names) {
            if (known.length() == name.length() && known.contentEqualsIgnoreCase(name)) {
                return true;
            }
        }
        for (String prefix : prefixes) {
            if (name.regionMatches(true, 0, prefix, 0, prefix.length())) {
                return true;
            }
        }
        return false;
    }

    private static Set<String> listedByConnection(HttpHeaders headers) {
        List<String> values = headers.getAll(HttpHeaderNames.CONNECTION);
        if (values.isEmpty()) {
            return Set.of();
        }
        Set<String> listed = new HashSet<>();
        for (String value : values) {
            for (int from = 0; from <= value.length(); ) {
                int comma = value.indexOf(',', from);
                int to = comma < 0 ? value.length() : comma;
                listed.add(value.substring(from, to).trim().toLowerCase(Locale.ROOT));
                from = to + 1;
            }
        }
        return listed;
    }

    private static List<AsciiString> names(String... names) {
        return Stream.of(names).map(AsciiString::cached).toList();
    }
}
