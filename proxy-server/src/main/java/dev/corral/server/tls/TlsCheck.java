package dev.corral.server.tls;

import dev.corral.core.tls.CertificateBundle;
import dev.corral.core.tls.TlsContexts;
import dev.corral.core.tls.TlsException;
import dev.corral.server.config.TlsConfig;
import dev.corral.server.tls.store.Validity;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What the files of {@code tls} are like, without serving anybody.
 *
 * @param certificates in words, of those that can be used
 * @param problems why Corral would not start
 * @param warnings what is legal and hardly meant
 */
public record TlsCheck(List<String> certificates, List<String> problems, List<String> warnings) {
    // Short of what usual tools renew at, so that nobody is warned of what is well.
    private static final Duration SOON = Duration.ofDays(14);

    public TlsCheck {
        certificates = List.copyOf(certificates);
        problems = List.copyOf(problems);
        warnings = List.copyOf(warnings);
    }

    /** Reads the files; certificates that Corral makes or gets itself are not looked at. */
    public static TlsCheck of(TlsConfig config, Instant now) {
        List<String> certificates = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        Set<String> warnings = new LinkedHashSet<>();
        try (TlsContexts contexts = new TlsContexts(ServerTls.settings(config))) {
            for (TlsConfig.Pair pair : config.certificates()) {
                try {
                    CertificateBundle bundle = PemPairs.bundle(pair);
                    contexts.check(List.of(bundle));
                    certificates.add(TlsText.validity(bundle.chain().subList(0, 1), now));
                    dates(pair.certificate(), bundle.chain().get(0), now, warnings);
                } catch (PemException e) {
                    problems.add("tls.certificates: " + e.getMessage());
                } catch (TlsException e) {
                    problems.add("tls.certificates: " + PemPairs.name(pair) + ": " + e.getMessage());
                }
                readable(pair.key(), warnings);
            }
        } catch (PemException e) {
            problems.add("tls.client-ca: " + e.getMessage());
        } catch (UnsatisfiedLinkError e) {
            problems.add("tls.provider: \"openssl\" (expected: auto or jdk, as its library does not load here)");
        }
        return new TlsCheck(certificates, problems, List.copyOf(warnings));
    }

    /** What is legal and hardly meant of pairs that can be used. */
    static List<String> warnings(List<TlsConfig.Pair> pairs, List<CertificateBundle> bundles, Instant now) {
        Set<String> warnings = new LinkedHashSet<>();
        for (int i = 0; i < pairs.size(); i++) {
            dates(pairs.get(i).certificate(), bundles.get(i).chain().get(0), now, warnings);
            readable(pairs.get(i).key(), warnings);
        }
        return List.copyOf(warnings);
    }

    private static void dates(Path file, X509Certificate certificate, Instant now, Set<String> warnings) {
        String remark = Validity.remark(certificate, now);
        Instant end = TlsText.end(certificate);
        if (remark != null) {
            warnings.add(file + ": " + remark);
        } else if (end.isBefore(now.plus(SOON))) {
            warnings.add(file + ": expires at " + end);
        }
    }

    private static void readable(Path key, Set<String> warnings) {
        if (PemPairs.worldReadable(key)) {
            warnings.add(
                    key + ": every user of this machine can read this key: chmod 600, or 640 with a group for Corral");
        }
    }
}
