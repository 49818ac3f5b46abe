package dev.corral.server.tls.acme;

import dev.corral.core.spi.NanoClock;
import dev.corral.core.tls.CertificateBundle;
import dev.corral.core.tls.CertificateNames;
import dev.corral.server.config.AcmeSettings;
import dev.corral.server.tls.store.KeyPairs;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.shredzone.acme4j.AccountBuilder;
import org.shredzone.acme4j.AcmeJsonResource;
import org.shredzone.acme4j.Authorization;
import org.shredzone.acme4j.Login;
import org.shredzone.acme4j.Order;
import org.shredzone.acme4j.OrderBuilder;
import org.shredzone.acme4j.PollableResource;
import org.shredzone.acme4j.Problem;
import org.shredzone.acme4j.RenewalInfo;
import org.shredzone.acme4j.Session;
import org.shredzone.acme4j.Status;
import org.shredzone.acme4j.challenge.Challenge;
import org.shredzone.acme4j.challenge.Http01Challenge;
import org.shredzone.acme4j.challenge.TlsAlpn01Challenge;
import org.shredzone.acme4j.connector.Resource;
import org.shredzone.acme4j.exception.AcmeException;
import org.shredzone.acme4j.exception.AcmeRateLimitedException;
import org.shredzone.acme4j.exception.AcmeServerException;

/** What is said to the authority (RFC 8555), from the order to the certificate. Blocks; stops where interrupted. */
final class AcmeClient {
    private static final Duration CALL = Duration.ofSeconds(20);
    /** Authorities look from several places, and some sign minutes later. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private static final Duration FIRST_POLL = Duration.ofMillis(250);
    private static final Duration LAST_POLL = Duration.ofSeconds(15);

    private final AcmeSettings settings;
    private final KeyPair accountKey;
    private final ChallengeSink sink;
    private final NanoClock clock;

    AcmeClient(AcmeSettings settings, KeyPair accountKey, ChallengeSink sink, NanoClock clock) {
        this.settings = settings;
        this.accountKey = accountKey;
        this.sink = sink;
        this.clock = clock;
    }

    /**
     * When the authority would like to be asked for the next certificate (RFC 9773).
     *
     * @param askAgain when to ask for this again; null where it has not said
     */
    record Window(Instant from, Instant until, @Nullable Instant askAgain) {}

    /**
     * Gets a certificate.
     *
     * @param kinds of challenges, the best first
     * @param replaced the certificate that the new one is in place of; null for none
     */
    CertificateBundle obtain(List<Class<? extends Challenge>> kinds, @Nullable X509Certificate replaced)
            throws AcmeFailure, InterruptedException {
        try {
            Login login = login();
            Order order = order(login, replaced);
            if (order.getStatus() == Status.PENDING) {
                for (Authorization authorization : order.getAuthorizations()) {
                    authorize(authorization, kinds);
                }
                order.fetch();
            }
            await(order, Set.of(Status.READY, Status.VALID, Status.INVALID));
            require(order);
            KeyPair keys = KeyPairs.generate();
            order.execute(keys);
            await(order, Set.of(Status.VALID, Status.INVALID));
            require(order);
            return checked(new CertificateBundle(order.getCertificate().getCertificateChain(), keys.getPrivate()));
        } catch (AcmeException | GeneralSecurityException | IOException | RuntimeException e) {
            throw failure(e);
        }
    }

    /** Empty where the authority does not tell. */
    Optional<Window> window(X509Certificate certificate) throws AcmeFailure {
        try {
            Session session = session();
            if (session.resourceUrlOptional(Resource.RENEWAL_INFO).isEmpty()) {
                return Optional.empty();
            }
            RenewalInfo info = login(session).bindRenewalInfo(certificate);
            Optional<Instant> askAgain = info.fetch();
            return Optional.of(
                    new Window(info.getSuggestedWindowStart(), info.getSuggestedWindowEnd(), askAgain.orElse(null)));
        } catch (AcmeException | GeneralSecurityException | IOException | RuntimeException e) {
            throw failure(e);
        }
    }

    private Session session() throws GeneralSecurityException, IOException {
        Session session = new Session(settings.directory(), new AcmeAuthority(settings.caFile()));
        session.networkSettings().setTimeout(CALL);
        return session;
    }

    private Login login() throws AcmeException, GeneralSecurityException, IOException {
        return login(session());
    }

    // An account that there is for the key already is found again, so that the key is all there is to remember.
    private Login login(Session session) throws AcmeException {
        AccountBuilder account = new AccountBuilder().useKeyPair(accountKey).agreeToTermsOfService();
        if (settings.email() != null) {
            account.addEmail(settings.email());
        }
        return account.createLogin(session);
    }

    private Order order(Login login, @Nullable X509Certificate replaced) throws AcmeException {
        boolean tells =
                login.getSession().resourceUrlOptional(Resource.RENEWAL_INFO).isPresent();
        if (replaced != null && tells) {
            try {
                return newOrder(login).replaces(replaced).create();
            } catch (AcmeServerException e) {
                // It was replaced already, or the authority has forgotten it: an ordinary order then.
                if (e instanceof AcmeRateLimitedException) {
                    throw e;
                }
            }
        }
        return newOrder(login).create();
    }

    private OrderBuilder newOrder(Login login) {
        OrderBuilder order = login.newOrder();
        settings.domains().forEach(order::domain);
        return order;
    }

    private void authorize(Authorization authorization, List<Class<? extends Challenge>> kinds)
            throws AcmeException, AcmeFailure, GeneralSecurityException, InterruptedException {
        if (authorization.getStatus() == Status.VALID) {
            return;
        }
        String name = authorization.getIdentifier().getDomain();
        for (Class<? extends Challenge> kind : kinds) {
            Optional<? extends Challenge> offered = authorization.findChallenge(kind);
            if (offered.isPresent()) {
                answer(name, authorization, offered.get());
                return;
            }
        }
        throw new AcmeFailure("the authority offers no challenge for " + name + " that tls.acme.challenge, "
                + settings.challenge().label() + ", allows");
    }

    private void answer(String name, Authorization authorization, Challenge challenge)
            throws AcmeException, AcmeFailure, GeneralSecurityException, InterruptedException {
        if (challenge instanceof Http01Challenge http) {
            sink.http(http.getToken(), http.getAuthorization());
            try {
                validate(name, authorization, challenge);
            } finally {
                sink.endHttp(http.getToken());
            }
        } else if (challenge instanceof TlsAlpn01Challenge alpn) {
            sink.tlsAlpn(name, ChallengeCertificate.of(name, alpn.getAcmeValidation(), clock));
            try {
                validate(name, authorization, challenge);
            } finally {
                sink.endTlsAlpn(name);
            }
        }
    }

    private void validate(String name, Authorization authorization, Challenge challenge)
            throws AcmeException, AcmeFailure, InterruptedException {
        challenge.trigger();
        authorization.fetch();
        await(authorization, Set.of(Status.VALID, Status.INVALID));
        if (authorization.getStatus() != Status.VALID) {
            challenge.fetch();
            throw new AcmeFailure(name + " is not shown to be ours by " + challenge.getType() + ": "
                    + challenge.getError().map(Problem::toString).orElse("the authority does not say why"));
        }
    }

    private static void require(Order order) throws AcmeFailure {
        if (order.getStatus() == Status.INVALID) {
            throw new AcmeFailure("the order has failed: "
                    + order.getError().map(Problem::toString).orElse("the authority does not say why"));
        }
    }

    /** Polls until the status is one of these; not faster than the authority wants, and not for ever. */
    private <R extends AcmeJsonResource & PollableResource> void await(R resource, Set<Status> ends)
            throws AcmeException, AcmeFailure, InterruptedException {
        long deadline = clock.nanos() + PATIENCE.toNanos();
        Duration wait = FIRST_POLL;
        while (!ends.contains(resource.getStatus())) {
            Instant retryAfter = resource.getRetryAfter().orElse(null);
            Duration asked =
                    retryAfter == null ? wait : Duration.between(Instant.ofEpochMilli(clock.epochMillis()), retryAfter);
            Duration next = asked.compareTo(FIRST_POLL) < 0 ? FIRST_POLL : asked;
            if (clock.nanos() + next.toNanos() > deadline) {
                throw new AcmeFailure("the authority has not decided within " + PATIENCE.toMinutes()
                        + " minutes: the status is " + resource.getStatus());
            }
            TimeUnit.NANOSECONDS.sleep(next.toNanos());
            wait = wait.multipliedBy(2).compareTo(LAST_POLL) > 0 ? LAST_POLL : wait.multipliedBy(2);
            resource.fetch();
        }
    }

    /** What the authority has sent is shown to clients only if it is what was ordered. */
    private CertificateBundle checked(CertificateBundle bundle) throws AcmeFailure, GeneralSecurityException {
        X509Certificate leaf = bundle.chain().get(0);
        KeyPairs.requirePair(bundle.key(), leaf.getPublicKey());
        List<String> names = CertificateNames.of(leaf);
        Set<String> missing = new HashSet<>(settings.domains());
        names.forEach(missing::remove);
        if (!missing.isEmpty()) {
            throw new AcmeFailure("the certificate is for " + names + " (expected: also for " + missing + ")");
        }
        return bundle;
    }

    private AcmeFailure failure(Exception e) {
        if (e.getCause() instanceof Unreachable unreachable) {
            return new AcmeFailure(String.valueOf(unreachable.getMessage()), null, e);
        }
        Instant retryAfter = e instanceof AcmeRateLimitedException limited
                ? limited.getRetryAfter().orElse(null)
                : null;
        StringBuilder message = new StringBuilder();
        Throwable cause = e;
        for (int depth = 0; cause != null && depth < 4; cause = cause.getCause(), depth++) {
            String text = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
            if (message.indexOf(text) < 0) {
                message.append(message.isEmpty() ? "" : ": ").append(text);
            }
        }
        return new AcmeFailure(message.toString(), retryAfter, e);
    }
}
