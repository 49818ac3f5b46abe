package dev.corral.core.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The certificates in force. New ones take the place of the old ones all at once, after a handshake in memory has shown
 * that they work; connections keep the certificate they began with. Any thread.
 */
public final class TlsContexts implements AutoCloseable {
    private static final int CHALLENGES = 256;
    private static final int THREADS = 2;
    // Handshakes that wait for a thread, each of a connection of its own.
    private static final int WAITING = 4096;
    // How long an end of the encryption that does not go out is waited for.
    private static final long FAREWELL_MILLIS = 1_000;

    private final ContextFactory factory;
    private volatile ClientTrust trust;
    private final HttpChallenges http = new HttpChallenges();
    private final ThreadPoolExecutor executor;
    private final Map<String, SslContext> challenges = new ConcurrentHashMap<>();
    private final AtomicLong succeeded = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private volatile @Nullable CertificateSet current;

    /** Without any certificate yet: every connection is closed until {@link #replace}. */
    public TlsContexts(TlsSettings settings) {
        if (System.getProperty("jdk.tls.rejectClientInitiatedRenegotiation") == null) {
            // Java reads it once, before its first handshake; OpenSSL's code never allows it.
            System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
        }
        factory = new ContextFactory(settings);
        trust = new ClientTrust(settings.clientAuthorities());
        executor = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(WAITING),
                new DefaultThreadFactory("corral-tls", true));
        executor.allowCoreThreadTimeOut(true);
    }

    /** Whose code speaks TLS: {@code openssl} or {@code jdk}. */
    public String provider() {
        return factory.openSsl() ? "openssl" : "jdk";
    }

    /**
     * Puts certificates in force. Where two have the same name, the first is shown; the first of all is shown to clients
     * that name no host or another one.
     *
     * @param bundles at least one
     * @throws TlsException where one cannot be used; those in force stay then
     */
    public synchronized void replace(List<CertificateBundle> bundles) throws TlsException {
        if (bundles.isEmpty()) {
            throw new TlsException("no certificate (expected: at least one)", null);
        }
        exchange(set(bundles, trust.authorities()));
    }

    private void exchange(CertificateSet next) {
        CertificateSet before = current;
        current = next;
        if (before != null) {
            before.release();
        }
    }

    /**
     * Whose word counts for clients' certificates from now on. Connections keep what was found out in their handshake; in
     * every later one it is found out anew, also where a session is resumed.
     *
     * @param authorities may be empty, to trust nobody
     * @throws TlsException where clients cannot be told of them; those before keep their word then
     */
    public synchronized void trust(List<X509Certificate> authorities) throws TlsException {
        ClientTrust next = new ClientTrust(authorities);
        CertificateSet present = current;
        // Clients are told the authorities' names by the contexts, which are made anew for that.
        CertificateSet told = present == null ? null : set(present.bundles(), authorities);
        trust = next;
        if (told != null) {
            exchange(told);
        }
    }

    /** Whether these could be put in force; says why not. */
    public void check(List<CertificateBundle> bundles) throws TlsException {
        set(bundles, trust.authorities()).release();
    }

    private CertificateSet set(List<CertificateBundle> bundles, List<X509Certificate> authorities) throws TlsException {
        List<SslContext> contexts = new ArrayList<>();
        boolean sound = false;
        try {
            for (CertificateBundle bundle : bundles) {
                contexts.add(rehearsed(bundle, authorities));
            }
            sound = true;
            return new CertificateSet(bundles, contexts);
        } finally {
            if (!sound) {
                contexts.forEach(ReferenceCountUtil::release);
            }
        }
    }

    private SslContext rehearsed(CertificateBundle bundle, List<X509Certificate> authorities) throws TlsException {
        SslContext context = null;
        boolean sound = false;
        try {
            context = factory.forClients(bundle, authorities);
            Rehearsal.shake(context, bundle.chain().get(0));
            sound = true;
            return context;
        } catch (TlsException e) {
            throw new TlsException(CertificateNames.text(bundle) + ": " + e.getMessage(), e);
        } finally {
            if (!sound) {
                ReferenceCountUtil.release(context);
            }
        }
    }

    /** Whose word counts for clients' certificates. */
    public List<X509Certificate> clientAuthorities() {
        return trust.authorities();
    }

    /** The certificates in force, without their chains; none before the first {@link #replace}. */
    public List<X509Certificate> certificates() {
        CertificateSet present = current;
        return present == null ? List.of() : present.leaves();
    }

    /** Answers to an ACME server's HTTP-01 challenges, on listeners that redirect. */
    public HttpChallenges http() {
        return http;
    }

    /**
     * Shows a certificate to an ACME server that looks at the TLS-ALPN-01 challenge of a name (RFC 8737), and to nobody
     * else.
     *
     * @param name in lower case
     */
    public void challenge(String name, CertificateBundle bundle) throws TlsException {
        if (challenges.size() >= CHALLENGES) {
            throw new TlsException(
                    challenges.size() + " challenges at one time (expected: at most " + CHALLENGES + ")", null);
        }
        SslContext before = challenges.put(name, factory.forChallenge(bundle));
        ReferenceCountUtil.release(before);
    }

    /** Ends it; does nothing where there is none. */
    public void endChallenge(String name) {
        ReferenceCountUtil.release(challenges.remove(name));
    }

    /** Handshakes that were completed. */
    public long succeeded() {
        return succeeded.get();
    }

    /** Connections that ended, or were ended, before their handshake was complete. */
    public long failed() {
        return failed.get();
    }

    /**
     * Begins the handshake of a new connection; on its event loop.
     *
     * @param limit from now to the end of the handshake, or the connection is closed
     * @param listener called once
     */
    public void secure(Channel channel, Duration limit, SecureListener listener) {
        channel.pipeline().addLast(new ClientHelloHandler(this), new HandshakeHandler(this, limit, listener));
    }

    boolean speaks(String protocol) {
        return factory.protocols().contains(protocol) || protocol.equals(ContextFactory.ACME) && !challenges.isEmpty();
    }

    /** What encrypts a connection; null where there is no certificate to show. */
    @Nullable
    SslHandler handler(ClientHello hello, ByteBufAllocator allocator) {
        boolean challenge = hello.protocols().equals(List.of(ContextFactory.ACME));
        while (true) {
            SslContext context = challenge ? challenged(hello.serverName()) : selected(hello.serverName());
            if (context == null) {
                return null;
            }
            try {
                SslHandler handler = factory.openSsl()
                        ? context.newHandler(allocator)
                        : new JdkTlsHandler(context.newEngine(allocator), executor);
                // The deadline is the whole handshake's, and begins before it.
                handler.setHandshakeTimeoutMillis(0);
                handler.setCloseNotifyFlushTimeoutMillis(FAREWELL_MILLIS);
                return handler;
            } catch (IllegalReferenceCountException e) {
                // It was replaced in this moment, so there is another one.
                if (context == (challenge ? challenged(hello.serverName()) : selected(hello.serverName()))) {
                    throw e;
                }
            }
        }
    }

    private @Nullable SslContext challenged(@Nullable String name) {
        return name == null ? null : challenges.get(name);
    }

    private @Nullable SslContext selected(@Nullable String name) {
        CertificateSet present = current;
        return present == null ? null : present.select(name);
    }

    Executor executor() {
        return executor;
    }

    boolean trusts(List<X509Certificate> chain) {
        return trust.trusts(chain);
    }

    void handshake(boolean success) {
        (success ? succeeded : failed).incrementAndGet();
    }

    /** Gives up all certificates; connections that have one keep it. */
    @Override
    public void close() {
        CertificateSet before;
        synchronized (this) {
            before = current;
            current = null;
        }
        if (before != null) {
            before.release();
        }
        challenges.keySet().forEach(this::endChallenge);
        executor.shutdown();
    }
}
