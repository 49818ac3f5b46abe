package dev.corral.server.tls.store;

import dev.corral.core.tls.CertificateBundle;
import java.util.List;
import java.util.function.Consumer;

/** Where certificates come from that renew themselves. */
public interface CertificateSource extends AutoCloseable {
    /** Those there are at the start, of which the first is for clients that name no host; may be none yet. */
    List<CertificateBundle> first();

    /**
     * Begins to renew, on a thread of its own. Call once.
     *
     * @param changed told all certificates whenever one of them is new
     */
    void start(Consumer<List<CertificateBundle>> changed);

    /** How often renewing has failed since the start. Any thread. */
    long failures();

    /** Ends the thread; returns at once. */
    @Override
    void close();
}
