package dev.corral.auth.scheme;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be done, by on whose behalf. All sides take turns, one piece each, however much the others have; where there
 * is no room left, who has most gives up the last of theirs for one who has less. Thread-safe.
 */
final class Turns<W> {
    /** What became of a piece that was to enter, and of another one because of it. */
    sealed interface Entry<W> {
        /** There is one piece more. */
        record Taken<W>() implements Entry<W> {}

        /** There are as many pieces as before: this one had to go, and will not be done. */
        record InPlaceOf<W>(W other) implements Entry<W> {}

        /** It was not taken. */
        record Refused<W>() implements Entry<W> {}
    }

    /** A piece whose turn it is. */
    record Turn<W>(ByteBuffer place, W work) {}

    private static final class Side<W> {
        final ByteBuffer place;
        final Deque<W> waiting = new ArrayDeque<>();
        int running;

        Side(ByteBuffer place) {
            this.place = place;
        }
    }

    private final int room;
    private final int share;
    private final Map<ByteBuffer, Side<W>> sides = new HashMap<>();
    // Those of which something waits.
    private final Deque<Side<W>> turns = new ArrayDeque<>();
    private int waiting;

    /**
     * Nothing waits.
     *
     * @param room how many pieces wait at most
     * @param share how many of one side wait or are being done at most
     */
    Turns(int room, int share) {
        this.room = room;
        this.share = share;
    }

    /** Lets a piece wait. */
    synchronized Entry<W> enter(ByteBuffer place, W work) {
        Side<W> side = sides.get(place);
        if (side == null) {
            side = new Side<>(place);
        } else if (side.waiting.size() + side.running >= share) {
            return new Entry.Refused<>();
        }
        if (waiting < room) {
            add(side, work);
            return new Entry.Taken<>();
        }
        Side<W> most = most();
        // Both would have as much after it, or the other one more: nothing was gained.
        if (most == null || most.waiting.size() <= side.waiting.size() + 1) {
            return new Entry.Refused<>();
        }
        W other = most.waiting.removeLast();
        waiting--;
        add(side, work);
        return new Entry.InPlaceOf<>(other);
    }

    private void add(Side<W> side, W work) {
        sides.put(side.place, side);
        if (side.waiting.isEmpty()) {
            turns.addLast(side);
        }
        side.waiting.addLast(work);
        waiting++;
    }

    private @Nullable Side<W> most() {
        Side<W> most = null;
        for (Side<W> side : turns) {
            if (most == null || side.waiting.size() > most.waiting.size()) {
                most = side;
            }
        }
        return most;
    }

    /** The piece whose turn it is; null where nothing waits. {@link #done} must follow. */
    synchronized @Nullable Turn<W> next() {
        Side<W> side = turns.pollFirst();
        if (side == null) {
            return null;
        }
        W work = side.waiting.removeFirst();
        waiting--;
        side.running++;
        if (!side.waiting.isEmpty()) {
            turns.addLast(side);
        }
        return new Turn<>(side.place, work);
    }

    /** A piece of this side is done. */
    synchronized void done(ByteBuffer place) {
        Side<W> side = sides.get(place);
        if (side != null) {
            side.running--;
            if (side.running == 0 && side.waiting.isEmpty()) {
                sides.remove(place);
            }
        }
    }
}
