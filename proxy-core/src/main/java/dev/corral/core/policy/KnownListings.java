package dev.corral.core.policy;

import dev.corral.core.spi.Endpoint;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * What was worked out for the listings seen last, so that the same one, asked for by the same role while the same models
 * are known, costs a comparison. Compares every byte. Holds at most {@value #PLACES} listings of at most
 * {@value #LARGEST} bytes each; larger ones are worked out each time. Any thread; without locks.
 */
final class KnownListings {
    static final int PLACES = 16;

    /** In bytes; of a listing that is remembered. */
    static final int LARGEST = 256 << 10;

    private final AtomicReferenceArray<@Nullable Known> known = new AtomicReferenceArray<>(PLACES);

    /**
     * A listing and what came of it.
     *
     * @param models what was known of the upstream's models; the very instance
     * @param listing never changed
     */
    private record Known(
            Endpoint endpoint,
            RolePolicy policy,
            ModelCatalogue.Snapshot models,
            ByteBuffer listing,
            ListingFilter.Cuts cuts) {}

    /** What was worked out for it; null if that is not known. */
    ListingFilter.@Nullable Cuts find(
            Endpoint endpoint, RolePolicy policy, ModelCatalogue.Snapshot models, ByteBuffer listing) {
        Known last = known.get(place(endpoint, policy));
        return last != null
                        && last.endpoint == endpoint
                        && last.policy.equals(policy)
                        && last.models == models
                        && last.listing.equals(listing)
                ? last.cuts
                : null;
    }

    /** Remembers it in the place of the last one for this role and endpoint. */
    void remember(
            Endpoint endpoint,
            RolePolicy policy,
            ModelCatalogue.Snapshot models,
            ByteBuffer listing,
            ListingFilter.Cuts cuts) {
        if (listing.remaining() <= LARGEST) {
            known.set(place(endpoint, policy), new Known(endpoint, policy, models, copy(listing), cuts));
        }
    }

    /** A copy on the heap, from the position to the limit, which are not moved. */
    static ByteBuffer copy(ByteBuffer listing) {
        byte[] bytes = new byte[listing.remaining()];
        listing.get(listing.position(), bytes);
        return ByteBuffer.wrap(bytes);
    }

    private static int place(Endpoint endpoint, RolePolicy policy) {
        int hash = System.identityHashCode(policy) + endpoint.ordinal();
        return (hash ^ hash >>> 8 ^ hash >>> 16) & PLACES - 1;
    }
}
