package dev.corral.auth.jwt;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.corral.auth.key.LiveKeyRing;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.AuthDecision;
import dev.corral.core.spi.Authenticator;
import dev.corral.core.spi.NanoClock;
import dev.corral.core.spi.RequestView;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.jspecify.annotations.Nullable;

/**
 * Recognises tokens of OpenID Connect issuers. A token that was found good is known by its digest until it expires or its
 * issuer's keys change; every other one against which nothing else speaks is verified beside the event loops. Only good ones
 * are remembered.
 *
 * <p>Any thread; does not block.
 */
public final class JwtAuthenticator implements Authenticator, AutoCloseable {
    private static final int REMEMBERED = 10_000;
    private static final int FETCHING = 4;

    private static final AuthDecision INVALID = new AuthDecision.Denied(ProxyError.INVALID_TOKEN);
    private static final AuthDecision MALFORMED = new AuthDecision.Denied(ProxyError.MALFORMED_KEY);
    private static final AuthDecision BUSY = new AuthDecision.Denied(ProxyError.tryAgain(
            ErrorCode.OVERLOADED, "too many tokens are being verified at the moment; try again shortly", 2));
    private static final AuthDecision NO_KEYS = new AuthDecision.Denied(ProxyError.tryAgain(
            ErrorCode.OVERLOADED, "the issuer of the token does not answer at the moment; try again shortly", 5));

    // Looking an algorithm up costs more than the digest itself.
    private static final ThreadLocal<MessageDigest> SHA_256 = ThreadLocal.withInitial(JwtAuthenticator::sha256);

    private final LiveKeyRing keys;
    private final NanoClock clock;
    private final Map<String, IssuerSource> sources = new LinkedHashMap<>();
    private final ScheduledThreadPoolExecutor fetching;
    private final TokenVerifier verifier;
    private final TokenChecks checks;
    private final FetchWaits waits = new FetchWaits();
    private final RefusedTokens refused;
    private final Cache<ByteBuffer, Bearer> known = Caffeine.newBuilder()
            .maximumSize(REMEMBERED)
            .executor(Runnable::run)
            .build();

    /** A token that is not known yet, and from where it came. */
    private record Token(String text, ByteBuffer digest, InetAddress from) {
        @Override
        public String toString() {
            return "Token";
        }
    }

    /**
     * No thread runs and nothing is fetched yet.
     *
     * @param issuers of different names
     */
    public JwtAuthenticator(List<JwtIssuer> issuers, LiveKeyRing keys, NanoClock clock) {
        this(issuers, keys, clock, FetchTimes.DEFAULTS);
    }

    JwtAuthenticator(List<JwtIssuer> issuers, LiveKeyRing keys, NanoClock clock, FetchTimes times) {
        this.keys = keys;
        this.clock = clock;
        fetching = new ScheduledThreadPoolExecutor(
                Math.min(FETCHING, Math.max(1, issuers.size())), JwtAuthenticator::fetcher);
        fetching.setRemoveOnCancelPolicy(true);
        for (JwtIssuer issuer : issuers) {
            IssuerClient client = new IssuerClient(times.timeout(), issuer.caFile());
            sources.put(issuer.issuer(), new IssuerSource(issuer, client::fetch, fetching, times, clock));
        }
        verifier = new TokenVerifier(sources, clock);
        checks = new TokenChecks(verifier);
        refused = new RefusedTokens(clock);
    }

    private static Thread fetcher(Runnable work) {
        Thread thread = new Thread(work, "corral-issuers");
        thread.setDaemon(true);
        return thread;
    }

    /** Begins to fetch the issuers' keys in the background. */
    public void start() {
        sources.values().forEach(IssuerSource::start);
    }

    /** A look at each issuer, in the order in which they were given. */
    public List<IssuerCounts> counts() {
        return sources.values().stream().map(IssuerSource::counts).toList();
    }

    @Override
    public AuthDecision authenticate(RequestView request) {
        BearerToken token = BearerToken.of(request);
        if (!(token instanceof BearerToken.Presented presented)) {
            return token == BearerToken.Absent.INSTANCE ? AuthDecision.NotMine.INSTANCE : MALFORMED;
        }
        ByteBuffer digest = digest(presented.text());
        Bearer bearer = known.getIfPresent(digest);
        if (bearer != null) {
            long now = clock.epochMillis();
            if (bearer.holds(now)) {
                return bearer.decide(keys.current(), now);
            }
            known.invalidate(digest);
        }
        Token whole = new Token(presented.text(), digest, request.clientAddress());
        Verdict look = verifier.look(whole.text);
        return look instanceof Verdict.UnknownKey unknown ? fetched(unknown, whole) : settle(look, whole);
    }

    /** What follows once the issuer was asked for the key, or at once where it was only just now. */
    private AuthDecision fetched(Verdict.UnknownKey look, Token token) {
        if (!waits.enter(token.from)) {
            return BUSY;
        }
        CompletionStage<@Nullable Void> fetched = look.source().fetchSoon();
        if (fetched == null) {
            waits.leave(token.from);
            return settle(look, token);
        }
        return new AuthDecision.Later(fetched.thenCompose(done -> {
            waits.leave(token.from);
            return settled(settle(verifier.look(token.text), token));
        }));
    }

    private AuthDecision settle(Verdict look, Token token) {
        if (!(look instanceof Verdict.Plausible plausible)) {
            return decide(look, token.digest);
        }
        CompletionStage<AuthDecision> verified =
                checks.check(plausible, token.text, token.from, found -> decide(found, token.digest), BUSY);
        return verified == null ? BUSY : new AuthDecision.Later(verified);
    }

    private static CompletionStage<AuthDecision> settled(AuthDecision decision) {
        return decision instanceof AuthDecision.Later later
                ? later.answer()
                : CompletableFuture.completedFuture(decision);
    }

    private AuthDecision decide(Verdict verdict, ByteBuffer digest) {
        if (verdict instanceof Verdict.Good good) {
            Bearer bearer = new Bearer(good);
            known.put(digest, bearer);
            AuthDecision decision = bearer.decide(keys.current(), clock.epochMillis());
            if (decision == Bearer.NOBODY) {
                JwtIssuer issuer = good.source().issuer();
                refused.refused(
                        "nothing in its claim " + issuer.roleClaim() + " stands for a role, no key has the name in"
                                + " its claim " + issuer.keyClaim() + ", and there is no default-role for the issuer");
            }
            return decision;
        }
        if (verdict instanceof Verdict.Bad bad) {
            refused.refused(bad.reason());
            return INVALID;
        }
        Verdict.UnknownKey unknown = (Verdict.UnknownKey) verdict;
        if (unknown.source().keys() == null) {
            return NO_KEYS;
        }
        refused.refused("it is signed with a key that its issuer does not publish");
        return INVALID;
    }

    private static ByteBuffer digest(String token) {
        return ByteBuffer.wrap(SHA_256.get().digest(token.getBytes(StandardCharsets.ISO_8859_1)));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            // Every Java platform has it (MessageDigest's class documentation).
            throw new IllegalStateException("this Java runtime has no SHA-256", e);
        }
    }

    /** Ends its threads; tokens that are being verified are never decided about. */
    @Override
    public void close() {
        fetching.shutdownNow();
        checks.close();
    }

    @Override
    public String toString() {
        return "JwtAuthenticator" + sources.keySet();
    }
}
