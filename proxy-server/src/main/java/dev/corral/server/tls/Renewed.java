package dev.corral.server.tls;

import dev.corral.core.tls.CertificateBundle;
import dev.corral.core.tls.TlsContexts;
import dev.corral.core.tls.TlsException;
import dev.corral.server.tls.store.CertificateSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Certificates that renew themselves. Until there is one, every connection is closed. */
final class Renewed implements CertificateKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(Renewed.class);

    private final CertificateSource source;
    private final TlsContexts contexts;
    private final String remark;
    private final AtomicLong refused = new AtomicLong();

    Renewed(CertificateSource source, TlsContexts contexts, String remark) {
        this.source = source;
        this.contexts = contexts;
        this.remark = remark;
    }

    @Override
    public void load() {
        if (!source.first().isEmpty()) {
            use(source.first());
        }
    }

    @Override
    public void start() {
        source.start(this::use);
    }

    @Override
    public long failures() {
        return source.failures() + refused.get();
    }

    @Override
    public String remark() {
        return remark;
    }

    @Override
    public void close() {
        source.close();
    }

    // Whatever is wrong with what was kept or sent: that there is none, or an old one, is better than no program.
    private void use(List<CertificateBundle> bundles) {
        try {
            contexts.replace(bundles);
        } catch (TlsException e) {
            refused.incrementAndGet();
            LOG.error("the new certificate cannot be used; what was before stays in force: {}", e.getMessage());
        }
    }
}
