package dev.corral.core.testkit.inference;

import org.jspecify.annotations.Nullable;

/** The upstream's record of one order. Thread-safe. */
public final class Produced {
    private final Order order;
    private final @Nullable String requestId;
    private volatile int tokens;
    private volatile boolean whole;

    Produced(Order order, @Nullable String requestId) {
        this.order = order;
        this.requestId = requestId;
    }

    public Order order() {
        return order;
    }

    /** {@code X-Request-Id} of the request as it arrived. */
    public @Nullable String requestId() {
        return requestId;
    }

    /** Tokens of which at least a byte was written: no reader of the answer can know of more. */
    public int tokens() {
        return tokens;
    }

    /** Whether the whole answer was written, be it an error, and not broken off. */
    public boolean whole() {
        return whole;
    }

    void begun(int soMany) {
        tokens = soMany;
    }

    void written() {
        whole = true;
    }

    @Override
    public String toString() {
        return order + ": " + tokens + " tokens" + (whole ? ", whole" : ", broken off");
    }
}
