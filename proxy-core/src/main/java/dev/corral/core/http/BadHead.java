package dev.corral.core.http;

/** What {@link HeadScanner} objects to. Preallocated and without stack trace: strangers can cause it at will. */
@SuppressWarnings("StaticAssignmentOfThrowable") // they have no stack trace to be wrong
final class BadHead extends RuntimeException {
    static final BadHead REQUEST_LINE = new BadHead("the request line is malformed");
    static final BadHead VERSION = new BadHead("only HTTP/1.1 and HTTP/1.0 are spoken here");
    static final BadHead CONTROL = new BadHead("the request head contains a control character");
    static final BadHead FOLDED = new BadHead("a header line is folded");

    private static final long serialVersionUID = 1L;

    private BadHead(String message) {
        super(message, null, false, false);
    }
}
