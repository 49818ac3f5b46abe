package dev.corral.core.body;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.Endpoint;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads a request body once, as strictly as Ollama's own decoder and stricter where that one would guess: UTF-8, one
 * JSON object with nothing behind it, bounded depth, and no member that Ollama knows given twice or spelled in another
 * way. Finds where the members stand that policy reads; builds no tree. Confined to one thread, reused.
 */
public final class JsonFieldScanner {
    /** The deepest nesting accepted; Go's own limit is 10,000. */
    public static final int MAX_DEPTH = 256;

    private final JsonBytes json = new JsonBytes(MAX_DEPTH);
    private final JsonFields fields = new JsonFields(json);
    private final byte[] scratch = new byte[JsonNames.SCRATCH];
    // What is open, from the body inwards, but for what is skipped in one go: the object's own place, an array's
    // elements'.
    private final JsonPlace[] places = new JsonPlace[MAX_DEPTH + 1];
    private final boolean[] objects = new boolean[MAX_DEPTH + 1];
    private final int[] counts = new int[MAX_DEPTH + 1];
    private int depth;

    private BodySchema schema = BodySchema.OPTIONS;
    private boolean conversation;
    // Which members were given, by their index in the schema: of the body, and of the options that are open.
    private long seen;
    private long seenInside;
    private @Nullable BodyField openField;

    /**
     * Scans a body.
     *
     * @param body borrowed; absolute reads from its position to its limit, which are not moved
     * @return the scanner's own, valid until the next call
     * @throws BadBody if it is not acceptable
     * @throws IllegalArgumentException for an endpoint into whose body policy does not look
     */
    public JsonFields scan(Endpoint endpoint, ByteBuffer body) throws BadBody {
        BodySchema known = BodySchema.of(endpoint);
        if (known == null) {
            throw new IllegalArgumentException(endpoint + " (expected: an endpoint with a schema)");
        }
        schema = known;
        conversation = endpoint == Endpoint.RESPONSES;
        json.over(body);
        fields.clear();
        depth = 0;
        seen = 0;
        openField = null;

        int at = json.blank(json.start());
        if (json.at(at) != '{') {
            throw json.expected(at, "an object");
        }
        at = open(at, JsonPlace.BODY, true);
        fields.open(at);
        while (depth > 0) {
            at = objects[depth] ? member(at) : element(at);
        }
        at = json.blank(at);
        if (at != json.end()) {
            throw json.expected(at, "nothing behind the object");
        }
        return fields;
    }

    private int open(int at, JsonPlace place, boolean object) throws BadBody {
        depth = json.open(at, depth, object);
        places[depth] = place;
        objects[depth] = object;
        counts[depth] = 0;
        return at + 1;
    }

    private int close(int at) {
        int size = counts[depth--];
        if (depth == 1 && openField != null) {
            fields.ended(openField, at + 1, size, false);
            openField = null;
        }
        return at + 1;
    }

    private int element(int index) throws BadBody {
        int at = json.blank(index);
        if (json.at(at) == ']') {
            return close(at);
        }
        if (counts[depth]++ > 0) {
            at = json.comma(at, false);
        }
        return value(at, places[depth]);
    }

    private int member(int index) throws BadBody {
        int at = json.blank(index);
        if (json.at(at) == '}') {
            return close(at);
        }
        if (counts[depth]++ > 0) {
            at = json.comma(at, true);
        }
        int start = at + 1;
        int behind = json.name(at);
        int end = behind - 1;
        JsonPlace place = places[depth];
        return switch (place) {
            case BODY -> {
                int which = schema.names().find(json, start, end, scratch);
                seen = once(schema, which, start, end, seen);
                yield known(schema, which, json.colon(behind));
            }
            case OPTIONS, STREAM_OPTIONS -> {
                BodySchema inside = place == JsonPlace.OPTIONS ? BodySchema.OPTIONS : BodySchema.STREAM_OPTIONS;
                int which = inside.names().find(json, start, end, scratch);
                seenInside = once(inside, which, start, end, seenInside);
                yield known(inside, which, json.colon(behind));
            }
            default -> value(json.colon(behind), place.member(json, start, end, scratch));
        };
    }

    /** Makes sure that a member that Ollama knows is spelled plainly and was not given before. */
    private long once(BodySchema where, int which, int start, int end, long before) throws BadBody {
        if (which == JsonNames.NONE) {
            return before;
        }
        if (!where.names().spelledExactly(json, start, end, which)) {
            throw ambiguous(where.path(which) + ": spelled in another way (expected: exactly this name)");
        }
        if ((before & 1L << which) != 0) {
            throw ambiguous(where.path(which) + ": given twice (expected: once)");
        }
        return before | 1L << which;
    }

    private int known(BodySchema where, int which, int at) throws BadBody {
        BodyField field = which == JsonNames.NONE ? null : where.field(which);
        if (field == null) {
            return json.skip(at, depth);
        }
        JsonFields.Kind kind = json.kind(at);
        JsonPlace place = JsonPlace.of(field, conversation);
        boolean options = place == JsonPlace.OPTIONS || place == JsonPlace.STREAM_OPTIONS;
        if (options && kind != JsonFields.Kind.OBJECT && kind != JsonFields.Kind.NULL) {
            String found = kind.name().toLowerCase(Locale.ROOT);
            throw new BadBody(
                    new ProxyError(ErrorCode.INVALID_BODY, field.path() + ": " + found + " (expected: an object)"));
        }
        fields.found(field, kind, at);
        int outside = depth;
        int end = value(at, place);
        if (depth > outside) {
            openField = field;
            seenInside = 0;
        } else {
            fields.ended(field, end, json.size(), json.escaped());
        }
        return end;
    }

    private int value(int at, JsonPlace place) throws BadBody {
        if (place == JsonPlace.PLAIN) {
            return json.skip(at, depth);
        }
        if (place == JsonPlace.IMAGE) {
            fields.image();
        }
        switch (json.at(at)) {
            case '{' -> {
                if (place == JsonPlace.MEDIA || place == JsonPlace.MEDIA_URL) {
                    fields.image();
                }
                if (place.members()) {
                    return open(at, place, true);
                }
            }
            case '[' -> {
                JsonPlace element = place.element();
                if (element != JsonPlace.PLAIN) {
                    return open(at, element, false);
                }
                if (place == JsonPlace.IMAGE) {
                    // Each number takes more room than a byte takes in base64.
                    int end = json.skip(at, depth);
                    fields.imageOf(end - at);
                    return end;
                }
            }
            case '"' -> {
                int end = json.string(at + 1);
                string(place, at + 1, end);
                return end + 1;
            }
            default -> {
                return json.skip(at, depth);
            }
        }
        return json.skip(at, depth);
    }

    private void string(JsonPlace place, int start, int end) {
        switch (place) {
            case IMAGE, MEDIA_TEXT -> fields.imageOf(Attachments.characters(json, start, end));
            case MEDIA_URL -> {
                fields.image();
                fields.imageOf(Attachments.characters(json, start, end));
            }
            case TOOL_TYPE -> {
                if (WebSearch.named(json, start, end)) {
                    fields.searches();
                }
            }
            default -> {
                // Text of a conversation, or a string where Ollama expects something else.
            }
        }
    }

    private static BadBody ambiguous(String message) {
        return new BadBody(new ProxyError(ErrorCode.AMBIGUOUS_BODY, message));
    }
}
