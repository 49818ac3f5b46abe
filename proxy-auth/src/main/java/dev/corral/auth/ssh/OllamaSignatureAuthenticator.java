package dev.corral.auth.ssh;

import dev.corral.auth.key.KeyRecord;
import dev.corral.auth.key.LiveKeyRing;
import dev.corral.auth.key.SshPublicKey;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.AuthDecision;
import dev.corral.core.spi.Authenticator;
import dev.corral.core.spi.NanoClock;
import dev.corral.core.spi.RequestView;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * Recognises requests that the {@code ollama} command has signed ({@code OLLAMA_AUTH=1}), whose owner is whoever has
 * registered the key. Whatever begins like such a credential is this scheme's; everything else is another one's.
 *
 * <p>A signature that cannot be remembered as good is checked beside the event loop, and is so for every key alike: that a
 * key is registered shows only to whoever can sign with it. The key record is looked up afresh for each request, so that a
 * revocation is in force at once.
 *
 * <p>Any thread; does not block.
 */
public final class OllamaSignatureAuthenticator implements Authenticator, AutoCloseable {
    /** Around what a client's clock may be wrong by, when it is synchronised at all. */
    public static final Duration DEFAULT_SKEW = Duration.ofMinutes(5);

    private static final int WAITING = 256;

    private static final AuthDecision MALFORMED = new AuthDecision.Denied(ProxyError.MALFORMED_KEY);
    private static final AuthDecision UNKNOWN = new AuthDecision.Denied(ProxyError.UNKNOWN_KEY);
    private static final AuthDecision STALE = new AuthDecision.Denied(ProxyError.STALE_SIGNATURE);
    private static final AuthDecision EXPIRED = new AuthDecision.Denied(ProxyError.EXPIRED_KEY);
    private static final AuthDecision REVOKED = new AuthDecision.Denied(ProxyError.REVOKED_KEY);
    private static final AuthDecision BUSY = new AuthDecision.Denied(
            ProxyError.tryAgain(ErrorCode.OVERLOADED, "too many signatures wait to be checked; try again", 1));

    private final LiveKeyRing keys;
    private final NanoClock clock;
    private final long skewMillis;
    private final SignatureChecks checks;
    private final UnknownKeys unknown;

    /** Is told of keys that nobody has registered. */
    @FunctionalInterface
    public interface UnknownKeys {
        /** The owner of the key signed a request. Any thread; must not block. */
        void signed(SshPublicKey key, InetAddress from);
    }

    /**
     * Checks at most {@code threads} signatures at one time; no thread runs while there is nothing to check.
     *
     * @param skew how far the time of a signature may be from this machine's
     */
    public OllamaSignatureAuthenticator(
            LiveKeyRing keys, NanoClock clock, Duration skew, int threads, UnknownKeys unknown) {
        this.keys = keys;
        this.clock = clock;
        this.skewMillis = skew.toMillis();
        // A signature from the future stays good for twice the skew.
        this.checks = new SignatureChecks(threads, WAITING, skew.multipliedBy(2), clock);
        this.unknown = unknown;
    }

    @Override
    public AuthDecision authenticate(RequestView request) {
        if (!SignedRequest.claimed(request)) {
            return AuthDecision.NotMine.INSTANCE;
        }
        SignedRequest signed = SignedRequest.of(request);
        if (signed == null) {
            return MALFORMED;
        }
        if (!signed.within(skewMillis, clock.epochMillis())) {
            return STALE;
        }
        InetAddress from = request.clientAddress();
        if (checks.isGood(signed)) {
            return decide(signed, from);
        }
        boolean letIn = keys.current().bySshKey(signed.key()) != null;
        CompletionStage<AuthDecision> check =
                checks.check(signed, letIn, from, good -> good ? remembered(signed, from) : UNKNOWN, BUSY);
        return check == null ? BUSY : new AuthDecision.Later(check);
    }

    private AuthDecision remembered(SignedRequest signed, InetAddress from) {
        AuthDecision decision = decide(signed, from);
        if (decision instanceof AuthDecision.Granted) {
            checks.remember(signed);
        }
        return decision;
    }

    private AuthDecision decide(SignedRequest signed, InetAddress from) {
        KeyRecord key = keys.current().bySshKey(signed.key());
        if (key == null) {
            unknown.signed(signed.key(), from);
            return new AuthDecision.Denied(ProxyError.unregistered(signed.key().fingerprint()));
        }
        return switch (key.state(clock.epochMillis())) {
            case REVOKED -> REVOKED;
            case EXPIRED -> EXPIRED;
            case ACTIVE -> new AuthDecision.Granted(key.principal());
        };
    }

    /** Ends its threads; who waits gets no answer any more. */
    @Override
    public void close() {
        checks.close();
    }
}
