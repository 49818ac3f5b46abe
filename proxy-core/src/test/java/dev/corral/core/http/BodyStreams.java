package dev.corral.core.http;

import static dev.corral.core.http.SmugglingCorpus.CHUNKED;
import static dev.corral.core.http.SmugglingCorpus.HELLO;
import static dev.corral.core.http.SmugglingCorpus.NEXT;
import static dev.corral.core.http.SmugglingCorpus.post;

import java.util.List;

/** How bodies are announced and framed. */
final class BodyStreams {
    private final SmugglingCorpus corpus;

    BodyStreams(SmugglingCorpus corpus) {
        this.corpus = corpus;
    }

    void add() {
        transferEncodings();
        contentLengths();
        chunks();
        looseChunks();
    }

    private void transferEncodings() {
        for (String value : List.of("chunked", "Chunked", "CHUNKED", " \t chunked\t ")) {
            corpus.add("TE " + value, post("Transfer-Encoding:" + value + "\r\n", HELLO), "POST /api/chat \"hello\"");
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
            corpus.refuse("TE " + value, post("Transfer-Encoding: " + value + "\r\n", HELLO));
            corpus.refuse(
                    "TE " + value + " and length",
                    post("Transfer-Encoding: " + value + "\r\nContent-Length: 5\r\n", HELLO));
        }
        for (String other : List.of("chunked", "identity", "gzip", "", "x")) {
            corpus.refuse("TE chunked twice, " + other, post(CHUNKED + "Transfer-Encoding: " + other + "\r\n", HELLO));
            corpus.refuse(
                    "TE " + other + ", then chunked", post("Transfer-Encoding: " + other + "\r\n" + CHUNKED, HELLO));
            corpus.refuse(
                    "TE far apart, " + other, post(CHUNKED + "X: y\r\nTRANSFER-ENCODING: " + other + "\r\n", HELLO));
        }
        for (String length : List.of("0", "5", "15", "100")) {
            corpus.refuse("TE, then length " + length, post(CHUNKED + "Content-Length: " + length + "\r\n", HELLO));
            corpus.refuse(
                    "length " + length + ", then TE", post("Content-Length: " + length + "\r\n" + CHUNKED, HELLO));
        }
        corpus.refuse("TE folded", post("Transfer-Encoding:\r\n chunked\r\n", HELLO));
        corpus.refuse("TE folded in its middle", post("Transfer-Encoding: chun\r\n\tked\r\n", HELLO));
        corpus.refuse("TE after a fold", post("X: y\r\n Transfer-Encoding: chunked\r\n", HELLO));
        corpus.refuse("TE with space before the colon", post("Transfer-Encoding : chunked\r\n", HELLO));
        corpus.refuse("TE with tab before the colon", post("Transfer-Encoding\t: chunked\r\n", HELLO));
        corpus.refuse("TE behind a space", post(" Transfer-Encoding: chunked\r\n", HELLO));
        corpus.refuse("TE hidden by CR", post("X: y\rTransfer-Encoding: chunked\r\n", HELLO));
        corpus.refuse("TE hidden by LF", post("X: y\nTransfer-Encoding: chunked\r\n", HELLO));
        corpus.refuse("TE on HTTP/1.0", "POST /api/chat HTTP/1.0\r\nHost: a\r\n" + CHUNKED + "\r\n" + HELLO);
        corpus.refuse(
                "TE with keep-alive on HTTP/1.0",
                "POST /api/chat HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n" + CHUNKED + "\r\n" + HELLO);
        corpus.refuse(
                "TE gzip on HTTP/1.0", "POST /api/chat HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n" + HELLO);
        // Another field is another field: there is no body then, and what follows is the next request.
        corpus.add("TE with underscore", post("Transfer_Encoding: chunked\r\n", HELLO), "POST /api/chat | bad_framing");
        corpus.add("TE without hyphen", post("TransferEncoding: chunked\r\n", HELLO), "POST /api/chat | bad_framing");
        corpus.add("TE as TE", post("TE: chunked\r\n", NEXT), "POST /api/chat | GET /next");
    }

    private void contentLengths() {
        for (String value : List.of("5", "\t5 ", "05", "0000000005")) {
            corpus.add(
                    "CL " + value,
                    post("Content-Length:" + value + "\r\n", "hello" + NEXT),
                    "POST /api/chat \"hello\" | GET /next");
        }
        corpus.add("CL 0", post("Content-Length: 0\r\n", NEXT), "POST /api/chat | GET /next");
        corpus.add(
                "CL in capitals",
                post("CONTENT-LENGTH: 5\r\n", "hello" + NEXT),
                "POST /api/chat \"hello\" | GET /next");
        corpus.add(
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
            corpus.refuse("CL " + value, post("Content-Length: " + value + "\r\n", "hello"));
        }
        for (String second : List.of("5", "6", "0", "", "+5", "05")) {
            corpus.refuse(
                    "CL 5, then " + second, post("Content-Length: 5\r\nContent-Length: " + second + "\r\n", "hello"));
            corpus.refuse(
                    "CL " + second + ", then 5",
                    post("Content-Length: " + second + "\r\nX: y\r\nCONTENT-length: 5\r\n", "hello"));
        }
        corpus.refuse("CL with space before the colon", post("Content-Length : 5\r\n", "hello"));
        corpus.refuse("CL with tab before the colon", post("Content-Length\t: 5\r\n", "hello"));
        corpus.refuse("CL behind a tab", post("\tContent-Length: 5\r\n", "hello"));
        corpus.refuse("CL folded", post("Content-Length:\r\n 5\r\n", "hello"));
        corpus.refuse("CL folded onto more digits", post("Content-Length: 5\r\n 5\r\n", "hello"));
        corpus.add("CL with underscore", post("Content_Length: 5\r\n", NEXT), "POST /api/chat | GET /next");
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

    private void chunks(String body, String expected) {
        corpus.add("chunks " + body, post(CHUNKED, body + NEXT), expected);
    }
}
