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
    static final Limits LIMITS = new Limits(200, 600, 12, 1 << 20, 1 << 20, 1 << 20, 10, 10, 10, 600);

    /** The request that must not exist. */
    static final String NEXT = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n";

    static final String CHUNKED = "Transfer-Encoding: chunked\r\n";
    static final String HELLO = "5\r\nhello\r\n0\r\n\r\n";

    private static final String FRAMING = "bad_framing";

    /** A stream and the decisions about it, in the words of {@link Decisions}. */
    record Case(String wire, String expected) {}

    private final List<Named<Case>> cases = new ArrayList<>();

    private SmugglingCorpus() {}

    static List<Named<Case>> all() {
        SmugglingCorpus corpus = new SmugglingCorpus();
        new HeadStreams(corpus).add();
        new BodyStreams(corpus).add();
        return List.copyOf(corpus.cases);
    }

    void refuse(String name, String wire) {
        add(name, wire + NEXT, FRAMING);
    }

    void add(String name, String wire, String expected) {
        cases.add(Named.of(printable(name), new Case(wire, expected)));
    }

    static String get(String fields) {
        return "GET /api/tags HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
    }

    static String post(String fields, String body) {
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
