package dev.corral.core.body;

import java.nio.ByteBuffer;

/**
 * A strict reader of one JSON text in UTF-8 (RFC 8259, as Go's encoding/json reads it): forward only, no tree. Every
 * method throws {@link BadBody} at the first byte that does not fit. Every value that is gone to must be read or
 * skipped before the next. Confined to one thread.
 */
public final class JsonCursor {
    private final JsonBytes json;
    private int at;
    private int depth;
    // Nothing was read yet of the array or object that is open.
    private boolean fresh;
    private int nameStart;
    private int nameEnd;
    private boolean nameEscaped;

    /**
     * Begins before the first value.
     *
     * @param json borrowed; absolute reads from its position to its limit
     */
    public JsonCursor(ByteBuffer json, int maxDepth) {
        this.json = new JsonBytes(maxDepth);
        this.json.over(json);
        this.at = this.json.start();
    }

    /**
     * Where the next byte stands, counted from the text's first: the value's own first byte after {@link #peek},
     * {@link #nextMember} and {@link #nextElement}, the byte behind it after it was read.
     */
    public int position() {
        return at - json.start();
    }

    /** Skips whitespace and tells what the value is that begins here. */
    public JsonFields.Kind peek() throws BadBody {
        at = json.blank(at);
        return json.kind(at);
    }

    /** Steps into the object that begins here. */
    public void enterObject() throws BadBody {
        enter('{', "an object");
    }

    /** Goes to the next member's value; false where the object ends, which is then left. */
    public boolean nextMember() throws BadBody {
        if (!next('}')) {
            return false;
        }
        int start = at;
        int end = json.name(start);
        nameStart = start + 1;
        nameEnd = end - 1;
        nameEscaped = json.escaped();
        at = json.colon(end);
        return true;
    }

    /** Whether the present member's name, escapes resolved, is exactly this. */
    public boolean memberIs(String ascii) {
        if (nameEscaped) {
            return JsonText.decode(json, nameStart, nameEnd, true).equals(ascii);
        }
        if (nameEnd - nameStart != ascii.length()) {
            return false;
        }
        for (int i = 0; i < ascii.length(); i++) {
            if (json.get(nameStart + i) != ascii.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Steps into the array that begins here. */
    public void enterArray() throws BadBody {
        enter('[', "an array");
    }

    /** Goes to the next element; false where the array ends, which is then left. */
    public boolean nextElement() throws BadBody {
        return next(']');
    }

    /** Reads over one value, whatever it is. */
    public void skip() throws BadBody {
        at = json.skip(json.blank(at), depth);
    }

    /** Reads a string, escapes resolved. */
    public String string() throws BadBody {
        int start = json.blank(at);
        if (json.at(start) != '"') {
            throw json.expected(start, "a string");
        }
        int end = json.string(start + 1);
        at = end + 1;
        return JsonText.decode(json, start + 1, end, json.escaped());
    }

    /** Makes sure that nothing but whitespace is left. */
    public void end() throws BadBody {
        at = json.blank(at);
        if (at != json.end()) {
            throw json.expected(at, "nothing behind the value");
        }
    }

    private void enter(char bracket, String what) throws BadBody {
        at = json.blank(at);
        if (json.at(at) != bracket) {
            throw json.expected(at, what);
        }
        depth = json.open(at, depth, bracket == '{');
        at++;
        fresh = true;
    }

    private boolean next(char close) throws BadBody {
        at = json.blank(at);
        if (json.at(at) == close) {
            at++;
            depth--;
            fresh = false;
            return false;
        }
        if (!fresh) {
            at = json.comma(at, close == '}');
        }
        fresh = false;
        return true;
    }
}
