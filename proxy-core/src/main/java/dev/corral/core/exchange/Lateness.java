package dev.corral.core.exchange;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.exchange.Deadlines.Deadline;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What is said when something that an exchange waited for did not come. */
final class Lateness {
    /** For a stage that asks somebody else. */
    static final ProxyError UNDECIDED =
            new ProxyError(ErrorCode.INTERNAL, "no decision was reached in time; try again");

    /** A stage that asks somebody else and has no answer by then refuses. */
    static final long DECISION_NANOS = TimeUnit.SECONDS.toNanos(10);

    private Lateness() {}

    /**
     * The client's connection is gone.
     *
     * @param cut whether by us
     */
    static ProxyError gone(boolean cut) {
        return cut
                ? new ProxyError(ErrorCode.DRAINING, "the server shut down before the end")
                : new ProxyError(ErrorCode.CLIENT_GONE, "the client left");
    }

    /**
     * The reason to end the exchange.
     *
     * @param answering whether the upstream has begun its answer
     * @return null for what is none of an exchange's deadlines, or the queue's, which says itself what it means
     */
    static @Nullable ProxyError of(Deadline.Name name, boolean answering) {
        return switch (name) {
            case BODY_PROGRESS ->
                new ProxyError(ErrorCode.BODY_TIMEOUT, "the rest of the request body did not arrive in time");
            case FIRST_BYTE ->
                new ProxyError(ErrorCode.FIRST_BYTE_TIMEOUT, "the model server did not begin to answer in time");
            case STREAM_IDLE ->
                new ProxyError(
                        ErrorCode.STREAM_IDLE,
                        answering
                                ? "the model server stopped in the middle of its answer"
                                : "the model server stopped taking the request");
            case CLIENT_STALL ->
                new ProxyError(ErrorCode.CLIENT_STALL, "the client stopped reading the answer, or was too slow");
            case DECISION -> UNDECIDED;
            case NONE, HEADERS, KEEP_ALIVE, QUEUE -> null;
        };
    }
}
