package dev.corral.server.connect;

import dev.corral.core.spi.UpstreamCredential;
import java.util.concurrent.CompletionStage;

/** The credential in use: may be replaced, and kept back from who does not ask for any. Any thread. */
public final class LiveCredential implements UpstreamCredential {
    private volatile Credential current;
    private volatile boolean keptBack;

    public LiveCredential(Credential first) {
        current = first;
    }

    /** For requests from now on. */
    void replace(Credential next) {
        current = next;
    }

    /** Whether requests go without it from now on. */
    void keepBack(boolean yes) {
        keptBack = yes;
    }

    /** The one in use. */
    public Credential current() {
        return current;
    }

    @Override
    public CompletionStage<Presented> present(String method, String path) {
        return keptBack ? Presented.NOTHING.now() : current.with().present(method, path);
    }
}
