package dev.corral.server.tls.local;

import dev.corral.core.spi.NanoClock;
import dev.corral.core.tls.CertificateBundle;
import dev.corral.server.tls.store.Pem;
import dev.corral.server.tls.store.PrivateFile;
import dev.corral.server.tls.store.Validity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate of {@code tls: local}: made when there is none, made anew when two thirds of its life are over or this
 * machine is called otherwise. One thread at a time.
 */
final class LocalCertificates {
    private static final Logger LOG = LoggerFactory.getLogger(LocalCertificates.class);

    /** Apple's systems refuse more than 825 days, and browsers more than 398 of public ones. */
    static final Duration LIFE = Duration.ofDays(90);

    private static final Duration AUTHORITY_NOTICE = Duration.ofDays(180);
    private static final String FILE = "local-server.pem";
    private static final String NAMES = "names: ";

    private final Path directory;
    private final NanoClock clock;
    private LocalAuthority authority;
    private @Nullable Stored current;
    // The current one, where the disk would not take it yet.
    private @Nullable Stored unsaved;
    private boolean missed;

    private LocalCertificates(Path directory, NanoClock clock, LocalAuthority authority, @Nullable Stored current) {
        this.directory = directory;
        this.clock = clock;
        this.authority = authority;
        this.current = current;
    }

    /**
     * Reads or makes the authority and the certificate.
     *
     * @throws IOException in one sentence for the operator; also where a name that was wanted cannot be signed
     */
    static LocalCertificates open(Path directory, LocalNames names, NanoClock clock) throws IOException {
        try {
            LocalAuthority known = LocalAuthority.load(directory);
            LocalAuthority authority = known == null ? LocalAuthority.create(directory, names, clock) : known;
            LocalCertificates certificates =
                    new LocalCertificates(directory, clock, authority, Stored.read(directory.resolve(FILE), authority));
            certificates.renew(names);
            String remark = Validity.remark(certificates.authority.certificate(), certificates.now());
            if (remark != null) {
                LOG.error(
                        "the local authority {}; where the clock is right now and was wrong when it was made, remove {}"
                                + " and start again",
                        remark,
                        LocalAuthority.file(directory));
            }
            return certificates;
        } catch (GeneralSecurityException e) {
            throw new IOException("making a certificate failed: " + e.getMessage(), e);
        }
    }

    /**
     * What {@link #open} would say of the names that are wanted, without making anything.
     *
     * @throws IOException where one cannot be signed by the authority there is
     */
    static void check(Path directory, LocalNames names, NanoClock clock) throws IOException {
        LocalAuthority authority = LocalAuthority.load(directory);
        if (authority == null || !Instant.ofEpochMilli(clock.epochMillis()).isBefore(authority.ends())) {
            // The next start makes one, for these names.
            return;
        }
        try {
            requireCovered(names, authority.realm(), directory);
        } catch (GeneralSecurityException e) {
            throw new IOException(LocalAuthority.file(directory) + ": " + e.getMessage(), e);
        }
    }

    /** What there is; null where there is none that the authority has signed. */
    static @Nullable CertificateBundle kept(Path directory) throws IOException {
        LocalAuthority authority = LocalAuthority.load(directory);
        Stored stored = authority == null ? null : Stored.read(directory.resolve(FILE), authority);
        return stored == null ? null : stored.bundle;
    }

    CertificateBundle current() {
        return Objects.requireNonNull(current).bundle;
    }

    LocalAuthority authority() {
        return authority;
    }

    /**
     * Makes a new certificate if it is time. A disk that does not take it does not keep it from being used: the next look
     * tries again, and a start would make another.
     *
     * @return whether there is a new one
     * @throws IOException where there is no new one, or the present one still cannot be saved
     */
    boolean renew(LocalNames names) throws IOException, GeneralSecurityException {
        Instant now = now();
        miss();
        if (current != null
                && current.names.equals(text(names))
                && !due(current.bundle.chain().get(0), now)) {
            save();
            return false;
        }
        if (!now.isBefore(authority.ends())) {
            LOG.error(
                    "the local authority ended at {}: a new one is made, which every client must be told to trust"
                            + " (corral trust)",
                    authority.ends());
            authority = LocalAuthority.create(directory, names, clock);
        }
        current = new Stored(text(names), issue(names, now));
        unsaved = current;
        try {
            save();
        } catch (IOException e) {
            LOG.error(
                    "the new local certificate is in force, but cannot be kept for the next start: {}", e.getMessage());
        }
        return true;
    }

    /** Says once when the authority's file is gone, by mistake or with the whole directory: clients would feel it later. */
    private void miss() {
        boolean gone = !Files.exists(LocalAuthority.file(directory));
        if (gone && !missed) {
            LOG.error(
                    "{} is gone: put it back, or the next start makes a new local authority, which every client must be told"
                            + " to trust",
                    LocalAuthority.file(directory));
        }
        missed = gone;
    }

    private void save() throws IOException {
        if (unsaved != null) {
            PrivateFile.write(directory.resolve(FILE), NAMES + unsaved.names + "\n" + Pem.text(unsaved.bundle));
            unsaved = null;
        }
    }

    private Instant now() {
        return Instant.ofEpochMilli(clock.epochMillis());
    }

    private CertificateBundle issue(LocalNames names, Instant now) throws IOException, GeneralSecurityException {
        Realm realm = authority.realm();
        requireCovered(names, realm, directory);
        List<String> signed = names.all().stream().filter(realm::covers).toList();
        if (signed.size() < names.all().size()) {
            LOG.warn(
                    "the local authority may not sign for {}, which this machine is called now: clients cannot use these",
                    names.all().stream().filter(name -> !realm.covers(name)).toList());
        }
        if (authority.ends().minus(AUTHORITY_NOTICE).isBefore(now)) {
            LOG.warn(
                    "the local authority ends at {}: remove {} before, and tell clients to trust the new one (corral trust)",
                    authority.ends(),
                    LocalAuthority.file(directory));
        }
        Instant until = now.plus(LIFE);
        CertificateBundle bundle = authority.issue(
                signed, now.minus(LocalAuthority.BEFORE), until.isAfter(authority.ends()) ? authority.ends() : until);
        LOG.info("new certificate of the local authority for {}", String.join(" ", signed));
        return bundle;
    }

    private static void requireCovered(LocalNames names, Realm realm, Path directory) throws IOException {
        for (String name : names.wanted()) {
            if (!realm.covers(name)) {
                throw new IOException("tls.names: \"" + name
                        + "\" (there, or in public-url) is no name that the local authority may sign for: it was made without"
                        + " (expected: a name below " + String.join(", ", realm.domains())
                        + ", or a private address; or remove " + LocalAuthority.file(directory)
                        + " to have a new authority, which every client must be told to trust)");
            }
        }
    }

    /** Whether two thirds of its life are over, or none of it has begun because the clock was wrong. */
    private static boolean due(X509Certificate certificate, Instant now) {
        Instant from = certificate.getNotBefore().toInstant();
        Instant until = certificate.getNotAfter().toInstant();
        return now.isBefore(from)
                || !now.isBefore(
                        from.plus(Duration.between(from, until).multipliedBy(2).dividedBy(3)));
    }

    private static String text(LocalNames names) {
        return String.join(" ", names.all());
    }

    /**
     * What the file says.
     *
     * @param names that were asked for, of which the authority may not be able to sign all
     */
    private record Stored(String names, CertificateBundle bundle) {
        /** Null where there is none that the authority has signed: another can be made at no cost. */
        static @Nullable Stored read(Path file, LocalAuthority authority) throws IOException {
            String text = PrivateFile.read(file);
            if (text == null || !text.startsWith(NAMES)) {
                return null;
            }
            try {
                CertificateBundle bundle = Pem.bundle(text);
                bundle.chain().get(0).verify(authority.certificate().getPublicKey());
                return new Stored(text.substring(NAMES.length(), text.indexOf('\n')), bundle);
            } catch (GeneralSecurityException e) {
                LOG.warn("{}: {}; a new certificate is made", file, e.getMessage());
                return null;
            }
        }
    }
}
