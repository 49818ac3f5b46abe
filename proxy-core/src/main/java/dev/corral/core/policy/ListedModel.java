package dev.corral.core.policy;

import dev.corral.core.body.BadBody;
import dev.corral.core.body.JsonCursor;
import dev.corral.core.body.JsonFields.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one element of a listing says about its model (Ollama {@code api/types.go:ListModelResponse,
 * ProcessModelResponse}, {@code openai/openai.go:Model}).
 *
 * @param names every name it gives, each once; never empty
 * @param remote whether it says that the model runs on another host
 */
record ListedModel(List<String> names, boolean remote) {
    private static final int MAX_NAMES = 4;

    ListedModel {
        names = List.copyOf(names);
    }

    /**
     * Reads over one element.
     *
     * @param openAi whether it is one of {@code /v1/models}, which has an {@code id} instead of names
     * @return null for one that does not clearly name a model
     * @throws BadBody if it is no JSON
     */
    static @Nullable ListedModel read(JsonCursor json, boolean openAi) throws BadBody {
        if (json.peek() != Kind.OBJECT) {
            json.skip();
            return null;
        }
        List<String> names = new ArrayList<>(1);
        boolean clear = true;
        boolean remote = false;
        json.enterObject();
        while (json.nextMember()) {
            if (!clear) {
                json.skip();
            } else if (openAi ? json.memberIs("id") : json.memberIs("name") || json.memberIs("model")) {
                clear = name(json, names);
            } else if (json.memberIs("remote_host") || json.memberIs("remote_model")) {
                remote |= !empty(json);
            } else {
                json.skip();
            }
        }
        return clear && !names.isEmpty() ? new ListedModel(names, remote) : null;
    }

    /** Takes a name, unless it is not given; false for what is no text, and for too many. */
    private static boolean name(JsonCursor json, List<String> names) throws BadBody {
        Kind kind = json.peek();
        if (kind != Kind.STRING) {
            json.skip();
            return kind == Kind.NULL;
        }
        String name = json.string();
        if (!name.isEmpty() && !names.contains(name)) {
            names.add(name);
        }
        return names.size() <= MAX_NAMES;
    }

    private static boolean empty(JsonCursor json) throws BadBody {
        Kind kind = json.peek();
        if (kind == Kind.STRING) {
            return json.string().isEmpty();
        }
        json.skip();
        return kind == Kind.NULL;
    }
}
