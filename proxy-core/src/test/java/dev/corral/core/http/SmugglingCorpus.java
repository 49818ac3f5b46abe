package dev.corral.core.http;

import dev.corral.core.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Named;

/**
 * Byte streams and what must become of them. Sources: RFC 9112 sections 2 to 7, what Netty's decoder lets through, what
 * Go's server reads differently, and the request smuggling literature. Each stream that is to be refused is followed by
 * a second request, which must then not exist.
 */
final class SmugglingCorpus {
    /** Small ones, so that a stream which exceeds them can be cut at every octet. */
    static final Limits LIMITS = new Limits(200, 600, 12, 1 << 20, 1 << 20, 1 << 20, 10, 10);

    // All that some parser takes for white space or the end of a line or text, and some that none does.
    private static final int[] CONTROLS = {0, 1, 8, '\n', 0x0b, 0x0c, '\r', 0x1a, 0x1b, 0x1c, 0x1f, 0x7f};

    private static final String NEXT = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String FRAMING = "bad_framing";
    private static final String BAD_HOST = "bad_host";
    private static final String VERSION = "unsupported_version";
    private static final String CHUNKED = "Transfer-Encoding: chunked\r\n";
    private static final String HELLO = "5\r\nhello\r\n0\r\n\r\n";

    /** A stream and the decisions about it, in the words of {@link Decisions}. */
    record Case(String wire, String expected) {}

    private final List<Named<Case>> cases = new ArrayList<>();

    private SmugglingCorpus() {}

    static List<Named<Case>> all() {
        SmugglingCorpus corpus = new SmugglingCorpus();
        corpus.ordinary();
        corpus.transferEncodings();
        corpus.contentLengths();
        corpus.lineEnds();
        corpus.controls();
        corpus.requestLines();
        corpus.versions();
        corpus.hosts();
        corpus.fields();
        corpus.chunks();
        corpus.looseChunks();
        corpus.expectations();
        corpus.pipelines();
        corpus.limits();
        return List.copyOf(corpus.cases);
    }

    private void ordinary() {
        add("plain GET", get(""), "GET /api/tags");
        add("POST with length", post("Content-Length: 5\r\n", "hello"), "POST /api/chat \"hello\"");
        add("POST in chunks", post(CHUNKED, HELLO), "POST /api/chat \"hello\"");
        add("POST without a body", post("", ""), "POST /api/chat");
        add("DELETE with a body", "DELETE /d HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}", "DELETE /d \"{}\"");
        add("nothing", "", "");
        add("half a head", "GET /api/tags HTTP/1.1\r\nHos", "…");
        add("half a body", post("Content-Length: 5\r\n", "hel"), "POST /api/chat \"hel…");
        add("half a chunk", post(CHUNKED, "5\r\nhel"), "POST /api/chat \"hel…");
        add("no last chunk", post(CHUNKED, "5\r\nhello\r\n"), "POST /api/chat \"hello…");
        add("no end of trailers", post(CHUNKED, "0\r\nX: y\r\n"), "POST /api/chat \"…");
        add("absolute form", "GET http://a/x HTTP/1.1\r\nHost: a\r\n\r\n", "GET http://a/x");
        add("authority form", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", "CONNECT a:80");
        add("asterisk form", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS *");
        add("white space around a value", get("X: \t y \t \r\n"), "GET /api/tags");
        add("tab inside a value", get("X: a\tb\r\n"), "GET /api/tags");
        add("empty value", get("X:\r\n"), "GET /api/tags");
        add("octets above ASCII in a value", get("X: \u00e4\u00ff\u0085\r\n"), "GET /api/tags");
    }

    private void transferEncodings() {
        for (String value : List.of("chunked", "Chunked", "CHUNKED", " \t chunked\t ")) {
            add("TE " + value, post("Transfer-Encoding:" + value + "\r\n", HELLO), "POST /api/chat \"hello\"");
        }
        for (String value : List.of(
                "",
                "gzip",
                "identity",
                "xchunked",
                "chunkedx",
                "chunk",
                "chunked, chunked",
                "chunked,chunked",
                "gzip, chunked",
                "chunked, gzip",
                "identity, chunked",
                "chunked, identity",
                "chunked,",
                ",chunked",
                ", ,chunked",
                "chunked;",
                "chunked;q=1",
                "chunked x",
                "\"chunked\"",
                "'chunked'",
                "trailers",
                "\u00a0chunked",
                "chunked\u00a0",
                "chunked\u0085",
                "\u0084hunked",
                "chun ked")) {
            refuse("TE " + value, post("Transfer-Encoding: " + value + "\r\n", HELLO));
            refuse(
                    "TE " + value + " and length",
                    post("Transfer-Encoding: " + value + "\r\nContent-Length: 5\r\n", HELLO));
        }
        for (String other : List.of("chunked", "identity", "gzip", "", "x")) {
            refuse("TE chunked twice, " + other, post(CHUNKED + "Transfer-Encoding: " + other + "\r\n", HELLO));
            refuse("TE " + other + ", then chunked", post("Transfer-Encoding: " + other + "\r\n" + CHUNKED, HELLO));
            refuse("TE far apart, " + other, post(CHUNKED + "X: y\r\nTRANSFER-ENCODING: " + other + "\r\n", HELLO));
        }
        for (String length : List.of("0", "5", "15", "100")) {
            refuse("TE, then length " + length, post(CHUNKED + "Content-Length: " + length + "\r\n", HELLO));
            refuse("length " + length + ", then TE", post("Content-Length: " + length + "\r\n" + CHUNKED, HELLO));
        }
        refuse("TE folded", post("Transfer-Encoding:\r\n chunked\r\n", HELLO));
        refuse("TE folded in its middle", post("Transfer-Encoding: chun\r\n\tked\r\n", HELLO));
        refuse("TE after a fold", post("X: y\r\n Transfer-Encoding: chunked\r\n", HELLO));
        refuse("TE with space before the colon", post("Transfer-Encoding : chunked\r\n", HELLO));
        refuse("TE with tab before the colon", post("Transfer-Encoding\t: chunked\r\n", HELLO));
        refuse("TE behind a space", post(" Transfer-Encoding: chunked\r\n", HELLO));
        refuse("TE hidden by CR", post("X: y\rTransfer-Encoding: chunked\r\n", HELLO));
        refuse("TE hidden by LF", post("X: y\nTransfer-Encoding: chunked\r\n", HELLO));
        refuse("TE on HTTP/1.0", "POST /api/chat HTTP/1.0\r\nHost: a\r\n" + CHUNKED + "\r\n" + HELLO);
        refuse(
                "TE with keep-alive on HTTP/1.0",
                "POST /api/chat HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n" + CHUNKED + "\r\n" + HELLO);
        refuse("TE gzip on HTTP/1.0", "POST /api/chat HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n" + HELLO);
        // Another field is another field: there is no body then, and what follows is the next request.
        add("TE with underscore", post("Transfer_Encoding: chunked\r\n", HELLO), "POST /api/chat | bad_framing");
        add("TE without hyphen", post("TransferEncoding: chunked\r\n", HELLO), "POST /api/chat | bad_framing");
        add("TE as TE", post("TE: chunked\r\n", NEXT), "POST /api/chat | GET /next");
    }

    private void contentLengths() {
        for (String value : List.of("5", "\t5 ", "05", "0000000005")) {
            add(
                    "CL " + value,
                    post("Content-Length:" + value + "\r\n", "hello" + NEXT),
                    "POST /api/chat \"hello\" | GET /next");
        }
        add("CL 0", post("Content-Length: 0\r\n", NEXT), "POST /api/chat | GET /next");
        add("CL in capitals", post("CONTENT-LENGTH: 5\r\n", "hello" + NEXT), "POST /api/chat \"hello\" | GET /next");
        add(
                "CL of the greatest long",
                post("Content-Length: 9223372036854775807\r\n", "hello"),
                "POST /api/chat \"hello…");
        for (String value : List.of(
                "",
                "+5",
                "-5",
                "-0",
                "+0",
                "0x5",
                "5,5",
                "5, 5",
                "5,6",
                ",5",
                "5,",
                "5 5",
                "5;",
                "5;q=1",
                "\"5\"",
                "5.0",
                "5e0",
                "5h",
                "five",
                "1_0",
                "\u0085" + "5",
                "5\u00a0",
                "\u00b2",
                "\u0665",
                "9223372036854775808",
                "18446744073709551621",
                "99999999999999999999999999")) {
            refuse("CL " + value, post("Content-Length: " + value + "\r\n", "hello"));
        }
        for (String second : List.of("5", "6", "0", "", "+5", "05")) {
            refuse("CL 5, then " + second, post("Content-Length: 5\r\nContent-Length: " + second + "\r\n", "hello"));
            refuse(
                    "CL " + second + ", then 5",
                    post("Content-Length: " + second + "\r\nX: y\r\nCONTENT-length: 5\r\n", "hello"));
        }
        refuse("CL with space before the colon", post("Content-Length : 5\r\n", "hello"));
        refuse("CL with tab before the colon", post("Content-Length\t: 5\r\n", "hello"));
        refuse("CL behind a tab", post("\tContent-Length: 5\r\n", "hello"));
        refuse("CL folded", post("Content-Length:\r\n 5\r\n", "hello"));
        refuse("CL folded onto more digits", post("Content-Length: 5\r\n 5\r\n", "hello"));
        add("CL with underscore", post("Content_Length: 5\r\n", NEXT), "POST /api/chat | GET /next");
    }

    private void lineEnds() {
        refuse("LF everywhere", "GET /api/tags HTTP/1.1\nHost: a\n\n");
        refuse("LF after the request line", "GET /api/tags HTTP/1.1\nHost: a\r\n\r\n");
        refuse("LF after a field", "GET /api/tags HTTP/1.1\r\nHost: a\n\r\n");
        refuse("LF after the last field", "GET /api/tags HTTP/1.1\r\nHost: a\r\nX: y\n\r\n");
        refuse("LF as the empty line", "GET /api/tags HTTP/1.1\r\nHost: a\r\n\n");
        refuse("CR everywhere", "GET /api/tags HTTP/1.1\rHost: a\r\r");
        refuse("CR CR LF after the request line", "GET /api/tags HTTP/1.1\r\r\nHost: a\r\n\r\n");
        refuse("CR CR LF after a field", "GET /api/tags HTTP/1.1\r\nHost: a\r\r\n\r\n");
        refuse("CR CR LF as the empty line", "GET /api/tags HTTP/1.1\r\nHost: a\r\n\r\r\n");
        refuse("LF CR as the empty line", "GET /api/tags HTTP/1.1\r\nHost: a\r\n\n\r");
        add("one empty line before the request line", "\r\n" + get(""), "GET /api/tags");
        add("one empty line between requests", get("") + "\r\n" + NEXT, "GET /api/tags | GET /next");
        add(
                "one empty line after a body",
                post("Content-Length: 5\r\n", "hello\r\n" + NEXT),
                "POST /api/chat \"hello\" | GET /next");
        refuse("two empty lines before the request line", "\r\n\r\n" + get(""));
        refuse("many empty lines before the request line", "\r\n".repeat(50) + get(""));
        refuse("LF before the request line", "\n" + get(""));
        refuse("CR before the request line", "\r" + get(""));
        add("two empty lines between requests", get("") + "\r\n\r\n" + NEXT, "GET /api/tags | bad_framing");
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
                refuse("octet " + Integer.toHexString(octet) + " at " + before.length(), wire);
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
                refuse("octet " + Integer.toHexString(octet) + " at " + before.length(), wire);
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
                refuse((blank == ' ' ? "space" : "tab") + " at " + before.length(), wire);
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
            refuse("request line " + line, line + "\r\nHost: a\r\n\r\n");
        }
    }

    private void versions() {
        add("HTTP/1.0", "GET /x HTTP/1.0\r\nHost: a\r\n\r\n", "GET /x");
        add("HTTP/1.0 without Host", "GET /x HTTP/1.0\r\n\r\n", "GET /x");
        add("HTTP/1.0 with a body", "POST /x HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello", "POST /x \"hello\"");
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
            add(version, "GET /x " + version + "\r\nHost: a\r\n\r\n" + NEXT, VERSION);
            add(version + " with TE", "POST /x " + version + "\r\nHost: a\r\n" + CHUNKED + "\r\n" + HELLO, VERSION);
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
            refuse("version " + version, "GET /x " + version + "\r\nHost: a\r\n\r\n");
        }
        add("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + NEXT, VERSION);
    }

    private void hosts() {
        for (String host :
                List.of("a", "A:80", "localhost:11435", "127.0.0.1:1", "[::1]", "[::1]:80", "a_b.c-d", "a.")) {
            add("Host " + host, "GET /x HTTP/1.1\r\nHost: " + host + "\r\n\r\n", "GET /x");
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
            add("Host " + host, "GET /x HTTP/1.1\r\nHost: " + host + "\r\n\r\n" + NEXT, BAD_HOST);
            add("Host " + host + " on 1.0", "GET /x HTTP/1.0\r\nHost: " + host + "\r\n\r\n" + NEXT, BAD_HOST);
        }
        // RFC 9112 section 3.2: a value that is no authority is refused.
        for (String host :
                List.of("[", "]", "[]", "[::1", "::1]", "::1", "a:b:c", "a:port", ":80", "a:65536x", "a[b]", "[a]b")) {
            add("Host " + host, "GET /x HTTP/1.1\r\nHost: " + host + "\r\n\r\n" + NEXT, BAD_HOST);
        }
        add("no Host", "GET /x HTTP/1.1\r\n\r\n" + NEXT, BAD_HOST);
        add("no Host, absolute form", "GET http://a/x HTTP/1.1\r\n\r\n" + NEXT, BAD_HOST);
        add("two Hosts", "GET /x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + NEXT, BAD_HOST);
        add("the same Host twice", "GET /x HTTP/1.1\r\nHost: a\r\nX: y\r\nhOST: a\r\n\r\n" + NEXT, BAD_HOST);
        add("two Hosts on 1.0", "GET /x HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n" + NEXT, BAD_HOST);
        add("Host in another field's name", "GET /x HTTP/1.1\r\nX-Host: a\r\n\r\n" + NEXT, BAD_HOST);
        refuse("Host folded", "GET /x HTTP/1.1\r\nHost: a\r\n b\r\n\r\n");
        refuse("Host with space before the colon", "GET /x HTTP/1.1\r\nHost : a\r\n\r\n");
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
            refuse("field " + field, get(field + "\r\n"));
        }
        refuse("fold with a space", get("X: y\r\n z\r\n"));
        refuse("fold with a tab", get("X: y\r\n\tz\r\n"));
        refuse("fold of nothing", get("X: y\r\n \r\n"));
        refuse("fold at once", "GET /api/tags HTTP/1.1\r\n Host: a\r\n\r\n");
        refuse("fold after the request line", "GET /api/tags HTTP/1.1\r\n\t\r\nHost: a\r\n\r\n");
        refuse("fold hiding a request", get("X: y\r\n \r\n" + NEXT));
    }

    private void chunks() {
        for (String body : List.of(
                "5\r\nhello\r\n0\r\n\r\n",
                "1\r\nh\r\n4\r\nello\r\n0\r\n\r\n",
                "0005\r\nhello\r\n0000\r\n\r\n",
                "5;a\r\nhello\r\n0\r\n\r\n",
                "5;a=b\r\nhello\r\n0;c=d\r\n\r\n",
                "5;a=\"b c\"\r\nhello\r\n0\r\n\r\n",
                "5 ;a=b\r\nhello\r\n0\r\n\r\n",
                "5\r\nhello\r\n0\r\nX: y\r\n\r\n",
                "5\r\nhello\r\n0\r\nAuthorization: Bearer x\r\nContent-Length: 9\r\n\r\n")) {
            chunks(body, "POST /api/chat \"hello\" | GET /next");
        }
        chunks("a\r\n0123456789\r\n0\r\n\r\n", "POST /api/chat \"0123456789\" | GET /next");
        chunks("A\r\n0123456789\r\n0\r\n\r\n", "POST /api/chat \"0123456789\" | GET /next");
        chunks("0\r\n\r\n", "POST /api/chat | GET /next");
        for (String size : List.of(
                "",
                "-5",
                "+5",
                "-0",
                "0x5",
                "x5",
                "5h",
                "5x",
                "h5",
                "g",
                "5.",
                "5,5",
                "\"5\"",
                "\u0085" + "5",
                "5\u00a0",
                ";5",
                ";",
                "ffffffff",
                "80000000",
                "ffffffffffffffff",
                "fffffffffffffffff",
                "8000000000000005")) {
            chunks(size + "\r\nhello\r\n0\r\n\r\n", "POST /api/chat \"!");
        }
        chunks("5\nhello\r\n0\r\n\r\n", "POST /api/chat \"!");
        chunks("\r\n5\r\nhello\r\n0\r\n\r\n", "POST /api/chat \"!");
        chunks("5;a\nb\r\nhello\r\n0\r\n\r\n", "POST /api/chat \"!");
        chunks("5\r\nhello\n0\r\n\r\n", "POST /api/chat \"hello!");
        chunks("5\r\nhello0\r\n\r\n", "POST /api/chat \"hello!");
        chunks("5\r\nhello\r0\r\n\r\n", "POST /api/chat \"hello!");
        chunks("5\r\nhelloX\r\n0\r\n\r\n", "POST /api/chat \"hello!");
        chunks("5\r\nhello\r\r\n0\r\n\r\n", "POST /api/chat \"hello!");
        chunks("5\r\nhello\r\n\r\n0\r\n\r\n", "POST /api/chat \"hello!");
        chunks("4\r\nhello\r\n0\r\n\r\n", "POST /api/chat \"hell!");
        chunks("6\r\nhello\r\n0\r\n\r\n", "POST /api/chat \"hello\r!");
        chunks("5\r\nhello\r\n0\n\r\n", "POST /api/chat \"hello!");
        chunks("5\r\nhello\r\n0\r\n\n", "POST /api/chat \"hello!");
        chunks("5\r\nhello\r\n0\r\n", "POST /api/chat \"hello!");
        chunks("5\r\nhello\r\n0\r\nX: y\n\r\n", "POST /api/chat \"hello!");
        chunks("5\r\nhello\r\n0\r\nnothing\r\n\r\n", "POST /api/chat \"hello!");
        chunks("5\r\nhello\r\n0\r\nX : y\r\n\r\n", "POST /api/chat \"hello!");
        chunks("5\r\nhello\r\n0\r\nX: \0\r\n\r\n", "POST /api/chat \"hello!");
        chunks("5;" + "a".repeat(400) + "\r\nhello\r\n0\r\n\r\n", "POST /api/chat \"!");
        chunks("5\r\nhello\r\n0\r\nX: " + "y".repeat(700) + "\r\n\r\n", "POST /api/chat \"hello!");
    }

    private void looseChunks() {
        // A size that does not fit must not wrap around to a small one, least of all to the last chunk's.
        chunks("100000005\r\nhello\r\n0\r\n\r\n", "POST /api/chat \"!");
        chunks("1000000000000000005\r\nhello\r\n0\r\n\r\n", "POST /api/chat \"!");
        chunks("100000000\r\n\r\n", "POST /api/chat \"!");
        // RFC 9112 section 7.1: nothing before the size; after it nothing but white space and extensions.
        chunks(" 5\r\nhello\r\n0\r\n\r\n", "POST /api/chat \"!");
        chunks("\t5\r\nhello\r\n0\r\n\r\n", "POST /api/chat \"!");
        chunks("5 6\r\nhello\r\n0\r\n\r\n", "POST /api/chat \"!");
        chunks("5 x\r\nhello\r\n0\r\n\r\n", "POST /api/chat \"!");
        chunks("5\u000b\r\nhello\r\n0\r\n\r\n", "POST /api/chat \"!");
        chunks("5\0\r\nhello\r\n0\r\n\r\n", "POST /api/chat \"!");
        chunks("5\0" + "6\r\nhello\r\n0\r\n\r\n", "POST /api/chat \"!");
        chunks("5\r6\r\nhello\r\n0\r\n\r\n", "POST /api/chat \"!");
        chunks("5\r\r\nhello\r\n0\r\n\r\n", "POST /api/chat \"!");
        chunks("5;a\rb\r\nhello\r\n0\r\n\r\n", "POST /api/chat \"!");
        chunks("5;\0\r\nhello\r\n0\r\n\r\n", "POST /api/chat \"!");
        chunks("0 x\r\n\r\n", "POST /api/chat \"!");
        chunks("0\r\n X: folded\r\n\r\n", "POST /api/chat \"!");
        // Trailers are dropped whole, folded or not.
        chunks("0\r\nX: y\r\n folded\r\n\r\n", "POST /api/chat | GET /next");
        chunks("0\r\nX: a\rb\r\n\r\n", "POST /api/chat \"!");
    }

    private void expectations() {
        for (String value : List.of("100-continue", "100-Continue", " 100-CONTINUE ")) {
            add(
                    "Expect " + value,
                    post("Expect:" + value + "\r\nContent-Length: 5\r\n", "hello"),
                    "POST /api/chat \"hello\"");
        }
        for (String value :
                List.of("", "100", "100-continue, x", "100-continue;q=1", "x", "200-ok", "100-continue,100-continue")) {
            add(
                    "Expect " + value,
                    post("Expect: " + value + "\r\nContent-Length: 5\r\n", "hello" + NEXT),
                    "expectation_failed");
        }
        add("Expect twice", post("Expect: 100-continue\r\nExpect: 100-continue\r\n", ""), "expectation_failed");
        add("Expect and both framings", post("Expect: x\r\n" + CHUNKED + "Content-Length: 5\r\n", ""), FRAMING);
    }

    private void pipelines() {
        add("two requests", get("") + NEXT, "GET /api/tags | GET /next");
        add(
                "three requests",
                get("") + post(CHUNKED, HELLO) + NEXT,
                "GET /api/tags | POST /api/chat \"hello\" | GET /next");
        add(
                "request inside a body",
                post("Content-Length: " + NEXT.length() + "\r\n", NEXT + NEXT),
                "POST /api/chat \"" + NEXT + "\" | GET /next");
        add(
                "request inside a chunk",
                post(CHUNKED, Integer.toHexString(NEXT.length()) + "\r\n" + NEXT + "\r\n0\r\n\r\n" + NEXT),
                "POST /api/chat \"" + NEXT + "\" | GET /next");
        add(
                "request inside a GET's body",
                get("Content-Length: " + NEXT.length() + "\r\n") + NEXT,
                "GET /api/tags \"" + NEXT + "\"");
        add("GET in chunks", get(CHUNKED) + HELLO + NEXT, "GET /api/tags \"hello\" | GET /next");
        add(
                "body longer than declared",
                post("Content-Length: 3\r\n", "hello" + NEXT),
                "POST /api/chat \"hel\" | bad_framing");
        add(
                "second is refused",
                get("") + post("Transfer-Encoding: gzip\r\n", HELLO) + NEXT,
                "GET /api/tags | bad_framing");
        add("second has no Host", get("") + "GET /x HTTP/1.1\r\n\r\n" + NEXT, "GET /api/tags | bad_host");
        add(
                "second is of another version",
                get("") + "GET /x HTTP/1.2\r\nHost: a\r\n\r\n" + NEXT,
                "GET /api/tags | " + VERSION);
        add(
                "asks for h2c",
                get("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n") + NEXT,
                "GET /api/tags | GET /next");
        // Netty takes eight octets after such a head for a body, whatever it says: a handshake of 2010.
        refuse("old web socket keys", get("Sec-WebSocket-Key1: x\r\nSec-WebSocket-Key2: y\r\n"));
        add(
                "asks for a web socket",
                get("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n") + NEXT,
                "GET /api/tags | GET /next");
    }

    private void limits() {
        add(
                "target within the limit",
                "GET /" + "a".repeat(199) + " HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /" + "a".repeat(199));
        add(
                "request line over the limit",
                "GET /" + "a".repeat(300) + " HTTP/1.1\r\nHost: a\r\n\r\n" + NEXT,
                "uri_too_long");
        add("request line without an end", "GET /" + "a".repeat(500), "uri_too_long");
        add("method without an end", "A".repeat(500), "uri_too_long");
        add("fields within the limit", get("X: y\r\n".repeat(11)), "GET /api/tags");
        add("fields over the limit", get("X: y\r\n".repeat(12)) + NEXT, "headers_too_large");
        add("field over the limit", get("X: " + "y".repeat(700) + "\r\n") + NEXT, "headers_too_large");
        add("field without an end", "GET /api/tags HTTP/1.1\r\nHost: a\r\nX: " + "y".repeat(700), "headers_too_large");
        add(
                "many fields over the limit in bytes",
                get(("X: " + "y".repeat(96) + "\r\n").repeat(7)) + NEXT,
                "headers_too_large");
    }

    private void chunks(String body, String expected) {
        add("chunks " + body, post(CHUNKED, body + NEXT), expected);
    }

    private void refuse(String name, String wire) {
        add(name, wire + NEXT, FRAMING);
    }

    private void add(String name, String wire, String expected) {
        cases.add(Named.of(printable(name), new Case(wire, expected)));
    }

    private static String get(String fields) {
        return "GET /api/tags HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
    }

    private static String post(String fields, String body) {
        return "POST /api/chat HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + body;
    }

    private static String printable(String text) {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < text.length() && i < 60; i++) {
            char c = text.charAt(i);
            shown.append(c >= ' ' && c < 0x7f ? String.valueOf(c) : String.format(Locale.ROOT, "\\x%02x", (int) c));
        }
        return shown.toString();
    }
}
