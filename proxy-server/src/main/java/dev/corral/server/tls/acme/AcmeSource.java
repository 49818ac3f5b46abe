package dev.corral.server.tls.acme;

import dev.corral.core.spi.NanoClock;
import dev.corral.core.tls.CertificateBundle;
import dev.corral.core.tls.CertificateNames;
import dev.corral.server.config.AcmeSettings;
import dev.corral.server.tls.store.CertificateSource;
import dev.corral.server.tls.store.Renewal;
import dev.corral.server.tls.store.Validity;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import org.shredzone.acme4j.challenge.Challenge;
import org.shredzone.acme4j.challenge.Http01Challenge;
import org.shredzone.acme4j.challenge.TlsAlpn01Challenge;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate of {@code tls: acme}: asked for when there is none for these names, renewed in time, asked for again and
 * again, less and less often, where that fails. Serving goes on with the old one.
 */
public final class AcmeSource implements CertificateSource {
    private static final Logger LOG = LoggerFactory.getLogger(AcmeSource.class);

    /** So often the clock is looked at, which may jump; the authority is not asked. */
    private static final Duration LOOK = Duration.ofSeconds(30);

    private static final Duration YOUNG = Duration.ofDays(1);
    private static final Duration ASK_WINDOW = Duration.ofHours(6);
    private static final Duration ASK_WINDOW_MAX = Duration.ofHours(24);

    private final AcmeSettings settings;
    private final boolean http;
    private final AcmeStore store;
    private final AcmeClient client;
    private final NanoClock clock;
    private final DoubleSupplier random;
    private final Renewal renewal = new Renewal("corral-tls-acme", this::look);
    private final @Nullable CertificateBundle first;

    // Of the thread alone, once it runs.
    private @Nullable CertificateBundle current;
    // The current one, where the disk would not take it yet.
    private @Nullable CertificateBundle unsaved;
    private Attempts attempts;
    private boolean tried;
    private double jitter;
    // When the authority would like to renew, as drawn from the window that it has told.
    private @Nullable Instant suggested;
    private AcmeClient.@Nullable Window window;
    private Instant askWindow = Instant.MIN;

    private AcmeSource(
            AcmeSettings settings,
            boolean http,
            AcmeStore store,
            ChallengeSink sink,
            NanoClock clock,
            DoubleSupplier random)
            throws IOException {
        this.settings = settings;
        this.http = http;
        this.store = store;
        this.clock = clock;
        this.random = random;
        this.client = new AcmeClient(settings, store.accountKey(), sink, clock);
        this.current = store.certificate();
        this.first = current;
        this.attempts = store.attempts();
        this.jitter = draw();
    }

    /**
     * Reads what there is; asks nobody yet.
     *
     * @param directory for the files
     * @param http whether there is a listener that answers HTTP-01 challenges
     * @throws IOException in one sentence for the operator
     */
    public static AcmeSource open(
            Path directory, AcmeSettings settings, ChallengeSink sink, boolean http, NanoClock clock)
            throws IOException {
        return open(
                directory,
                settings,
                sink,
                http,
                clock,
                () -> ThreadLocalRandom.current().nextDouble());
    }

    static AcmeSource open(
            Path directory,
            AcmeSettings settings,
            ChallengeSink sink,
            boolean http,
            NanoClock clock,
            DoubleSupplier random)
            throws IOException {
        return new AcmeSource(settings, http, new AcmeStore(directory, settings.directory()), sink, clock, random);
    }

    /** The certificate there is of this authority; null where there is none. */
    public static @Nullable CertificateBundle kept(Path directory, AcmeSettings settings) throws IOException {
        return new AcmeStore(directory, settings.directory()).certificate();
    }

    @Override
    public List<CertificateBundle> first() {
        return first == null ? List.of() : List.of(first);
    }

    @Override
    public Renewal renewal() {
        return renewal;
    }

    /** One look. A bug must not end the thread: the certificate would run out months later. */
    Duration look() {
        try {
            Instant now = now();
            settle(now);
            suggestion(now);
            if (due(now) && !now.isBefore(attempts.next(jitter, !tried))) {
                attempt(now);
            }
        } catch (InterruptedException e) {
            // Told to end; the thread sees that itself.
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            renewal.failed();
            LOG.error("the certificate cannot be kept or renewed, tried again in 5 minutes: {}", e.getMessage());
            return LOOK.multipliedBy(10);
        } catch (RuntimeException e) {
            renewal.failed();
            LOG.error("the certificate cannot be renewed", e);
            return LOOK.multipliedBy(10);
        }
        return LOOK;
    }

    /** Brings the files up to what is known. */
    private void settle(Instant now) throws IOException {
        if (unsaved != null) {
            store.certificate(unsaved);
            unsaved = null;
            store.attempts(attempts);
        }
        Attempts seen = attempts.seen(now);
        if (!seen.equals(attempts)) {
            store.attempts(seen);
            attempts = seen;
        }
    }

    private void attempt(Instant now) throws IOException, InterruptedException {
        tried = true;
        attempts = attempts.begun(now);
        jitter = draw();
        store.attempts(attempts);
        CertificateBundle before = current;
        try {
            X509Certificate replaced = before == null || !hasNames(before) ? null : leaf(before);
            CertificateBundle got = client.obtain(kinds(), replaced);
            attempts = Attempts.NONE;
            current = got;
            unsaved = got;
            suggested = null;
            window = null;
            askWindow = Instant.MIN;
            // Before it is saved: a full disk shall not cost what authorities give only a few times a week.
            renewal.renewed(got);
            LOG.info(
                    "{} has signed a certificate for {}, until {}",
                    settings.directory().getHost(),
                    String.join(" ", settings.domains()),
                    leaf(got).getNotAfter().toInstant());
            String remark = Validity.remark(leaf(got), now);
            if (remark != null) {
                LOG.warn("that certificate {}", remark);
            }
            settle(now);
        } catch (AcmeFailure e) {
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
            renewal.failed();
            attempts = attempts.asked(e.retryAfter());
            LOG.error(
                    "no certificate for {} from {}: {}; tried again at {}; {}",
                    String.join(" ", settings.domains()),
                    settings.directory().getHost(),
                    e.getMessage(),
                    attempts.next(jitter, false),
                    consequence(now));
            LOG.debug("no certificate", e);
            store.attempts(attempts);
        }
    }

    private String consequence(Instant now) {
        if (current == null) {
            return "until then no client can connect by TLS";
        }
        Instant until = leaf(current).getNotAfter().toInstant();
        return now.isBefore(until)
                ? "the present one is good until " + until
                : "the present one has ended at " + until + ", and clients refuse it";
    }

    /** The challenges to try, the best first; where both are allowed, the other one's turn comes after a failure. */
    private List<Class<? extends Challenge>> kinds() {
        return switch (settings.challenge()) {
            case TLS_ALPN -> List.of(TlsAlpn01Challenge.class);
            case HTTP -> List.of(Http01Challenge.class);
            case AUTO -> either();
        };
    }

    private List<Class<? extends Challenge>> either() {
        if (!http) {
            return List.of(TlsAlpn01Challenge.class);
        }
        return attempts.failures() % 2 == 1
                ? List.of(TlsAlpn01Challenge.class, Http01Challenge.class)
                : List.of(Http01Challenge.class, TlsAlpn01Challenge.class);
    }

    private boolean due(Instant now) {
        CertificateBundle bundle = current;
        if (bundle == null || !hasNames(bundle)) {
            return true;
        }
        Instant from = leaf(bundle).getNotBefore().toInstant();
        Instant until = leaf(bundle).getNotAfter().toInstant();
        Duration life = Duration.between(from, until);
        Duration before = settings.renewBefore();
        // One that is longer than the whole life would renew without end.
        boolean usable = before != null && before.compareTo(life.multipliedBy(9).dividedBy(10)) < 0;
        if (!now.isBefore(until.minus(usable ? before : life.dividedBy(3)))) {
            return true;
        }
        // An authority that always says "long ago" shall not be asked for one certificate after the other.
        Duration tenth = life.dividedBy(10);
        Instant earliest = from.plus(tenth.compareTo(YOUNG) < 0 ? tenth : YOUNG);
        return suggested != null && !now.isBefore(suggested) && !now.isBefore(earliest);
    }

    /** Asks from time to time when the authority would like to renew: it may be sooner, where it has to revoke. */
    private void suggestion(Instant now) {
        CertificateBundle bundle = current;
        // Further away than ever set: by a clock that was ahead.
        boolean waiting = now.isBefore(askWindow) && !askWindow.isAfter(now.plus(ASK_WINDOW_MAX));
        if (bundle == null || waiting) {
            return;
        }
        askWindow = now.plus(ASK_WINDOW);
        try {
            Optional<AcmeClient.Window> told = client.window(leaf(bundle));
            if (told.isEmpty()) {
                return;
            }
            AcmeClient.Window one = told.get();
            Instant askAgain = one.askAgain();
            if (askAgain != null && askAgain.isAfter(askWindow)) {
                Instant latest = now.plus(ASK_WINDOW_MAX);
                askWindow = askAgain.isBefore(latest) ? askAgain : latest;
            }
            boolean same = window != null
                    && window.from().equals(one.from())
                    && window.until().equals(one.until());
            if (!same && one.from().isBefore(one.until())) {
                Duration length = Duration.between(one.from(), one.until());
                suggested = one.from().plusMillis((long) (length.toMillis() * random.getAsDouble()));
                window = one;
            }
        } catch (AcmeFailure e) {
            // A hint only: renewal comes in time without it.
            LOG.debug("when to renew is not known", e);
        }
    }

    private boolean hasNames(CertificateBundle bundle) {
        return CertificateNames.of(leaf(bundle)).containsAll(settings.domains());
    }

    private static X509Certificate leaf(CertificateBundle bundle) {
        return bundle.chain().get(0);
    }

    private double draw() {
        return 2 * random.getAsDouble() - 1;
    }

    private Instant now() {
        return Instant.ofEpochMilli(clock.epochMillis());
    }
}
