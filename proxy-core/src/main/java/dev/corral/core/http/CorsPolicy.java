package dev.corral.core.http;

import dev.corral.core.CorsSettings;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Cross-origin answers, given by Corral alone (WHATWG Fetch, section 3.2). Origins are compared whole, in their
 * serialised form; the port wildcard accepts digits only, so that no suffix can stand in for a port.
 */
public final class CorsPolicy {
    private static final AsciiString METHODS = AsciiString.cached("GET, POST, DELETE, HEAD, OPTIONS");
    // What Ollama allows, and what it forgets: x-api-key and the anthropic-* fields.
    private static final AsciiString HEADERS = AsciiString.cached("Authorization, Content-Type, User-Agent, Accept, "
            + "X-Requested-With, X-API-Key, api-key, anthropic-version, anthropic-beta, "
            + "anthropic-dangerous-direct-browser-access, OpenAI-Beta, OpenAI-Organization, OpenAI-Project, "
            + "x-stainless-arch, x-stainless-async, x-stainless-custom-poll-interval, x-stainless-helper-method, "
            + "x-stainless-lang, x-stainless-os, x-stainless-package-version, x-stainless-poll-helper, "
            + "x-stainless-retry-count, x-stainless-runtime, x-stainless-runtime-version, x-stainless-timeout");
    private static final AsciiString EXPOSED = AsciiString.cached("X-Request-Id, request-id, X-Corral-Code, "
            + "X-Corral-Changes, X-Corral-Queue-Position, X-Corral-Queue-Wait, Retry-After, RateLimit, RateLimit-Policy, "
            + "x-ratelimit-limit-requests, x-ratelimit-remaining-requests, x-ratelimit-reset-requests, "
            + "x-ratelimit-limit-tokens, x-ratelimit-remaining-tokens, x-ratelimit-reset-tokens");
    private static final AsciiString PRIVATE_NETWORK_ASKED =
            AsciiString.cached("access-control-request-private-network");
    private static final AsciiString PRIVATE_NETWORK = AsciiString.cached("access-control-allow-private-network");

    private final boolean any;
    private final Set<String> exact = new HashSet<>();
    private final List<String> anyPort = new ArrayList<>();
    private final List<String> schemes = new ArrayList<>();
    private final String maxAge;

    public CorsPolicy(CorsSettings settings) {
        boolean all = false;
        for (String origin : settings.origins()) {
            String lower = origin.toLowerCase(Locale.ROOT);
            if (lower.equals("*")) {
                all = true;
            } else if (lower.endsWith("://*")) {
                schemes.add(lower.substring(0, lower.length() - 1));
            } else if (lower.endsWith(":*")) {
                String withoutPort = lower.substring(0, lower.length() - 2);
                exact.add(withoutPort);
                anyPort.add(withoutPort + ":");
            } else {
                exact.add(lower);
            }
        }
        any = all;
        maxAge = Long.toString(settings.maxAge().toSeconds());
    }

    /**
     * Whether a page of this origin may call.
     *
     * @param origin the Origin field as sent
     * @param host the request's Host; a page served under that very name is of the same origin
     */
    public boolean allows(String origin, String host) {
        String lower = origin.toLowerCase(Locale.ROOT);
        if (any
                || exact.contains(lower)
                || lower.equals("http://" + host.toLowerCase(Locale.ROOT))
                || lower.equals("https://" + host.toLowerCase(Locale.ROOT))) {
            return true;
        }
        for (String prefix : anyPort) {
            if (lower.startsWith(prefix) && digits(lower, prefix.length())) {
                return true;
            }
        }
        for (String prefix : schemes) {
            if (lower.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }

    /** Adds to any response what lets a page of an allowed origin read it. */
    public static void grant(HttpHeaders response, String origin) {
        response.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, origin)
                .set(HttpHeaderNames.VARY, HttpHeaderNames.ORIGIN)
                .set(HttpHeaderNames.ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }

    /** Adds to the answer to a preflight of an allowed origin what it may send. */
    public void grantPreflight(HttpHeaders response, HttpHeaders request) {
        response.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_METHODS, METHODS)
                .set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_HEADERS, HEADERS)
                .set(HttpHeaderNames.ACCESS_CONTROL_MAX_AGE, maxAge);
        if (request.contains(PRIVATE_NETWORK_ASKED, "true", true)) {
            response.set(PRIVATE_NETWORK, "true");
        }
    }

    private static boolean digits(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return from < text.length() && text.length() - from <= 5;
    }
}
