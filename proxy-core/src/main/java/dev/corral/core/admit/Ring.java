package dev.corral.core.admit;

import org.jspecify.annotations.Nullable;

/** Contenders in an order, linked through themselves: each operation takes constant time and allocates nothing. */
final class Ring {
    private @Nullable Contender first;
    private @Nullable Contender last;
    private int size;

    int size() {
        return size;
    }

    @Nullable
    Contender first() {
        return first;
    }

    boolean holds(Contender contender) {
        return contender.ring == this;
    }

    void addLast(Contender contender) {
        contender.ring = this;
        contender.before = last;
        contender.after = null;
        if (last == null) {
            first = contender;
        } else {
            last.after = contender;
        }
        last = contender;
        size++;
    }

    void remove(Contender contender) {
        if (contender.before == null) {
            first = contender.after;
        } else {
            contender.before.after = contender.after;
        }
        if (contender.after == null) {
            last = contender.before;
        } else {
            contender.after.before = contender.before;
        }
        contender.ring = null;
        contender.before = null;
        contender.after = null;
        size--;
    }
}
