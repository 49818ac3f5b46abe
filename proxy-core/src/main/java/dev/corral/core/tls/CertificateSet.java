package dev.corral.core.tls;

import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The certificates that are in force together, each ready for handshakes. Immutable. */
final class CertificateSet {
    private final List<SslContext> contexts = new ArrayList<>();
    private final List<CertificateBundle> bundles;
    // Where two certificates have the same name, the first shows.
    private final Map<String, SslContext> byName = new HashMap<>();
    private final Map<String, SslContext> byParent = new HashMap<>();

    /** Takes ownership of the contexts, which are as many as the bundles. */
    CertificateSet(List<CertificateBundle> bundles, List<SslContext> contexts) {
        this.bundles = List.copyOf(bundles);
        this.contexts.addAll(contexts);
        for (int i = 0; i < bundles.size(); i++) {
            X509Certificate leaf = bundles.get(i).chain().get(0);
            for (String name : CertificateNames.of(leaf)) {
                if (name.startsWith("*.")) {
                    byParent.putIfAbsent(name.substring(1), contexts.get(i));
                } else {
                    byName.putIfAbsent(name, contexts.get(i));
                }
            }
        }
    }

    /**
     * The one for a name: one that has it, one whose wildcard covers it (one label, RFC 9525 section 6.3), else the first.
     *
     * @param name in lower case; null where the client names none
     */
    SslContext select(@Nullable String name) {
        SslContext found = null;
        if (name != null) {
            found = byName.get(name);
            int dot = name.indexOf('.');
            if (found == null && dot > 0) {
                found = byParent.get(name.substring(dot));
            }
        }
        return found == null ? contexts.get(0) : found;
    }

    /** The certificates themselves, the first of each chain. */
    List<X509Certificate> leaves() {
        return bundles.stream().map(bundle -> bundle.chain().get(0)).toList();
    }

    List<CertificateBundle> bundles() {
        return bundles;
    }

    /** Gives up this hold on them; connections have their own. */
    void release() {
        contexts.forEach(ReferenceCountUtil::release);
    }
}
