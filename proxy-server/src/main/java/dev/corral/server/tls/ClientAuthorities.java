package dev.corral.server.tls;

import dev.corral.core.tls.TlsContexts;
import dev.corral.core.tls.TlsException;
import dev.corral.server.tls.store.Ticker;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file that names who issues certificates to clients, read again when it changes. What cannot be used never takes the
 * place of what is in force, so that no mistake takes somebody's access or gives it. Thread-safe.
 */
final class ClientAuthorities implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClientAuthorities.class);
    private static final Duration LOOK = Duration.ofSeconds(1);
    // Of a file that cannot be read; no PEM file is empty.
    private static final byte[] UNREADABLE = new byte[0];

    private final Path file;
    private final TlsContexts contexts;
    private final AtomicLong failures = new AtomicLong();
    private final Ticker ticker = new Ticker("corral-client-ca", this::look);
    // What was looked at last, be it in force or refused, and what the file held at the look before this one.
    private byte[] known;
    private byte[] seen;

    /** Looks after a file whose content is in force. */
    ClientAuthorities(PemFile inForce, TlsContexts contexts) {
        this.file = inForce.path();
        this.contexts = contexts;
        this.known = inForce.content();
        this.seen = known;
    }

    /** Begins to look after it. */
    void start() {
        ticker.start();
    }

    /** How often the changed file could not be used. */
    long failures() {
        return failures.get();
    }

    /** Puts a changed file in force once it has stayed the same from one look to the next: it may be being written. */
    synchronized Duration look() {
        byte[] now = content();
        boolean settled = Arrays.equals(now, seen);
        seen = now;
        if (settled && !Arrays.equals(now, known)) {
            known = now;
            use();
        }
        return LOOK;
    }

    private byte[] content() {
        try {
            return PemFile.read(file).content();
        } catch (PemException e) {
            return UNREADABLE;
        }
    }

    private void use() {
        try {
            List<X509Certificate> authorities = PemFile.read(file).certificates();
            contexts.trust(authorities);
            LOG.info(
                    "{} was read again: certificates of clients count if issued by {}",
                    file,
                    authorities.size() == 1 ? "its authority" : "one of its " + authorities.size() + " authorities");
        } catch (PemException | TlsException | RuntimeException e) {
            failures.incrementAndGet();
            LOG.error("tls.client-ca has changed and cannot be used; what it was before holds: {}", e.getMessage());
        }
    }

    @Override
    public void close() {
        ticker.close();
    }
}
