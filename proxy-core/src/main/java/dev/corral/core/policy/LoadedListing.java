package dev.corral.core.policy;

import dev.corral.core.body.BadBody;
import dev.corral.core.body.JsonCursor;
import dev.corral.core.body.JsonFieldScanner;
import dev.corral.core.body.JsonFields.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads an answer 200 to {@code GET /api/ps} (Ollama {@code server/routes.go:PsHandler}). */
public final class LoadedListing {
    /** More than fit any machine's GPUs; what is listed beyond is left out. */
    public static final int MAX_MODELS = 64;

    private static final int MAX_DIGITS = 18;

    private final byte[] listing;
    private final JsonCursor json;
    private final Map<String, LoadedModel> found = new LinkedHashMap<>();

    private LoadedListing(byte[] listing) {
        this.listing = listing;
        this.json = new JsonCursor(ByteBuffer.wrap(listing), JsonFieldScanner.MAX_DEPTH);
    }

    /** Which models it names, in its order; null if it is no list of models. */
    public static @Nullable List<LoadedModel> models(byte[] listing) {
        LoadedListing reader = new LoadedListing(listing);
        try {
            reader.read();
        } catch (BadBody e) {
            return null;
        }
        return List.copyOf(reader.found.values());
    }

    private void read() throws BadBody {
        json.enterObject();
        while (json.nextMember()) {
            if (!json.memberIs("models") || json.peek() == Kind.NULL) {
                json.skip();
                continue;
            }
            json.enterArray();
            while (json.nextElement()) {
                element();
            }
        }
        json.end();
    }

    private void element() throws BadBody {
        if (json.peek() != Kind.OBJECT) {
            json.skip();
            return;
        }
        List<String> names = new ArrayList<>(2);
        long bytes = 0;
        json.enterObject();
        while (json.nextMember()) {
            Kind kind = json.peek();
            if (kind == Kind.STRING && (json.memberIs("name") || json.memberIs("model"))) {
                names.add(json.string());
            } else if (kind == Kind.NUMBER && json.memberIs("size_vram")) {
                bytes = number();
            } else {
                json.skip();
            }
        }
        for (String shown : names) {
            String name = key(shown);
            if (name != null && (found.size() < MAX_MODELS || found.containsKey(name))) {
                found.put(name, new LoadedModel(name, bytes));
            }
        }
    }

    private static @Nullable String key(String shown) {
        ModelName name = ModelName.installed(shown);
        return name == null ? null : name.key();
    }

    /** A whole number; 0 for any other. */
    private long number() throws BadBody {
        int start = json.position();
        json.skip();
        int length = json.position() - start;
        String digits = new String(listing, start, length, StandardCharsets.US_ASCII);
        return length <= MAX_DIGITS && digits.chars().allMatch(c -> c >= '0' && c <= '9') ? Long.parseLong(digits) : 0;
    }
}
