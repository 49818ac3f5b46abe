package dev.corral.core.body;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Changes to a body by position; everything else stays byte for byte. Not thread-safe; once sorted, any number of threads
 * may apply it.
 */
public final class BodyEdits {
    private static final Comparator<Edit> ORDER =
            Comparator.comparingInt(Edit::start).thenComparingInt(Edit::end);

    private final List<Edit> edits = new ArrayList<>(4);
    private boolean sorted = true;

    private record Edit(int start, int end, String text) {}

    /**
     * Puts other text in the place of some bytes.
     *
     * @param start the first byte, counted from the body's own first
     * @param end behind the last one; the same as {@code start} to put something in
     * @param ascii what to put there
     */
    public void replace(int start, int end, String ascii) {
        edits.add(new Edit(start, end, ascii));
        sorted = false;
    }

    public boolean isEmpty() {
        return edits.isEmpty();
    }

    /** Puts them in the order of the body, as applying them does otherwise. */
    public void sort() {
        if (!sorted) {
            sorted = true;
            // What is put in at a place stands before what is put in the place of bytes that begin there.
            edits.sort(ORDER);
        }
    }

    /**
     * The changed body, which shares memory with the original. What is put in lies in direct memory as well: for one
     * piece that does not, a channel would copy all of them.
     *
     * @param body borrowed
     * @return owned by the caller
     * @throws IllegalStateException if two edits overlap
     */
    public ByteBuf apply(ByteBuf body) {
        if (edits.isEmpty()) {
            return body.retainedDuplicate();
        }
        sort();
        ByteBuf[] pieces = new ByteBuf[2 * edits.size() + 1];
        int at = 0;
        int count = 0;
        for (Edit edit : edits) {
            if (edit.start < at) {
                throw new IllegalStateException("edits overlap at byte " + edit.start);
            }
            pieces[count] = body.slice(body.readerIndex() + at, edit.start - at);
            at = edit.end;
            count += 2;
        }
        pieces[count] = body.slice(body.readerIndex() + at, body.readableBytes() - at);
        // Nothing throws from here on.
        for (int i = 0; i < edits.size(); i++) {
            pieces[2 * i].retain();
            pieces[2 * i + 1] = direct(edits.get(i).text, body.alloc());
        }
        pieces[count].retain();
        return Unpooled.wrappedBuffer(pieces.length, pieces);
    }

    private static ByteBuf direct(String ascii, ByteBufAllocator allocator) {
        ByteBuf text = ascii.isEmpty() ? Unpooled.EMPTY_BUFFER : allocator.directBuffer(ascii.length());
        ByteBufUtil.writeAscii(text, ascii);
        return text;
    }
}
