package dev.corral.server.tls.store;

import dev.corral.core.tls.CertificateBundle;
import java.util.List;
import java.util.function.Consumer;

/** Where certificates come from that renew themselves. */
public interface CertificateSource extends AutoCloseable {
    /** Those there are at the start, of which the first is for clients that name no host; may be none yet. */
    List<CertificateBundle> first();

    /** What renews them. */
    Renewal renewal();

    /**
     * Begins to renew, on a thread of its own. Call once.
     *
     * @param changed told all certificates whenever one of them is new
     */
    default void start(Consumer<List<CertificateBundle>> changed) {
        renewal().start(changed);
    }

    /** How often renewing has failed since the start. Any thread. */
    default long failures() {
        return renewal().failures();
    }

    /** Ends the thread; returns at once. */
    @Override
    default void close() {
        renewal().close();
    }
}
