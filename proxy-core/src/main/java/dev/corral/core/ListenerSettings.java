package dev.corral.core;

import java.net.InetSocketAddress;

/**
 * One place where clients connect.
 *
 * @param address where; port 0 for any free one
 * @param kind what is spoken there
 * @param proxyProtocol whether every connection begins with a PROXY protocol header, version 1 or 2, that names the client
 */
public record ListenerSettings(InetSocketAddress address, Kind kind, boolean proxyProtocol) {
    /** What is spoken. */
    public enum Kind {
        /** HTTP/1.1 as it is. */
        PLAIN,
        /** HTTP/2 as it is, to clients that know so beforehand: for tests, no setting leads here. */
        PLAIN_HTTP2,
        /** HTTP/1.1 and HTTP/2 over TLS. */
        TLS,
        /** HTTP/1.1 as it is, only to say that it is https, and to answer ACME's HTTP-01 challenges; no key is ever looked at. */
        REDIRECT
    }
}
