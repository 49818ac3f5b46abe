package dev.corral.server.tls;

import dev.corral.core.tls.CertificateBundle;
import dev.corral.server.config.TlsConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * What the configured files hold at one moment.
 *
 * @param bundles in the order of the configuration
 * @param digest of all bytes
 */
record PemPairs(List<CertificateBundle> bundles, String digest) {
    PemPairs {
        bundles = List.copyOf(bundles);
    }

    /** Reads and parses all. */
    static PemPairs read(List<TlsConfig.Pair> pairs) throws PemException {
        // Before the files are read: what changes in between is seen at the next look.
        String digest = digest(pairs);
        List<CertificateBundle> bundles = new ArrayList<>();
        for (TlsConfig.Pair pair : pairs) {
            bundles.add(bundle(pair));
        }
        return new PemPairs(bundles, digest);
    }

    /** Reads and parses one. */
    static CertificateBundle bundle(TlsConfig.Pair pair) throws PemException {
        List<X509Certificate> chain = PemFile.read(pair.certificate()).certificates();
        return new CertificateBundle(chain, PemFile.read(pair.key()).key());
    }

    /** By what a pair is called in messages. */
    static String name(TlsConfig.Pair pair) {
        return pair.certificate() + " with " + pair.key();
    }

    /** Of what the files hold now; one that cannot be read counts as something else than any content. */
    static String digest(List<TlsConfig.Pair> pairs) {
        MessageDigest digest = sha256();
        for (TlsConfig.Pair pair : pairs) {
            for (Path file : List.of(pair.certificate(), pair.key())) {
                try {
                    byte[] content = PemFile.read(file).content();
                    digest.update((byte) 1);
                    digest.update(sha256().digest(content));
                } catch (PemException e) {
                    digest.update((byte) 0);
                }
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Whether every user of this machine may read a file. */
    static boolean worldReadable(Path file) {
        try {
            return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ);
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
