package dev.corral.server.metrics;

import static dev.corral.server.metrics.MetricNames.Kind.COUNTER;
import static dev.corral.server.metrics.MetricNames.Kind.GAUGE;

import dev.corral.server.metrics.MetricNames.Label;
import dev.corral.server.metrics.MetricNames.Metric;
import java.util.List;

/**
 * The metrics of how clients connect and who vouches for them: TLS, HTTP/2, addresses that guess keys, issuers of tokens; a
 * part of {@link MetricNames#ALL}.
 */
final class EdgeMetricNames {
    static final Metric LOCK_OUTS = new Metric(
            "corral_lockouts_total", COUNTER, "Addresses locked out after too many wrong credentials", List.of());

    static final Metric LOCKED_OUT =
            new Metric("corral_locked_out_addresses", GAUGE, "Addresses that are locked out now", List.of());

    static final Metric FORBIDDEN = new Metric(
            "corral_client_connections_forbidden_total",
            COUNTER,
            "Client connections closed unanswered because of where they came from, or for want of a PROXY protocol header",
            List.of());

    static final Metric HTTP2_CLOSED = new Metric(
            "corral_http2_connections_closed_total",
            COUNTER,
            "Connections of HTTP/2 closed because of what the client sent: too many frames that carry nothing, or what"
                    + " breaks the protocol",
            List.of(new Label("reason", List.of("flood", "protocol"))));

    static final Metric TLS_HANDSHAKES = new Metric(
            "corral_tls_handshakes_total",
            COUNTER,
            "Handshakes with clients that were completed, and connections that ended before",
            List.of(new Label("result", List.of("ok", "failed"))));

    static final Metric TLS_FAILURES = new Metric(
            "corral_tls_certificate_failures_total",
            COUNTER,
            "Changed or new certificates that could not be used; those before stay in force",
            List.of());

    static final Metric TLS_EXPIRY = new Metric(
            "corral_tls_certificate_expiry_timestamp_seconds",
            GAUGE,
            "When each certificate in force ends, in seconds since 1970, of at most 64",
            List.of(new Label("certificate", List.of())));

    static final Metric TLS_PLAIN = new Metric(
            "corral_tls_plain_credentials_total",
            COUNTER,
            "Credentials that came without TLS to a listener that only redirects",
            List.of());

    static final Metric ISSUER_KEYS = new Metric(
            "corral_issuer_keys",
            GAUGE,
            "Keys of an issuer of tokens that hold now, of at most 64 issuers; none: its tokens are refused",
            List.of(new Label("issuer", List.of())));

    static final Metric ISSUER_AGE = new Metric(
            "corral_issuer_keys_age_seconds",
            GAUGE,
            "How long ago the keys of an issuer were fetched last; NaN: not since the start",
            List.of(new Label("issuer", List.of())));

    static final Metric ISSUER_FETCHES = new Metric(
            "corral_issuer_fetches_total",
            COUNTER,
            "How often the keys of an issuer were fetched, or could not be",
            List.of(new Label("issuer", List.of()), new Label("result", List.of("ok", "failed"))));

    /** All of the above. */
    static final List<Metric> ALL = List.of(
            LOCK_OUTS,
            LOCKED_OUT,
            FORBIDDEN,
            HTTP2_CLOSED,
            TLS_HANDSHAKES,
            TLS_FAILURES,
            TLS_EXPIRY,
            TLS_PLAIN,
            ISSUER_KEYS,
            ISSUER_AGE,
            ISSUER_FETCHES);

    private EdgeMetricNames() {}
}
