package dev.corral.core.body;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads a form (RFC 7578) as it arrives, in whatever pieces, and finds the value of its field {@code model}. Accepts
 * only what Go's {@code mime/multipart} and {@code net/http:Request.FormValue}, with which Ollama reads it, cannot
 * understand in another way: CR LF line ends, nothing before the first boundary or behind the last, no blanks behind a
 * boundary, no content that a boundary begins, and that field once and not as a file. Holds a few hundred bytes, and
 * one part's header or the model's value. Confined to one event loop; of no use after it has thrown.
 */
public final class MultipartScanner {
    /** The longest model name, as in JSON bodies. */
    public static final int MAX_MODEL = 500;
    /** How many parts a form may have; Go's own limit is 1000. */
    public static final int MAX_PARTS = 100;
    /** The longest header section of a part. */
    public static final int MAX_HEAD = 4 << 10;

    private static final int FIRST_CAPACITY = 256;
    private static final String MODEL = "model";

    private enum State {
        START,
        FIRST_BOUNDARY,
        BEHIND_BOUNDARY,
        BOUNDARY_LF,
        LAST_HYPHEN,
        HEAD,
        CONTENT,
        CLOSED,
        CLOSED_LF,
        OVER
    }

    private final FormDelimiter delimiter;
    private State state = State.START;
    private long offset;
    private int parts;
    private byte[] collected = new byte[FIRST_CAPACITY];
    private int size;
    private long contentStart;
    private long told;
    private boolean inModel;
    private @Nullable String found;
    private @Nullable String model;

    /**
     * Begins before the first byte.
     *
     * @param boundary from {@link FormBoundary}
     */
    public MultipartScanner(String boundary) {
        delimiter = new FormDelimiter(boundary);
    }

    /**
     * Reads the next piece.
     *
     * @param piece borrowed; its indices are not moved
     * @throws BadBody if the form is not acceptable
     */
    public void scan(ByteBuf piece) throws BadBody {
        int first = piece.readerIndex();
        int to = piece.writerIndex();
        int at = first;
        while (at < to) {
            at = switch (state) {
                case HEAD -> head(piece, at, to);
                case CONTENT -> content(piece, at, to, first);
                default -> {
                    step(piece.getByte(at));
                    yield at + 1;
                }
            };
            if (state == State.CONTENT && contentStart < 0) {
                contentStart = offset + at - first;
            }
        }
        offset += to - first;
    }

    /**
     * Makes sure that the form was complete.
     *
     * @throws BadBody if it was not, or names no model
     */
    public void end() throws BadBody {
        if (state != State.CLOSED && state != State.OVER) {
            throw FormErrors.invalid("the form ends before its last boundary");
        }
        if (model == null) {
            throw FormErrors.modelRequired();
        }
    }

    /** The value of the field, never empty, once all of it has been read and its end is certain; null before. */
    public @Nullable String model() {
        return model;
    }

    /** Whether the last boundary has been read: what was scanned may be a complete form. */
    public boolean closed() {
        return state == State.CLOSED || state == State.CLOSED_LF || state == State.OVER;
    }

    private void step(byte next) throws BadBody {
        switch (state) {
            case START -> {
                // Go skips any lines before the first boundary (multipart.go:nextPart); some clients send an empty one.
                delimiter.reset(next != '\r');
                firstBoundary(next);
            }
            case FIRST_BOUNDARY -> firstBoundary(next);
            case BEHIND_BOUNDARY ->
                state = switch (next) {
                    case '\r' -> State.BOUNDARY_LF;
                    case '-' -> State.LAST_HYPHEN;
                    // Go skips blanks here, takes a single LF for the form's line end if it is the first boundary, and
                    // takes anything else for content (skipLWSPChar, isBoundaryDelimiterLine, matchAfterPrefix).
                    default -> throw boundary();
                };
            case BOUNDARY_LF -> {
                expect(next, '\n');
                if (++parts > MAX_PARTS) {
                    throw FormErrors.invalid("the form has more than " + MAX_PARTS + " parts");
                }
                state = State.HEAD;
                size = 0;
                publish();
            }
            case LAST_HYPHEN -> {
                expect(next, '-');
                state = State.CLOSED;
                publish();
            }
            case CLOSED -> {
                if (next != '\r') {
                    throw epilogue();
                }
                state = State.CLOSED_LF;
            }
            case CLOSED_LF -> {
                if (next != '\n') {
                    throw epilogue();
                }
                state = State.OVER;
            }
            default -> throw epilogue();
        }
    }

    private void publish() throws BadBody {
        if (found != null && found.isEmpty()) {
            throw FormErrors.modelRequired();
        }
        model = found;
    }

    private void firstBoundary(byte next) throws BadBody {
        if (!delimiter.accept(next)) {
            throw FormErrors.invalid("the form does not begin with its boundary");
        }
        state = delimiter.complete() ? State.BEHIND_BOUNDARY : State.FIRST_BOUNDARY;
    }

    private static void expect(byte next, char expected) throws BadBody {
        if (next != expected) {
            throw boundary();
        }
    }

    // Line ends are CR LF alone: Go also takes an LF, and a CR elsewhere is part of the line (bufio.Reader.ReadLine).
    private int head(ByteBuf in, int from, int to) throws BadBody {
        for (int at = from; at < to; at++) {
            byte next = in.getByte(at);
            boolean afterCr = size > 0 && collected[size - 1] == '\r';
            if (afterCr != (next == '\n')) {
                throw FormErrors.invalid("a line in the header of a part does not end with CR LF");
            }
            if (size == MAX_HEAD) {
                throw FormErrors.invalid("the header of a part is larger than " + MAX_HEAD + " bytes");
            }
            collect(next);
            if (next == '\n' && (size == 2 || collected[size - 3] == '\n')) {
                beginContent(PartHead.parse(collected, size - 2));
                return at + 1;
            }
        }
        return to;
    }

    private void beginContent(PartHead head) throws BadBody {
        inModel = head.name().equals(MODEL);
        if (inModel && found != null) {
            throw FormErrors.ambiguous("the form has the field \"model\" twice");
        }
        if (inModel && head.file()) {
            // For Go no field, unless the name is empty (multipart.Part.FileName).
            throw FormErrors.ambiguous("the field \"model\" is a file (expected: text)");
        }
        told = head.length();
        size = 0;
        state = State.CONTENT;
        contentStart = -1;
        // The line before has just ended: Go sees a boundary here as well (multipart.go:scanUntilBoundary).
        delimiter.reset(true);
    }

    private int content(ByteBuf in, int from, int to, int first) throws BadBody {
        int end = delimiter.find(in, from, to);
        if (inModel) {
            collectModel(in, from, end < 0 ? to : end);
        }
        if (end < 0) {
            return to;
        }
        long length = offset + end - first - delimiter.length() - contentStart;
        if (length < 0) {
            throw boundary();
        }
        if (told >= 0 && told != length) {
            throw FormErrors.ambiguous("a part has a Content-Length that is not its length");
        }
        if (inModel) {
            found = text((int) length);
            inModel = false;
        }
        state = State.BEHIND_BOUNDARY;
        return end;
    }

    private void collectModel(ByteBuf in, int from, int to) throws BadBody {
        if (size + (long) (to - from) > MAX_MODEL + delimiter.length()) {
            throw FormErrors.invalidModelName();
        }
        for (int at = from; at < to; at++) {
            collect(in.getByte(at));
        }
    }

    private String text(int length) throws BadBody {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(collected, 0, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw FormErrors.invalidModelName();
        }
    }

    private void collect(byte next) {
        if (size == collected.length) {
            collected = Arrays.copyOf(collected, 2 * size);
        }
        collected[size++] = next;
    }

    private static BadBody boundary() {
        return FormErrors.ambiguous("a boundary of the form is not a line of its own, or stands in a part's content");
    }

    private static BadBody epilogue() {
        return FormErrors.ambiguous("something follows the last boundary of the form (expected: nothing)");
    }
}
