package dev.corral.server.tls;

import dev.corral.core.tls.TlsException;

/** Puts certificates in force, and new ones in their place. Thread-safe. */
interface CertificateKeeper extends AutoCloseable {
    /**
     * At the start: what there is already.
     *
     * @throws PemException where a file is not what it should be
     * @throws TlsException where its certificate cannot be used
     */
    void load() throws PemException, TlsException;

    /** Begins to look after them. */
    void start();

    /** How often new ones could not be had, or not be used. */
    long failures();

    /** What else there is to know of them, for people, to follow their names; may be empty. */
    String remark();

    @Override
    void close();
}
