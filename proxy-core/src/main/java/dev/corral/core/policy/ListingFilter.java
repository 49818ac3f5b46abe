package dev.corral.core.policy;

import dev.corral.core.body.BadBody;
import dev.corral.core.body.BodyEdits;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.policy.ModelCatalogue.Place;
import dev.corral.core.policy.ModelName.Source;
import dev.corral.core.spi.Endpoint;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Cuts out of the listings what a role may not use. Any thread. */
public final class ListingFilter {
    private final ModelCatalogue catalogue;
    private final Runnable unknownSeen;
    private final KnownListings known = new KnownListings();

    /**
     * What came of a listing.
     *
     * @param edits sorted; never changed
     * @param unknown whether a model is held back only because the catalogue does not know it
     */
    record Cuts(BodyEdits edits, boolean unknown) {}

    /**
     * Filters with the help of what the upstream is known to have.
     *
     * @param unknownSeen called when {@code /v1/models} lists a model that is held back only because the catalogue does
     *     not know it, so that it is worth reading the catalogue again; must not block
     */
    public ListingFilter(ModelCatalogue catalogue, Runnable unknownSeen) {
        this.catalogue = catalogue;
        this.unknownSeen = unknownSeen;
    }

    /** Whether anything could ever be cut out for this role; if not, the answer need not be held. */
    public static boolean needed(RolePolicy policy) {
        return !policy.models().opensEverything();
    }

    /**
     * Finds what to cut out of the answer 200 to {@code GET /api/tags}, {@code /api/ps} or {@code /v1/models}: elements
     * whose model the role does not open, or that run elsewhere while cloud is closed, or that name no model clearly.
     *
     * @param listing borrowed; from its position to its limit, which are not moved
     * @return shared with others: to be applied, not to be added to
     * @throws BadBody with {@link ErrorCode#UPSTREAM_BAD_RESPONSE} if it cannot be read
     */
    public BodyEdits edits(Endpoint endpoint, RolePolicy policy, ByteBuffer listing) throws BadBody {
        // Taken once: what is known may change while the listing is read.
        ModelCatalogue.Snapshot models = catalogue.snapshot();
        Cuts cuts = known.find(endpoint, policy, models, listing);
        if (cuts == null) {
            cuts = cuts(endpoint, policy, models, listing);
            known.remember(endpoint, policy, models, listing, cuts);
        }
        if (cuts.unknown) {
            unknownSeen.run();
        }
        return cuts.edits;
    }

    private static Cuts cuts(Endpoint endpoint, RolePolicy policy, ModelCatalogue.Snapshot models, ByteBuffer listing)
            throws BadBody {
        Cutter cutter = new Cutter(endpoint, policy.models(), models);
        try {
            ListingReader.read(endpoint, listing, cutter);
        } catch (BadBody e) {
            throw new BadBody(new ProxyError(
                    ErrorCode.UPSTREAM_BAD_RESPONSE, "the model server gave a list that cannot be read"));
        }
        cutter.edits.sort();
        return new Cuts(cutter.edits, cutter.unknown);
    }

    private static final class Cutter implements ListingReader.Visitor {
        private final Endpoint endpoint;
        private final ModelRules rules;
        private final ModelCatalogue.Snapshot models;
        private final BodyEdits edits = new BodyEdits();
        private boolean unknown;
        private int begin;
        // Behind the last element, and whether one before it stays.
        private int last;
        private boolean kept;
        // Where the cut begins that is still open; negative for none.
        private int cut;

        Cutter(Endpoint endpoint, ModelRules rules, ModelCatalogue.Snapshot models) {
            this.endpoint = endpoint;
            this.rules = rules;
            this.models = models;
        }

        @Override
        public void begins(int start) {
            begin = start;
            kept = false;
            cut = -1;
        }

        @Override
        public void element(int start, int end, @Nullable ListedModel model) {
            if (model == null || !shown(model)) {
                if (cut < 0) {
                    // With the comma before it, or else, where nothing stands before, with the one behind it.
                    cut = kept ? last : start;
                }
            } else {
                if (cut >= 0) {
                    edits.replace(cut, kept ? last : start, "");
                    cut = -1;
                }
                kept = true;
            }
            last = end;
        }

        @Override
        public void ends(int end) {
            if (cut >= 0) {
                edits.replace(kept ? cut : begin, kept ? last : end, "");
            }
        }

        private boolean shown(ListedModel model) {
            boolean all = rules.cloud() || !model.remote();
            for (String name : model.names()) {
                all = all && shown(name);
            }
            return all;
        }

        private boolean shown(String name) {
            // What the caller would get who asked for it by this name, and which of the installed models it is.
            ModelName asked = ModelName.parse(name);
            ModelName installed = ModelName.installed(name);
            if (asked == null || installed == null || !rules.opens(asked)) {
                return false;
            }
            if (rules.cloud()) {
                return true;
            }
            return asked.source() != Source.CLOUD && runsHere(models.place(installed));
        }

        private boolean runsHere(Place place) {
            // Only this list neither tells where a model runs, nor has only those that run here.
            boolean untold = place == Place.UNKNOWN && endpoint == Endpoint.MODELS;
            unknown |= untold;
            return place != Place.REMOTE && !untold;
        }
    }
}
