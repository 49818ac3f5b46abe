package dev.corral.core.body;

/**
 * Where the members that policy reads stand in one request body, and what they are; what the strict scan found. Valid
 * until the body is released or its scanner reads another one. Confined to one thread.
 */
@SuppressWarnings("DoNotCallSuggester")
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

    JsonFields() {}

    public Kind kind(BodyField field) {
        throw new UnsupportedOperationException(field.path());
    }

    /** Neither absent nor null: Go's decoder sets the field. */
    public boolean present(BodyField field) {
        throw new UnsupportedOperationException(field.path());
    }

    /** Absent, null, or Go's zero value, which clients send when they mean nothing: "", 0, false, [] and {}. */
    public boolean zero(BodyField field) {
        throw new UnsupportedOperationException(field.path());
    }

    /** Where the value begins in the body, in bytes; undefined for an absent one. */
    public int start(BodyField field) {
        throw new UnsupportedOperationException(field.path());
    }

    /** Where it ends, exclusive. */
    public int end(BodyField field) {
        throw new UnsupportedOperationException(field.path());
    }

    /** A string's text with escapes resolved as Go does, which reads an unpaired surrogate as U+FFFD. */
    public String string(BodyField field) {
        throw new UnsupportedOperationException(field.path());
    }

    /** Whether a string is written with escapes. */
    public boolean escaped(BodyField field) {
        throw new UnsupportedOperationException(field.path());
    }

    /** A number as written; at most 64 characters, null for a longer one. */
    public String number(BodyField field) {
        throw new UnsupportedOperationException(field.path());
    }

    /** How many elements an array has, how many members an object has. */
    public int size(BodyField field) {
        throw new UnsupportedOperationException(field.path());
    }

    /** Where a member can be put in: just behind the brace that opens the body. */
    public int bodyStart() {
        throw new UnsupportedOperationException();
    }

    /** How many images and other attachments the body carries, at any depth; never less than Ollama would find. */
    public int images() {
        throw new UnsupportedOperationException();
    }

    /** The longest of them, in characters of base64. */
    public long longestImage() {
        throw new UnsupportedOperationException();
    }

    /** Whether a tool makes the server search the web itself (Ollama {@code middleware/openai.go}, {@code anthropic.go}). */
    public boolean webSearch() {
        throw new UnsupportedOperationException();
    }
}
