package dev.corral.core.policy;

import dev.corral.core.body.BadBody;
import dev.corral.core.body.JsonCursor;
import dev.corral.core.body.JsonFieldScanner;
import dev.corral.core.body.JsonFields.Kind;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.Endpoint;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Goes through a listing of models, in order (Ollama {@code server/routes.go:ListHandler, PsHandler},
 * {@code openai/openai.go:ToListCompletion}). Positions are bytes from the listing's first.
 */
final class ListingReader {
    private ListingReader() {}

    /** Who is told what stands in it. All that was told counts for nothing if the reading fails in the end. */
    interface Visitor {
        /** The array of models begins; its first element would stand here. */
        void begins(int start);

        /**
         * An element.
         *
         * @param model null for one that does not clearly name a model
         */
        void element(int start, int end, @Nullable ListedModel model);

        /** The array ends; its bracket stands here. */
        void ends(int end);
    }

    /**
     * Reads a listing whole.
     *
     * @param listing borrowed; from its position to its limit
     * @throws BadBody if it is not what Ollama answers there
     */
    static void read(Endpoint endpoint, ByteBuffer listing, Visitor visitor) throws BadBody {
        String member = member(endpoint);
        JsonCursor json = new JsonCursor(listing, JsonFieldScanner.MAX_DEPTH);
        boolean found = false;
        json.enterObject();
        while (json.nextMember()) {
            if (!json.memberIs(member)) {
                json.skip();
                continue;
            }
            found = true;
            // Go writes an empty list that was never filled as null.
            if (json.peek() == Kind.NULL) {
                json.skip();
            } else {
                array(endpoint, json, visitor);
            }
        }
        json.end();
        if (!found) {
            throw new BadBody(new ProxyError(
                    ErrorCode.UPSTREAM_BAD_RESPONSE, "expected a member \"" + member + "\", found none"));
        }
    }

    private static void array(Endpoint endpoint, JsonCursor json, Visitor visitor) throws BadBody {
        json.enterArray();
        visitor.begins(json.position());
        while (json.nextElement()) {
            int start = json.position();
            ListedModel model = ListedModel.read(json, endpoint == Endpoint.MODELS);
            visitor.element(start, json.position(), model);
        }
        visitor.ends(json.position() - 1);
    }

    private static String member(Endpoint endpoint) {
        return switch (endpoint) {
            case TAGS, PS -> "models";
            case MODELS -> "data";
            default -> throw new IllegalArgumentException(endpoint + " lists no models");
        };
    }
}
