package dev.corral.server.tls.local;

import dev.corral.core.spi.NanoClock;
import dev.corral.core.tls.CertificateBundle;
import dev.corral.server.tls.store.KeyPairs;
import dev.corral.server.tls.store.Pem;
import dev.corral.server.tls.store.PrivateFile;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The authority that clients are told to trust, once; its key never leaves its file. */
public final class LocalAuthority {
    private static final Logger LOG = LoggerFactory.getLogger(LocalAuthority.class);

    /** Long, because every client has to be told again when it ends. */
    static final Duration LIFE = Duration.ofDays(3_650);

    /** Clients whose clocks are slow shall not take what is new for something of the future. */
    static final Duration BEFORE = Duration.ofHours(1);

    private static final String FILE = "local-ca.pem";

    private final CertificateBundle own;

    private LocalAuthority(CertificateBundle own) {
        this.own = own;
    }

    /** The file with its key and its certificate. */
    public static Path file(Path directory) {
        return directory.resolve(FILE);
    }

    /**
     * The authority there is; null where none has been made.
     *
     * @throws IOException if its file cannot be read, or is not what was written
     */
    public static @Nullable LocalAuthority load(Path directory) throws IOException {
        String text = PrivateFile.read(file(directory));
        if (text == null) {
            return null;
        }
        try {
            return new LocalAuthority(Pem.bundle(text));
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    file(directory) + ": " + e.getMessage() + " (expected: the local authority's key and certificate;"
                            + " put back a copy, or remove it to have a new authority, which clients must be told to trust)",
                    e);
        }
    }

    /** Makes one for the names that the machine has now. */
    static LocalAuthority create(Path directory, LocalNames names, NanoClock clock)
            throws IOException, GeneralSecurityException {
        Instant now = Instant.ofEpochMilli(clock.epochMillis());
        KeyPair keys = KeyPairs.generate();
        String name = "Corral CA of " + Machine.name() + ", "
                + now.atZone(ZoneOffset.UTC).toLocalDate();
        X509Certificate certificate = Issuing.root(keys, name, Realm.of(names), now.minus(BEFORE), now.plus(LIFE));
        CertificateBundle own = new CertificateBundle(List.of(certificate), keys.getPrivate());
        PrivateFile.write(file(directory), Pem.text(own));
        LOG.warn("made a local authority, {}, which clients must be told to trust (corral trust)", file(directory));
        return new LocalAuthority(own);
    }

    /** Its certificate, which is public. */
    public X509Certificate certificate() {
        return own.chain().get(0);
    }

    /** By what it is known in lists of authorities. */
    public String name() {
        String name = certificate().getSubjectX500Principal().getName(X500Principal.RFC1779);
        return name.replaceFirst("^CN=\"?([^\"]*?)\"?, O=Corral$", "$1");
    }

    /** SHA-256 of its certificate, as browsers and {@code openssl x509 -fingerprint -sha256} show it. */
    public String fingerprint() {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(certificate().getEncoded());
            return HexFormat.ofDelimiter(":").withUpperCase().formatHex(digest);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    Instant ends() {
        return certificate().getNotAfter().toInstant();
    }

    Realm realm() throws GeneralSecurityException, IOException {
        return Issuing.realm(certificate());
    }

    /** A new key with a certificate for these names, which must be of the {@link #realm}. */
    CertificateBundle issue(List<String> names, Instant from, Instant until)
            throws GeneralSecurityException, IOException {
        KeyPair keys = KeyPairs.generate();
        X509Certificate leaf = Issuing.leaf(keys.getPublic(), names, certificate(), own.key(), from, until);
        return new CertificateBundle(List.of(leaf), keys.getPrivate());
    }
}
