package dev.corral.core.testkit;

import io.netty.util.LeakPresenceDetector;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * After a test class: every {@link CoreFixture} was closed, which itself checks permits, exchanges and connections, and
 * every Netty buffer allocated in this JVM since the class began was released.
 *
 * <p>Needs {@code -Dio.netty.customResourceLeakDetector=io.netty.util.LeakPresenceDetector}, as the build sets it. Not
 * for classes that run in parallel with others.
 */
public final class NothingLeft implements BeforeAllCallback, AfterAllCallback {
    private static final Duration RELEASE = Duration.ofSeconds(5);
    private static final long POLL_NANOS = 1_000_000;
    private static final Set<CoreFixture> OPEN = ConcurrentHashMap.newKeySet();

    @Override
    public void beforeAll(ExtensionContext context) {
        checkBuffers("before the class began", RELEASE);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        int open = OPEN.size();
        OPEN.clear();
        if (open > 0) {
            throw new AssertionError(open + " fixtures were not closed");
        }
        checkBuffers("in the class", RELEASE);
    }

    static void opened(CoreFixture fixture) {
        OPEN.add(fixture);
    }

    static void closed(CoreFixture fixture) {
        OPEN.remove(fixture);
    }

    /** Waits for the releases that threads are about to make, then counts for good. */
    static void checkBuffers(String when, Duration patience) {
        Scope<Object> scope = new Scope<>(Object.class);
        long end = System.nanoTime() + patience.toNanos();
        while (scope.hasOpen() && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(POLL_NANOS);
        }
        try {
            LeakPresenceDetector.check();
        } catch (IllegalStateException e) {
            throw new AssertionError("Netty buffers allocated " + when + ": " + e.getMessage(), e);
        }
    }

    /** Shows the detector's scope, which only its subclasses see. */
    private static final class Scope<T> extends LeakPresenceDetector<T> {
        Scope(Class<?> type) {
            super(type);
        }

        boolean hasOpen() {
            return currentScope().hasOpenResources();
        }
    }
}
