package dev.corral.core.body;

import java.nio.ByteBuffer;

/**
 * A strict reader of one JSON text in UTF-8 (RFC 8259, as Go's encoding/json reads it): forward only, no tree. Every
 * method throws {@link BadBody} at the first byte that does not fit. Confined to one thread.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class JsonCursor {
    /**
     * Begins before the first value.
     *
     * @param json borrowed; absolute reads from its position to its limit
     */
    public JsonCursor(ByteBuffer json, int maxDepth) {
        throw new UnsupportedOperationException("" + json + maxDepth);
    }

    /** Where the next byte stands. */
    public int position() {
        throw new UnsupportedOperationException();
    }

    /** Skips whitespace and tells what the value is that begins here. */
    public JsonFields.Kind peek() throws BadBody {
        throw new UnsupportedOperationException();
    }

    /** Steps into the object that begins here. */
    public void enterObject() throws BadBody {
        throw new UnsupportedOperationException();
    }

    /** Goes to the next member's value; false where the object ends, which is then left. */
    public boolean nextMember() throws BadBody {
        throw new UnsupportedOperationException();
    }

    /** Whether the present member's name, escapes resolved, is exactly this. */
    public boolean memberIs(String ascii) {
        throw new UnsupportedOperationException(ascii);
    }

    /** Steps into the array that begins here. */
    public void enterArray() throws BadBody {
        throw new UnsupportedOperationException();
    }

    /** Goes to the next element; false where the array ends, which is then left. */
    public boolean nextElement() throws BadBody {
        throw new UnsupportedOperationException();
    }

    /** Reads over one value, whatever it is. */
    public void skip() throws BadBody {
        throw new UnsupportedOperationException();
    }

    /** Reads a string, escapes resolved. */
    public String string() throws BadBody {
        throw new UnsupportedOperationException();
    }

    /** Makes sure that nothing but whitespace is left. */
    public void end() throws BadBody {
        throw new UnsupportedOperationException();
    }
}
