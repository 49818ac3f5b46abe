package dev.corral.core.http;

import io.netty.util.ByteProcessor;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the raw bytes of a request head before Netty's decoder does, which is lenient where another server may
 * read the same bytes differently: it unfolds obs-fold, skips octets before the request line, trims control
 * characters and accepts runs of white space in the request line. None of that is let through (RFC 9112 sections 2.2,
 * 3, 5.2).
 *
 * <p>Stateful over the pieces of one head; stops at its end.
 */
final class HeadScanner implements ByteProcessor {
    private static final long HTTP_1_1 = ascii("HTTP/1.1");
    private static final long HTTP_1_0 = ascii("HTTP/1.0");

    private boolean requestLine = true;
    private int emptyLines;
    private int lineLength;
    private boolean afterCr;
    private int spaces;
    private int versionLength;
    private long version;
    private boolean complete;
    private @Nullable BadHead problem;

    /** Prepares for the next head. */
    void reset() {
        requestLine = true;
        emptyLines = 0;
        lineLength = 0;
        afterCr = false;
        spaces = 0;
        versionLength = 0;
        version = 0;
        complete = false;
        problem = null;
    }

    /** Whether the empty line that ends the head was seen. */
    boolean complete() {
        return complete;
    }

    /** Whether at least one octet of a request line was seen, and the end of the head was not. */
    boolean begun() {
        return !complete && (lineLength > 0 || !requestLine);
    }

    /** What is wrong with the head so far; null if nothing. */
    @Nullable
    BadHead problem() {
        return problem;
    }

    @Override
    public boolean process(byte octet) {
        int b = octet & 0xff;
        if (afterCr) {
            afterCr = false;
            return b == '\n' ? endOfLine() : refuse(BadHead.CONTROL);
        }
        if (b > ' ' && b != 0x7f) {
            lineLength++;
            if (requestLine && spaces == 2) {
                version = version << 8 | b;
                versionLength++;
            }
            return true;
        }
        if (b == '\r') {
            afterCr = true;
            return true;
        }
        if (b != ' ' && b != '\t') {
            return refuse(BadHead.CONTROL);
        }
        if (lineLength == 0) {
            return refuse(requestLine ? BadHead.REQUEST_LINE : BadHead.FOLDED);
        }
        lineLength++;
        if (requestLine && (b == '\t' || ++spaces > 2)) {
            return refuse(BadHead.REQUEST_LINE);
        }
        return true;
    }

    private boolean endOfLine() {
        if (!requestLine) {
            complete = lineLength == 0;
            lineLength = 0;
            return !complete;
        }
        if (lineLength == 0) {
            // RFC 9112 section 2.2: a server should ignore at least one empty line before the request line.
            return ++emptyLines == 1 || refuse(BadHead.REQUEST_LINE);
        }
        if (spaces != 2 || versionLength != Long.BYTES) {
            return refuse(BadHead.REQUEST_LINE);
        }
        if (version != HTTP_1_1 && version != HTTP_1_0) {
            return refuse(BadHead.VERSION);
        }
        requestLine = false;
        lineLength = 0;
        return true;
    }

    private boolean refuse(BadHead why) {
        problem = why;
        return false;
    }

    private static long ascii(String text) {
        long value = 0;
        for (int i = 0; i < text.length(); i++) {
            value = value << 8 | text.charAt(i);
        }
        return value;
    }
}
