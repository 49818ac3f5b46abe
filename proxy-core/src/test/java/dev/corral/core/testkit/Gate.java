package dev.corral.core.testkit;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A point where a script waits until the test lets it on. */
public final class Gate {
    private final CountDownLatch latch = new CountDownLatch(1);

    public void open() {
        latch.countDown();
    }

    /**
     * Waits until it is open, ten seconds at most.
     *
     * @throws AssertionError when it stays shut
     */
    public void await() throws InterruptedException {
        if (!latch.await(Await.LONG.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("nobody opened the gate");
        }
    }
}
