package dev.corral.server.connect;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a changed file's credential in use. What cannot be used changes nothing and is reported once. One thread.
 */
public final class CredentialWatch {
    private static final Logger LOG = LoggerFactory.getLogger(CredentialWatch.class);

    private final CredentialFile file;
    private final LiveCredential live;
    // Of the file that was read last, be it in use or refused, and of the look before this one.
    private @Nullable Object known;
    private @Nullable Object seen;

    private CredentialWatch(CredentialFile file, @Nullable Object version, LiveCredential live) {
        this.file = file;
        this.known = version;
        this.seen = version;
        this.live = live;
    }

    /** Reads the file; it is watched from there on. */
    public static CredentialWatch of(CredentialFile file) throws ConnectException {
        // Older than what is read, so that no change is missed.
        Object version = file.version();
        return new CredentialWatch(file, version, new LiveCredential(file.read()));
    }

    /** What is in use. */
    public LiveCredential live() {
        return live;
    }

    /**
     * One look; a change counts once the file has stayed the same from one look to the next, since it may be half written.
     *
     * @return whether another credential is in use now
     */
    public boolean look() {
        Object now = file.version();
        boolean settled = Objects.equals(now, seen);
        seen = now;
        if (!settled || Objects.equals(now, known)) {
            return false;
        }
        known = now;
        if (now == null) {
            LOG.warn("{} is gone, or no file; the credential that stood there stays in use", file.path());
            return false;
        }
        try {
            live.replace(file.read());
            LOG.info("{} has changed and was read again", file.path());
            return true;
        } catch (ConnectException e) {
            LOG.warn("{}; the credential from before stays in use", e.getMessage());
            return false;
        }
    }
}
