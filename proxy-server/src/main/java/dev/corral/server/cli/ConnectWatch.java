package dev.corral.server.cli;

import dev.corral.core.spi.NanoClock;
import dev.corral.server.connect.Credential;
import dev.corral.server.connect.CredentialWatch;
import dev.corral.server.connect.LiveCredential;
import dev.corral.server.connect.LocalHelper;
import dev.corral.server.connect.Standing;
import dev.corral.server.tls.store.Ticker;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after a running {@code corral connect}, on a thread of its own: asks the other side how things stand at the start,
 * when the credential has changed, and when programs are answered otherwise than it had said.
 */
final class ConnectWatch {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectWatch.class);
    private static final Duration EACH = Duration.ofSeconds(1);
    // What only some requests are told must not have it asked all the time.
    private static final Duration BETWEEN = Duration.ofSeconds(5);

    private final LocalHelper helper;
    private final LiveCredential credential;
    private final @Nullable CredentialWatch file;
    private final ConnectReport report;
    private final Ticker ticker = new Ticker("corral-connect", this::lookSafely);
    private @Nullable Standing told;
    private long askedNanos;

    /**
     * Begins with {@link #start}.
     *
     * @param file that the credential is from; null where it is from none
     */
    ConnectWatch(LocalHelper helper, LiveCredential credential, @Nullable CredentialWatch file, ConnectReport report) {
        this.helper = helper;
        this.credential = credential;
        this.file = file;
        this.report = report;
    }

    void start() {
        ticker.start();
    }

    private Duration lookSafely() {
        try {
            look();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("looking after the connection failed; trying again", e);
        }
        return EACH;
    }

    private void look() throws InterruptedException {
        boolean changed = file != null && file.look();
        Standing before = told;
        boolean due = NanoClock.SYSTEM.nanos() - askedNanos >= BETWEEN.toNanos();
        if (before != null && !changed && !(due && helper.news())) {
            return;
        }
        Standing now = helper.ask(credential);
        askedNanos = NanoClock.SYSTEM.nanos();
        if (ticker.stopped(Duration.ZERO)) {
            return;
        }
        told = now;
        Credential current = credential.current();
        if (before == null) {
            report.begin(helper, current, now);
        } else if (changed || before.kind() != now.kind()) {
            report.tell(helper, current, now);
        }
    }

    /** Says nothing from now on. */
    void end() {
        ticker.close();
    }
}
