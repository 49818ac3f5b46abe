package dev.corral.core.testkit;

import java.io.IOException;

/** What the fake upstream does with one connection, from accept to its end. */
@FunctionalInterface
public interface Script {
    /** Answers request after request, each as the fake was told. */
    Script SERVE = FakeConnection::serve;

    /** Closes at once. */
    Script CLOSE_ON_ACCEPT = FakeConnection::close;

    /** Resets at once. */
    Script RESET_ON_ACCEPT = FakeConnection::rst;

    /**
     * Runs on the connection's own thread; the connection is closed when it returns.
     *
     * @throws IOException where the peer has gone; the connection's record shows how
     * @throws InterruptedException when the fake is stopped
     */
    void run(FakeConnection connection) throws IOException, InterruptedException;
}
