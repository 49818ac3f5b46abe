package dev.corral.server.tls;

import dev.corral.core.spi.NanoClock;
import dev.corral.core.tls.CertificateBundle;
import dev.corral.core.tls.TlsContexts;
import dev.corral.core.tls.TlsException;
import dev.corral.server.config.TlsConfig;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Certificates in PEM files, read again when they change. What cannot be used never takes the place of what is in force.
 * Thread-safe.
 */
final class TlsFiles implements CertificateKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(TlsFiles.class);
    private static final long LOOK_MILLIS = 1_000;

    private final List<TlsConfig.Pair> pairs;
    private final TlsContexts contexts;
    private final NanoClock clock;
    private final AtomicLong failures = new AtomicLong();
    private final Thread watch = new Thread(this::watch, "corral-tls-files");
    // What was looked at last, be it in force or refused, and what the files held at the look before this one.
    private String known = "";
    private String seen = "";

    TlsFiles(List<TlsConfig.Pair> pairs, TlsContexts contexts, NanoClock clock) {
        this.pairs = List.copyOf(pairs);
        this.contexts = contexts;
        this.clock = clock;
        watch.setDaemon(true);
    }

    /** Puts the certificates in force, at the start; one that has expired too, since refusing would help nobody. */
    @Override
    public synchronized void load() throws PemException, TlsException {
        PemPairs read = PemPairs.read(pairs);
        replace(read.bundles());
        known = read.digest();
        seen = known;
        warn(read.bundles());
    }

    /** Begins to look after the files. */
    @Override
    public void start() {
        watch.start();
    }

    /** How often changed files could not be used. */
    @Override
    public long failures() {
        return failures.get();
    }

    @Override
    public String remark() {
        return "";
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(LOOK_MILLIS);
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Puts changed files in force once they have stayed the same from one look to the next: a pair is written in two steps. */
    synchronized void look() {
        String now = PemPairs.digest(pairs);
        boolean settled = now.equals(seen);
        seen = now;
        if (!settled || now.equals(known)) {
            return;
        }
        known = now;
        try {
            PemPairs read = PemPairs.read(pairs);
            refuseExpired(read.bundles());
            replace(read.bundles());
            LOG.info(
                    "the certificates were read again: {}",
                    TlsText.validity(contexts.certificates(), Instant.ofEpochMilli(clock.epochMillis())));
            warn(read.bundles());
        } catch (PemException | TlsException | RuntimeException e) {
            failures.incrementAndGet();
            LOG.error(
                    "the certificates have changed and cannot be used; those before stay in force: {}", e.getMessage());
        }
    }

    private void replace(List<CertificateBundle> bundles) throws TlsException {
        try {
            contexts.replace(bundles);
        } catch (TlsException e) {
            throw withFiles(bundles, e);
        }
    }

    /** The same of the first pair that is at fault, which the contexts know by its names only. */
    private TlsException withFiles(List<CertificateBundle> bundles, TlsException all) {
        for (int i = 0; i < bundles.size(); i++) {
            try {
                contexts.check(List.of(bundles.get(i)));
            } catch (TlsException e) {
                return new TlsException(PemPairs.name(pairs.get(i)) + ": " + e.getMessage(), e);
            }
        }
        return all;
    }

    private void warn(List<CertificateBundle> bundles) {
        TlsCheck.warnings(pairs, bundles, Instant.ofEpochMilli(clock.epochMillis()))
                .forEach(warning -> LOG.warn("{}", warning));
    }

    /** One that is over is no better than any that is not. */
    private void refuseExpired(List<CertificateBundle> bundles) throws TlsException {
        Instant now = Instant.ofEpochMilli(clock.epochMillis());
        boolean good = contexts.certificates().stream()
                .allMatch(one -> one.getNotAfter().toInstant().isAfter(now));
        for (int i = 0; i < bundles.size(); i++) {
            X509Certificate leaf = bundles.get(i).chain().get(0);
            Instant end = TlsText.end(leaf);
            if (good && !end.isAfter(now)) {
                throw new TlsException(
                        pairs.get(i).certificate() + ": " + TlsText.name(leaf) + " has expired at " + end
                                + " (expected: a certificate that is valid)",
                        null);
            }
        }
    }

    @Override
    public void close() {
        watch.interrupt();
    }
}
