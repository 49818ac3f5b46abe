package dev.corral.server.tls.local;

import dev.corral.core.spi.NanoClock;
import dev.corral.core.tls.CertificateBundle;
import dev.corral.server.tls.store.CertificateSource;
import dev.corral.server.tls.store.Renewal;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The certificate of {@code tls: local}, kept in step with time and with what this machine is called. */
public final class LocalSource implements CertificateSource {
    private static final Logger LOG = LoggerFactory.getLogger(LocalSource.class);

    /** A new address is of use soon after the machine has it. */
    private static final Duration INTERVAL = Duration.ofSeconds(30);

    private final Names names;
    private final LocalCertificates certificates;
    private final CertificateBundle first;
    private final Renewal renewal = new Renewal("corral-tls-local", this::look);

    private LocalSource(Names names, LocalCertificates certificates) {
        this.names = names;
        this.certificates = certificates;
        this.first = certificates.current();
    }

    /** Asked again and again. */
    @FunctionalInterface
    interface Names {
        LocalNames get() throws SocketException;
    }

    /**
     * Makes what is missing.
     *
     * @param directory for the files
     * @param wanted names and addresses to be called by, besides loopback; empty for those that this machine has
     * @param publicHost another one; empty for none
     * @throws IOException in one sentence for the operator
     */
    public static LocalSource open(Path directory, List<String> wanted, List<String> publicHost, NanoClock clock)
            throws IOException {
        List<String> all = joined(wanted, publicHost);
        return open(directory, () -> new LocalNames(all, wanted.isEmpty() ? Machine.names() : Machine.LOOPBACK), clock);
    }

    /**
     * Whether {@link #open} would find that every name can be signed; makes nothing.
     *
     * @throws IOException in one sentence for the operator, where it would not
     */
    public static void check(Path directory, List<String> wanted, List<String> publicHost, NanoClock clock)
            throws IOException {
        LocalCertificates.check(directory, new LocalNames(joined(wanted, publicHost), List.of()), clock);
    }

    private static List<String> joined(List<String> wanted, List<String> publicHost) {
        return Stream.concat(wanted.stream(), publicHost.stream()).toList();
    }

    static LocalSource open(Path directory, Names names, NanoClock clock) throws IOException {
        return new LocalSource(names, LocalCertificates.open(directory, names.get(), clock));
    }

    /** The certificate there is; null where there is none that can be used. */
    public static @Nullable CertificateBundle kept(Path directory) throws IOException {
        return LocalCertificates.kept(directory);
    }

    /** Whom clients must trust. */
    public LocalAuthority authority() {
        return certificates.authority();
    }

    @Override
    public List<CertificateBundle> first() {
        return List.of(first);
    }

    @Override
    public Renewal renewal() {
        return renewal;
    }

    /** One look. A bug must not end the thread: the certificate would run out months later. */
    Duration look() {
        try {
            if (certificates.renew(names.get())) {
                renewal.renewed(certificates.current());
            }
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            if (renewal.failed() % 120 == 0) {
                LOG.error("the local certificate cannot be renewed or kept; the one in force stays: {}", text(e));
            }
        }
        return INTERVAL;
    }

    // A bug is known by its class; the others speak for themselves.
    private static String text(Exception e) {
        return e instanceof IOException && e.getMessage() != null ? e.getMessage() : e.toString();
    }
}
