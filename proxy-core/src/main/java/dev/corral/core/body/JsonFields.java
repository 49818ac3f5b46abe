package dev.corral.core.body;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where the members that policy reads stand in one request body, and what they are; what the strict scan found. Valid
 * until the body is released or its scanner reads another one. Confined to one thread.
 */
public final class JsonFields {
    /** What a value is. */
    public enum Kind {
        ABSENT,
        NULL,
        FALSE,
        TRUE,
        NUMBER,
        STRING,
        ARRAY,
        OBJECT
    }

    private static final int FIELDS = BodyField.values().length;
    private static final int LONGEST_NUMBER = 64;

    private final JsonBytes json;
    private final Kind[] kinds = new Kind[FIELDS];
    // Indices of the buffer.
    private final int[] starts = new int[FIELDS];
    private final int[] ends = new int[FIELDS];
    private final int[] sizes = new int[FIELDS];
    private final boolean[] escaped = new boolean[FIELDS];
    private int bodyStart;
    private int images;
    private int longestImage;
    private long imageCharacters;
    private boolean webSearch;

    JsonFields(JsonBytes json) {
        this.json = json;
    }

    void clear() {
        Arrays.fill(kinds, Kind.ABSENT);
        images = 0;
        longestImage = 0;
        imageCharacters = 0;
        webSearch = false;
    }

    void open(int behindBrace) {
        bodyStart = behindBrace;
    }

    void found(BodyField field, Kind kind, int start) {
        kinds[field.ordinal()] = kind;
        starts[field.ordinal()] = start;
    }

    void ended(BodyField field, int end, int size, boolean withEscapes) {
        ends[field.ordinal()] = end;
        sizes[field.ordinal()] = size;
        escaped[field.ordinal()] = withEscapes;
    }

    void image() {
        images++;
    }

    void imageOf(int characters) {
        longestImage = Math.max(longestImage, characters);
        imageCharacters += characters;
    }

    void searches() {
        webSearch = true;
    }

    public Kind kind(BodyField field) {
        return kinds[field.ordinal()];
    }

    /** Neither absent nor null: Go's decoder sets the field. */
    public boolean present(BodyField field) {
        return kind(field).compareTo(Kind.NULL) > 0;
    }

    /** Absent, null, or Go's zero value, which clients send when they mean nothing: "", 0, false, [] and {}. */
    public boolean zero(BodyField field) {
        return switch (kind(field)) {
            case ABSENT, NULL, FALSE -> true;
            case TRUE -> false;
            case NUMBER -> zeroNumber(starts[field.ordinal()], ends[field.ordinal()]);
            case STRING -> ends[field.ordinal()] - starts[field.ordinal()] == 2;
            case ARRAY, OBJECT -> size(field) == 0;
        };
    }

    /** Where the value begins in the body, in bytes; undefined for an absent one. */
    public int start(BodyField field) {
        return starts[field.ordinal()] - json.start();
    }

    /** Where it ends, exclusive. */
    public int end(BodyField field) {
        return ends[field.ordinal()] - json.start();
    }

    /**
     * A string's text with escapes resolved as Go does, which reads an unpaired surrogate as U+FFFD.
     *
     * @throws IllegalStateException if the field is no string
     */
    public String string(BodyField field) {
        require(field, Kind.STRING);
        int i = field.ordinal();
        return JsonText.decode(json, starts[i] + 1, ends[i] - 1, escaped[i]);
    }

    /** Whether a string is written with escapes. */
    public boolean escaped(BodyField field) {
        return kind(field) == Kind.STRING && escaped[field.ordinal()];
    }

    /**
     * A number as written; null for one of more than 64 characters.
     *
     * @throws IllegalStateException if the field is no number
     */
    public @Nullable String number(BodyField field) {
        require(field, Kind.NUMBER);
        int start = starts[field.ordinal()];
        int end = ends[field.ordinal()];
        return end - start > LONGEST_NUMBER ? null : JsonText.decode(json, start, end, false);
    }

    /** How many elements an array has, how many members an object has; none for any other kind. */
    public int size(BodyField field) {
        return switch (kind(field)) {
            case ARRAY, OBJECT -> sizes[field.ordinal()];
            default -> 0;
        };
    }

    /** Where a member can be put in: just behind the brace that opens the body. */
    public int bodyStart() {
        return bodyStart - json.start();
    }

    /** A byte of the body, counted from its first. */
    public byte at(int position) {
        return json.get(position + json.start());
    }

    /** How many images and other attachments the body carries, at any depth; never less than Ollama would find. */
    public int images() {
        return images;
    }

    /** The longest of them, in characters of base64; never less than what Ollama would decode. */
    public long longestImage() {
        return longestImage;
    }

    /** All of them together, in characters of base64. */
    public long imageCharacters() {
        return imageCharacters;
    }

    /** How many bytes the body has. */
    public int length() {
        return json.end() - json.start();
    }

    /**
     * Whether a tool makes the server search the web itself (Ollama {@code middleware/openai.go}, {@code anthropic.go}).
     */
    public boolean webSearch() {
        return webSearch;
    }

    private boolean zeroNumber(int start, int end) {
        for (int i = start; i < end; i++) {
            byte c = json.get(i);
            if (c == 'e' || c == 'E') {
                return true;
            }
            if (c >= '1' && c <= '9') {
                return false;
            }
        }
        return true;
    }

    private void require(BodyField field, Kind kind) {
        if (kind(field) != kind) {
            throw new IllegalStateException(field.path() + " is " + kind(field) + " (expected: " + kind + ")");
        }
    }
}
