package dev.corral.core.policy;

import dev.corral.core.body.BodyEdits;
import dev.corral.core.body.BodyField;
import dev.corral.core.body.JsonFields;
import dev.corral.core.body.JsonFields.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * Gathers what the rules change in one body, so that it stays one valid JSON object whichever of them apply. Each field
 * may be named once. Not thread-safe.
 */
final class Amendments {
    private final JsonFields body;
    private final BodyEdits edits = new BodyEdits();
    private final List<Change> changes = new ArrayList<>();
    private final MemberCuts cuts;
    // Members to put in, each with a comma behind it.
    private final StringBuilder members = new StringBuilder(0);
    private final StringBuilder options = new StringBuilder(0);

    Amendments(JsonFields body) {
        this.body = body;
        this.cuts = new MemberCuts(body);
    }

    /** Gives a field this value, whether it is there or not. */
    void put(BodyField field, String json) {
        if (body.kind(field) != Kind.ABSENT) {
            edits.replace(body.start(field), body.end(field), json);
            return;
        }
        if (field.parent() == BodyField.STREAM_OPTIONS) {
            putStreamOption(field, json);
            return;
        }
        StringBuilder into = field.parent() == BodyField.OPTIONS ? options : members;
        into.append('"').append(field.json()).append("\":").append(json).append(',');
    }

    /** Takes a field out that is there: for Ollama it was not given. */
    void drop(BodyField field) {
        if (field.parent() == BodyField.OPTIONS) {
            cuts.add(field);
        } else {
            edits.replace(body.start(field), body.end(field), "null");
        }
    }

    void tell(Change.Kind kind, String text) {
        changes.add(new Change(kind, text));
    }

    List<Change> changes() {
        return changes;
    }

    /** Everything that was put and dropped; to be called once, last. */
    BodyEdits edits() {
        if (!options.isEmpty()) {
            putOptions();
        }
        if (!members.isEmpty()) {
            // The body names a model, so it is not empty.
            edits.replace(body.bodyStart(), body.bodyStart(), members.toString());
        }
        cuts.apply(edits);
        return edits;
    }

    /** The only one there is. */
    private void putStreamOption(BodyField field, String json) {
        String member = '"' + field.json() + "\":" + json;
        if (body.kind(BodyField.STREAM_OPTIONS) == Kind.OBJECT) {
            int behindBrace = body.start(BodyField.STREAM_OPTIONS) + 1;
            boolean alone = body.size(BodyField.STREAM_OPTIONS) == 0;
            edits.replace(behindBrace, behindBrace, alone ? member : member + ',');
        } else {
            put(BodyField.STREAM_OPTIONS, '{' + member + '}');
        }
    }

    private void putOptions() {
        int left = body.size(BodyField.OPTIONS) - cuts.count();
        if (left == 0) {
            options.setLength(options.length() - 1);
        }
        if (body.kind(BodyField.OPTIONS) == Kind.OBJECT) {
            int behindBrace = body.start(BodyField.OPTIONS) + 1;
            edits.replace(behindBrace, behindBrace, options.toString());
        } else {
            put(BodyField.OPTIONS, "{" + options + '}');
        }
    }
}
