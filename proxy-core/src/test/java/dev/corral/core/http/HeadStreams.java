package dev.corral.core.http;

import static dev.corral.core.http.SmugglingCorpus.CHUNKED;
import static dev.corral.core.http.SmugglingCorpus.HELLO;
import static dev.corral.core.http.SmugglingCorpus.NEXT;
import static dev.corral.core.http.SmugglingCorpus.get;
import static dev.corral.core.http.SmugglingCorpus.post;

import java.util.List;

/** Request lines, fields and what stands around them. */
final class HeadStreams {
    // All that some parser takes for white space or the end of a line or text, and some that none does.
    private static final int[] CONTROLS = {0, 1, 8, '\n', 0x0b, 0x0c, '\r', 0x1a, 0x1b, 0x1c, 0x1f, 0x7f};

    private static final String BAD_HOST = "bad_host";
    private static final String VERSION = "unsupported_version";

    private final SmugglingCorpus corpus;

    HeadStreams(SmugglingCorpus corpus) {
        this.corpus = corpus;
    }

    void add() {
        ordinary();
        lineEnds();
        controls();
        requestLines();
        versions();
        hosts();
        fields();
        expectations();
        pipelines();
        limits();
    }

    private void ordinary() {
        corpus.add("plain GET", get(""), "GET /api/tags");
        corpus.add("POST with length", post("Content-Length: 5\r\n", "hello"), "POST /api/chat \"hello\"");
        corpus.add("POST in chunks", post(CHUNKED, HELLO), "POST /api/chat \"hello\"");
        corpus.add("POST without a body", post("", ""), "POST /api/chat");
        corpus.add(
                "DELETE with a body",
                "DELETE /d HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}",
                "DELETE /d \"{}\"");
        corpus.add("nothing", "", "");
        corpus.add("half a head", "GET /api/tags HTTP/1.1\r\nHos", "…");
        corpus.add("half a body", post("Content-Length: 5\r\n", "hel"), "POST /api/chat \"hel…");
        corpus.add("half a chunk", post(CHUNKED, "5\r\nhel"), "POST /api/chat \"hel…");
        corpus.add("no last chunk", post(CHUNKED, "5\r\nhello\r\n"), "POST /api/chat \"hello…");
        corpus.add("no end of trailers", post(CHUNKED, "0\r\nX: y\r\n"), "POST /api/chat \"…");
        corpus.add("absolute form", "GET http://a/x HTTP/1.1\r\nHost: a\r\n\r\n", "GET http://a/x");
        corpus.add("authority form", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", "CONNECT a:80");
        corpus.add("asterisk form", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS *");
        corpus.add("white space around a value", get("X: \t y \t \r\n"), "GET /api/tags");
        corpus.add("tab inside a value", get("X: a\tb\r\n"), "GET /api/tags");
        corpus.add("empty value", get("X:\r\n"), "GET /api/tags");
        corpus.add("octets above ASCII in a value", get("X: \u00e4\u00ff\u0085\r\n"), "GET /api/tags");
    }

    private void lineEnds() {
        corpus.refuse("LF everywhere", "GET /api/tags HTTP/1.1\nHost: a\n\n");
        corpus.refuse("LF after the request line", "GET /api/tags HTTP/1.1\nHost: a\r\n\r\n");
        corpus.refuse("LF after a field", "GET /api/tags HTTP/1.1\r\nHost: a\n\r\n");
        corpus.refuse("LF after the last field", "GET /api/tags HTTP/1.1\r\nHost: a\r\nX: y\n\r\n");
        corpus.refuse("LF as the empty line", "GET /api/tags HTTP/1.1\r\nHost: a\r\n\n");
        corpus.refuse("CR everywhere", "GET /api/tags HTTP/1.1\rHost: a\r\r");
        corpus.refuse("CR CR LF after the request line", "GET /api/tags HTTP/1.1\r\r\nHost: a\r\n\r\n");
        corpus.refuse("CR CR LF after a field", "GET /api/tags HTTP/1.1\r\nHost: a\r\r\n\r\n");
        corpus.refuse("CR CR LF as the empty line", "GET /api/tags HTTP/1.1\r\nHost: a\r\n\r\r\n");
        corpus.refuse("LF CR as the empty line", "GET /api/tags HTTP/1.1\r\nHost: a\r\n\n\r");
        corpus.add("one empty line before the request line", "\r\n" + get(""), "GET /api/tags");
        corpus.add("one empty line between requests", get("") + "\r\n" + NEXT, "GET /api/tags | GET /next");
        corpus.add(
                "one empty line after a body",
                post("Content-Length: 5\r\n", "hello\r\n" + NEXT),
                "POST /api/chat \"hello\" | GET /next");
        corpus.refuse("two empty lines before the request line", "\r\n\r\n" + get(""));
        corpus.refuse("many empty lines before the request line", "\r\n".repeat(50) + get(""));
        corpus.refuse("LF before the request line", "\n" + get(""));
        corpus.refuse("CR before the request line", "\r" + get(""));
        corpus.add("two empty lines between requests", get("") + "\r\n\r\n" + NEXT, "GET /api/tags | bad_framing");
    }

    private void controls() {
        String head = "GET /api/tags HTTP/1.1\r\nHost: a\r\nAbc: def\r\n\r\n";
        List<String> after = List.of(
                "",
                "GE",
                "GET",
                "GET ",
                "GET /ap",
                "GET /api/tags",
                "GET /api/tags ",
                "GET /api/tags HT",
                "GET /api/tags HTTP/1.1",
                "GET /api/tags HTTP/1.1\r\n",
                "GET /api/tags HTTP/1.1\r\nHos",
                "GET /api/tags HTTP/1.1\r\nHost",
                "GET /api/tags HTTP/1.1\r\nHost:",
                "GET /api/tags HTTP/1.1\r\nHost: a",
                "GET /api/tags HTTP/1.1\r\nHost: a\r\nAbc: d",
                "GET /api/tags HTTP/1.1\r\nHost: a\r\nAbc: def",
                "GET /api/tags HTTP/1.1\r\nHost: a\r\nAbc: def\r\n");
        for (String before : after) {
            for (int octet : CONTROLS) {
                String wire = before + (char) octet + head.substring(before.length());
                corpus.refuse("octet " + Integer.toHexString(octet) + " at " + before.length(), wire);
            }
        }
        for (String before : List.of(
                "",
                "GE",
                "GET /api/tags HTTP/1.1\r\n",
                "GET /api/tags HTTP/1.1\r\nHos",
                "GET /api/tags HTTP/1.1\r\nHost")) {
            for (int octet : new int[] {0x80, 0x85, 0xa0, 0xff}) {
                String wire = before + (char) octet + head.substring(before.length());
                corpus.refuse("octet " + Integer.toHexString(octet) + " at " + before.length(), wire);
            }
        }
        for (String before : List.of(
                "",
                "GE",
                "GET",
                "GET ",
                "GET /ap",
                "GET /api/tags",
                "GET /api/tags ",
                "GET /api/tags HTTP/1.1",
                "GET /api/tags HTTP/1.1\r\n",
                "GET /api/tags HTTP/1.1\r\nHos",
                "GET /api/tags HTTP/1.1\r\nHost",
                "GET /api/tags HTTP/1.1\r\nHost: a\r\n",
                "GET /api/tags HTTP/1.1\r\nHost: a\r\nAbc: def\r\n")) {
            for (char blank : new char[] {' ', '\t'}) {
                String wire = before + blank + head.substring(before.length());
                corpus.refuse((blank == ' ' ? "space" : "tab") + " at " + before.length(), wire);
            }
        }
    }

    private void requestLines() {
        for (String line : List.of(
                "GET",
                "GET /api/tags",
                "/api/tags",
                "GET  HTTP/1.1",
                "GET /api/tags HTTP/1.1 ",
                "GET /api/tags HTTP/1.1 x",
                "GET /api/tags x HTTP/1.1",
                "GET\t/api/tags\tHTTP/1.1",
                "GET /api/tags\tHTTP/1.1",
                "get /api/tags HTTP/1.1",
                "Get /api/tags HTTP/1.1",
                "G(ET /api/tags HTTP/1.1",
                "GET: /api/tags HTTP/1.1",
                "GET, /api/tags HTTP/1.1",
                "\"GET\" /api/tags HTTP/1.1",
                "G\u00c9T /api/tags HTTP/1.1",
                "M-SEARCH /api/tags HTTP/1.1",
                "\u00ef\u00bb\u00bfGET /api/tags HTTP/1.1",
                "Host: a GET HTTP/1.1")) {
            corpus.refuse("request line " + line, line + "\r\nHost: a\r\n\r\n");
        }
    }

    private void versions() {
        corpus.add("HTTP/1.0", "GET /x HTTP/1.0\r\nHost: a\r\n\r\n", "GET /x");
        corpus.add("HTTP/1.0 without Host", "GET /x HTTP/1.0\r\n\r\n", "GET /x");
        corpus.add("HTTP/1.0 with a body", "POST /x HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello", "POST /x \"hello\"");
        for (String version : List.of(
                "HTTP/1.2",
                "HTTP/1.9",
                "HTTP/0.9",
                "HTTP/2.0",
                "HTTP/3.0",
                "HTTP/9.9",
                "http/1.1",
                "Http/1.1",
                "HTTP/1,1",
                "HTTP\\1.1",
                "HTTQ/1.1",
                "ICAP/1.0",
                "RTSP/1.0")) {
            corpus.add(version, "GET /x " + version + "\r\nHost: a\r\n\r\n" + NEXT, VERSION);
            corpus.add(
                    version + " with TE", "POST /x " + version + "\r\nHost: a\r\n" + CHUNKED + "\r\n" + HELLO, VERSION);
        }
        for (String version : List.of(
                "HTTP/1.10",
                "HTTP/1",
                "HTTP/1.",
                "HTTP/.1",
                "HTTP/01.1",
                "HTTP/1.01",
                "HTTP/1.1.1",
                "HTTP/1.1;x",
                "HTTP",
                "1.1",
                "HTTP/11")) {
            corpus.refuse("version " + version, "GET /x " + version + "\r\nHost: a\r\n\r\n");
        }
        corpus.add("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + NEXT, VERSION);
    }

    private void hosts() {
        for (String host :
                List.of("a", "A:80", "localhost:11435", "127.0.0.1:1", "[::1]", "[::1]:80", "a_b.c-d", "a.")) {
            corpus.add("Host " + host, "GET /x HTTP/1.1\r\nHost: " + host + "\r\n\r\n", "GET /x");
        }
        for (String host : List.of(
                "",
                "a b",
                "a,b",
                "a, a",
                "a/b",
                "a?b",
                "a#b",
                "a@b",
                "u:p@a",
                "http://a",
                "a%2eb",
                "a\"b",
                "<a>",
                "a\\b",
                "\u00e4",
                "a;b",
                "a'b",
                "{a}",
                "a\tb",
                "a".repeat(256))) {
            corpus.add("Host " + host, "GET /x HTTP/1.1\r\nHost: " + host + "\r\n\r\n" + NEXT, BAD_HOST);
            corpus.add("Host " + host + " on 1.0", "GET /x HTTP/1.0\r\nHost: " + host + "\r\n\r\n" + NEXT, BAD_HOST);
        }
        // RFC 9112 section 3.2: a value that is no authority is refused.
        for (String host :
                List.of("[", "]", "[]", "[::1", "::1]", "::1", "a:b:c", "a:port", ":80", "a:65536x", "a[b]", "[a]b")) {
            corpus.add("Host " + host, "GET /x HTTP/1.1\r\nHost: " + host + "\r\n\r\n" + NEXT, BAD_HOST);
        }
        corpus.add("no Host", "GET /x HTTP/1.1\r\n\r\n" + NEXT, BAD_HOST);
        corpus.add("no Host, absolute form", "GET http://a/x HTTP/1.1\r\n\r\n" + NEXT, BAD_HOST);
        corpus.add("two Hosts", "GET /x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + NEXT, BAD_HOST);
        corpus.add("the same Host twice", "GET /x HTTP/1.1\r\nHost: a\r\nX: y\r\nhOST: a\r\n\r\n" + NEXT, BAD_HOST);
        corpus.add("two Hosts on 1.0", "GET /x HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n" + NEXT, BAD_HOST);
        corpus.add("Host in another field's name", "GET /x HTTP/1.1\r\nX-Host: a\r\n\r\n" + NEXT, BAD_HOST);
        corpus.refuse("Host folded", "GET /x HTTP/1.1\r\nHost: a\r\n b\r\n\r\n");
        corpus.refuse("Host with space before the colon", "GET /x HTTP/1.1\r\nHost : a\r\n\r\n");
    }

    private void fields() {
        for (String field : List.of(
                "nothing",
                "No colon here",
                ": empty",
                " : x",
                "Na me: x",
                "Na\tme: x",
                "N(a): x",
                "N,a: x",
                "N/a: x",
                "N;a: x",
                "N<a>: x",
                "N=a: x",
                "N?a: x",
                "N@a: x",
                "N[a]: x",
                "N\\a: x",
                "N{a}: x",
                "\"N\": x",
                "N\u00e4: x",
                "Name : x",
                "Name\t: x")) {
            corpus.refuse("field " + field, get(field + "\r\n"));
        }
        corpus.refuse("fold with a space", get("X: y\r\n z\r\n"));
        corpus.refuse("fold with a tab", get("X: y\r\n\tz\r\n"));
        corpus.refuse("fold of nothing", get("X: y\r\n \r\n"));
        corpus.refuse("fold at once", "GET /api/tags HTTP/1.1\r\n Host: a\r\n\r\n");
        corpus.refuse("fold after the request line", "GET /api/tags HTTP/1.1\r\n\t\r\nHost: a\r\n\r\n");
        corpus.refuse("fold hiding a request", get("X: y\r\n \r\n" + NEXT));
    }

    private void expectations() {
        for (String value : List.of("100-continue", "100-Continue", " 100-CONTINUE ")) {
            corpus.add(
                    "Expect " + value,
                    post("Expect:" + value + "\r\nContent-Length: 5\r\n", "hello"),
                    "POST /api/chat \"hello\"");
        }
        for (String value :
                List.of("", "100", "100-continue, x", "100-continue;q=1", "x", "200-ok", "100-continue,100-continue")) {
            corpus.add(
                    "Expect " + value,
                    post("Expect: " + value + "\r\nContent-Length: 5\r\n", "hello" + NEXT),
                    "expectation_failed");
        }
        corpus.add("Expect twice", post("Expect: 100-continue\r\nExpect: 100-continue\r\n", ""), "expectation_failed");
        corpus.add(
                "Expect and both framings",
                post("Expect: x\r\n" + CHUNKED + "Content-Length: 5\r\n", ""),
                "bad_framing");
    }

    private void pipelines() {
        corpus.add("two requests", get("") + NEXT, "GET /api/tags | GET /next");
        corpus.add(
                "three requests",
                get("") + post(CHUNKED, HELLO) + NEXT,
                "GET /api/tags | POST /api/chat \"hello\" | GET /next");
        corpus.add(
                "request inside a body",
                post("Content-Length: " + NEXT.length() + "\r\n", NEXT + NEXT),
                "POST /api/chat \"" + NEXT + "\" | GET /next");
        corpus.add(
                "request inside a chunk",
                post(CHUNKED, Integer.toHexString(NEXT.length()) + "\r\n" + NEXT + "\r\n0\r\n\r\n" + NEXT),
                "POST /api/chat \"" + NEXT + "\" | GET /next");
        corpus.add(
                "request inside a GET's body",
                get("Content-Length: " + NEXT.length() + "\r\n") + NEXT,
                "GET /api/tags \"" + NEXT + "\"");
        corpus.add("GET in chunks", get(CHUNKED) + HELLO + NEXT, "GET /api/tags \"hello\" | GET /next");
        corpus.add(
                "body longer than declared",
                post("Content-Length: 3\r\n", "hello" + NEXT),
                "POST /api/chat \"hel\" | bad_framing");
        corpus.add(
                "second is refused",
                get("") + post("Transfer-Encoding: gzip\r\n", HELLO) + NEXT,
                "GET /api/tags | bad_framing");
        corpus.add("second has no Host", get("") + "GET /x HTTP/1.1\r\n\r\n" + NEXT, "GET /api/tags | bad_host");
        corpus.add(
                "second is of another version",
                get("") + "GET /x HTTP/1.2\r\nHost: a\r\n\r\n" + NEXT,
                "GET /api/tags | " + VERSION);
        corpus.add(
                "asks for h2c",
                get("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n") + NEXT,
                "GET /api/tags | GET /next");
        // Netty takes eight octets after such a head for a body, whatever it says: a handshake of 2010.
        corpus.refuse("old web socket keys", get("Sec-WebSocket-Key1: x\r\nSec-WebSocket-Key2: y\r\n"));
        corpus.add(
                "asks for a web socket",
                get("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n") + NEXT,
                "GET /api/tags | GET /next");
    }

    private void limits() {
        corpus.add(
                "target within the limit",
                "GET /" + "a".repeat(199) + " HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /" + "a".repeat(199));
        corpus.add(
                "request line over the limit",
                "GET /" + "a".repeat(300) + " HTTP/1.1\r\nHost: a\r\n\r\n" + NEXT,
                "uri_too_long");
        corpus.add("request line without an end", "GET /" + "a".repeat(500), "uri_too_long");
        corpus.add("method without an end", "A".repeat(500), "uri_too_long");
        corpus.add("fields within the limit", get("X: y\r\n".repeat(11)), "GET /api/tags");
        corpus.add("fields over the limit", get("X: y\r\n".repeat(12)) + NEXT, "headers_too_large");
        corpus.add("field over the limit", get("X: " + "y".repeat(700) + "\r\n") + NEXT, "headers_too_large");
        corpus.add(
                "field without an end",
                "GET /api/tags HTTP/1.1\r\nHost: a\r\nX: " + "y".repeat(700),
                "headers_too_large");
        corpus.add(
                "many fields over the limit in bytes",
                get(("X: " + "y".repeat(96) + "\r\n").repeat(7)) + NEXT,
                "headers_too_large");
    }
}
