package dev.corral.core.policy;

import dev.corral.core.body.BadBody;
import dev.corral.core.body.BodyEdits;
import dev.corral.core.body.JsonCursor;
import dev.corral.core.body.JsonFieldScanner;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import java.nio.ByteBuffer;

/**
 * Hides what the author of a model wrote into it: system prompt, template and messages, and the modelfile, which repeats
 * them and tells paths on the server besides (Ollama {@code api/types.go:ShowResponse}). What remains is needed by
 * clients, or public: {@code parameters} are sampling values and stop words; {@code model_info} and
 * {@code projector_info} come from the weights, and Ollama itself takes the chat template out of them.
 */
public final class ShowRedaction {
    private ShowRedaction() {}

    /** Whether there is anything to hide from this role; if not, the answer need not be held. */
    public static boolean needed(RolePolicy policy) {
        return !policy.showDetails();
    }

    /**
     * Finds what to change in the answer 200 to {@code POST /api/show}. Members stay, emptied, so that clients find the
     * shape they know.
     *
     * @param shown borrowed; from its position to its limit, which are not moved
     * @throws BadBody with {@link ErrorCode#UPSTREAM_BAD_RESPONSE} if it cannot be read
     */
    public static BodyEdits edits(ByteBuffer shown) throws BadBody {
        try {
            return read(new JsonCursor(shown, JsonFieldScanner.MAX_DEPTH));
        } catch (BadBody e) {
            throw new BadBody(new ProxyError(
                    ErrorCode.UPSTREAM_BAD_RESPONSE,
                    "the model server described a model in a way that cannot be read"));
        }
    }

    private static BodyEdits read(JsonCursor json) throws BadBody {
        BodyEdits edits = new BodyEdits();
        json.enterObject();
        while (json.nextMember()) {
            boolean text = json.memberIs("system") || json.memberIs("template") || json.memberIs("modelfile");
            boolean hidden = text || json.memberIs("messages");
            int start = json.position();
            json.skip();
            if (hidden) {
                edits.replace(start, json.position(), text ? "\"\"" : "[]");
            }
        }
        json.end();
        return edits;
    }
}
