package dev.corral.core.policy;

import dev.corral.core.body.BadBody;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.NanoClock;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which models the upstream has, and which of them are only stubs that run on another host, as its last listing said.
 * Thread-safe; reads are lock-free.
 */
public final class ModelCatalogue {
    /** More than any machine has; a longer listing is not believed. */
    static final int MAX_MODELS = 65_536;

    private final NanoClock clock;
    private volatile @Nullable Listing last;

    /**
     * What is known.
     *
     * @param text what it was learned from; null if that was no text, or a large one
     * @param nanos when it was last found to be so
     */
    private record Listing(Snapshot models, @Nullable ByteBuffer text, long nanos) {}

    /** The models of one listing. Immutable. */
    static final class Snapshot {
        private static final Snapshot NOTHING = new Snapshot(Map.of());

        private final Map<String, Place> places;

        private Snapshot(Map<String, Place> places) {
            this.places = Map.copyOf(places);
        }

        /** Where this model runs. The name's source makes no difference. */
        Place place(ModelName name) {
            return places.getOrDefault(name.key(), Place.UNKNOWN);
        }
    }

    /** Where a model runs. */
    public enum Place {
        /** On the upstream itself. */
        LOCAL,
        /** On another host: a stub, whose name need not say so (ollama-api section 5.4). */
        REMOTE,
        /** Not in the last listing, or there was none yet. */
        UNKNOWN
    }

    /** Knows nothing yet. */
    public ModelCatalogue(NanoClock clock) {
        this.clock = clock;
    }

    /** Knows nothing yet; goes by the machine's clock. */
    public ModelCatalogue() {
        this(NanoClock.SYSTEM);
    }

    /** Where this model runs, going by the last listing. The name's source makes no difference. */
    public Place place(ModelName name) {
        return snapshot().place(name);
    }

    /** All that is known now. The same instance as before, as long as the same listing was read again. */
    Snapshot snapshot() {
        Listing listing = last;
        return listing == null ? Snapshot.NOTHING : listing.models;
    }

    /** How long ago the last listing was learned; null before the first. */
    public @Nullable Duration age() {
        Listing listing = last;
        return listing == null ? null : Duration.ofNanos(clock.nanos() - listing.nanos);
    }

    /**
     * Replaces all that is known.
     *
     * @param places by {@link ModelName#key} of the {@linkplain ModelName#installed installed} name
     */
    public void learn(Map<String, Place> places) {
        last = new Listing(new Snapshot(places), null, clock.nanos());
    }

    /**
     * Replaces all that is known by what an answer 200 to {@code GET /api/tags} says; where that cannot be read, all stays
     * as it was. The same bytes as the last time are not read again.
     *
     * @param tags as the upstream sent it; borrowed, from its position to its limit, which are not moved
     * @return what is wrong with it, in ASCII, or null if nothing is
     */
    public @Nullable String learn(ByteBuffer tags) {
        Listing before = last;
        if (before != null && before.text != null && before.text.equals(tags)) {
            last = new Listing(before.models, before.text, clock.nanos());
            return null;
        }
        Places places = new Places();
        try {
            ListingReader.read(Endpoint.TAGS, tags, places);
        } catch (BadBody e) {
            return e.error().message();
        }
        if (places.found.size() > MAX_MODELS) {
            return "a list of more than " + MAX_MODELS + " models";
        }
        ByteBuffer text = tags.remaining() <= KnownListings.LARGEST ? KnownListings.copy(tags) : null;
        last = new Listing(new Snapshot(places.found), text, clock.nanos());
        return null;
    }

    /** Where a model is named twice, in whatever spelling, the stub counts. */
    private static final class Places implements ListingReader.Visitor {
        private final Map<String, Place> found = new HashMap<>();

        @Override
        public void begins(int start) {}

        @Override
        public void element(int start, int end, @Nullable ListedModel model) {
            if (model == null || found.size() > MAX_MODELS) {
                return;
            }
            for (String shown : model.names()) {
                ModelName name = ModelName.installed(shown);
                if (name != null) {
                    found.merge(
                            name.key(),
                            model.remote() ? Place.REMOTE : Place.LOCAL,
                            (one, other) -> one == Place.REMOTE ? one : other);
                }
            }
        }

        @Override
        public void ends(int end) {}
    }
}
