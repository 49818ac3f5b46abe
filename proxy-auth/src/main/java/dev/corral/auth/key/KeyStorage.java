package dev.corral.auth.key;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Where the document with all keys lies. Any thread; blocks, so never an event loop. */
public interface KeyStorage {
    /** Where that is, for messages; holds no secret. */
    String place();

    /**
     * Cheap to ask for, often: what differs as soon as {@link #read} may return something else.
     *
     * @return null where there is no document
     * @throws KeyStoreException of kind IO
     */
    @Nullable
    Object version() throws KeyStoreException;

    /**
     * The document as it is now.
     *
     * @return null where there is none, which is the same as no keys
     * @throws KeyStoreException of kind IO
     */
    byte @Nullable [] read() throws KeyStoreException;

    /**
     * The document as it is now, to be read once, and closed; a large one need not be in memory as a whole.
     *
     * @return null where there is none
     * @throws KeyStoreException of kind IO
     */
    default @Nullable InputStream open() throws KeyStoreException {
        byte[] document = read();
        return document == null ? null : new ByteArrayInputStream(document);
    }

    /**
     * Replaces the document with what the edit makes of it; nobody else's change comes in between or is lost. Durable, as
     * far as the place is, when it returns.
     *
     * @param edit may be called more than once, and then only the last counts
     * @throws KeyStoreException what the edit throws, with nothing changed; CANNOT_CREATE or IO
     */
    <T> T update(Edit<T> edit) throws KeyStoreException;

    /**
     * Takes the document away from everybody but its owner, where that can be done.
     *
     * @return whether that was necessary
     */
    boolean fixPermissions() throws KeyStoreException;

    /** Makes a new document of the old one. */
    @FunctionalInterface
    interface Edit<T> {
        /** What to do about the document, of which null means that there is none. */
        Change<T> apply(byte @Nullable [] document) throws KeyStoreException;
    }

    /**
     * What to do.
     *
     * @param document what to store; null to leave things as they are
     * @param result for whoever asked
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
    record Change<T>(byte @Nullable [] document, T result) {}
}
