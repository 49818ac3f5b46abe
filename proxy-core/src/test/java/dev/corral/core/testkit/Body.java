package dev.corral.core.testkit;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** A message body as far as it has arrived; may be read while it still grows. Thread-safe. */
public final class Body {
    /**
     * What one read gave.
     *
     * @param nanos when, on {@link System#nanoTime}
     */
    public record Piece(long nanos, Bytes bytes) {}

    private final Framing framing;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final List<Piece> pieces = new ArrayList<>();
    private final List<HttpHead.Field> trailers = new ArrayList<>();
    private boolean complete;

    Body(Framing framing) {
        this.framing = framing;
    }

    public Framing framing() {
        return framing;
    }

    /** Whether the end that the framing promises has arrived. */
    public synchronized boolean complete() {
        return complete;
    }

    public synchronized Bytes bytes() {
        return Bytes.of(bytes.toByteArray());
    }

    public synchronized int size() {
        return bytes.size();
    }

    public String text() {
        return bytes().text();
    }

    /** The pieces with the time of their arrival: chunks, or parts of large ones. */
    public synchronized List<Piece> pieces() {
        return List.copyOf(pieces);
    }

    public synchronized List<HttpHead.Field> trailers() {
        return List.copyOf(trailers);
    }

    synchronized void append(byte[] source, int length) {
        bytes.write(source, 0, length);
        pieces.add(new Piece(System.nanoTime(), Bytes.of(source, 0, length)));
    }

    synchronized void end(List<HttpHead.Field> trailerFields) {
        trailers.addAll(trailerFields);
        complete = true;
    }

    @Override
    public synchronized String toString() {
        return framing + (complete ? ", complete, " : ", cut short, ") + Bytes.of(bytes.toByteArray());
    }
}
