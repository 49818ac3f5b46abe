package dev.corral.auth.jwt;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.corral.auth.scheme.WorkBeside;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Verifies signatures of tokens beside the event loops. Whoever has had a good token does not wait with their next one
 * behind strangers' tokens, however many and from wherever these come; who knows what the issuer calls such a person, which
 * is no secret, can only take the few places of that one, whose further tokens wait among the strangers'. These take turns by
 * address.
 *
 * <p>Any thread; does not block.
 */
final class TokenChecks implements AutoCloseable {
    private static final int THREADS = 2;
    private static final int WAITING = 1_024;
    private static final int PER_ADDRESS = WAITING / 4;
    private static final int PER_SUBJECT = 8;
    private static final int SUBJECTS = 10_000;

    private final TokenVerifier verifier;
    private final WorkBeside subjects = new WorkBeside("corral-jwt", THREADS, WAITING, PER_SUBJECT);
    private final WorkBeside strangers = new WorkBeside("corral-jwt", THREADS, WAITING, PER_ADDRESS);
    private final Cache<Subject, Boolean> known =
            Caffeine.newBuilder().maximumSize(SUBJECTS).executor(Runnable::run).build();

    /** Whom an issuer calls so. */
    private record Subject(String issuer, String name) {
        static Subject of(Verdict.Plausible token) {
            return new Subject(token.source().issuer().issuer(), token.subject());
        }

        ByteBuffer place() {
            return ByteBuffer.wrap((issuer + '\n' + name).getBytes(StandardCharsets.UTF_8));
        }
    }

    /** No thread runs yet. */
    TokenChecks(TokenVerifier verifier) {
        this.verifier = verifier;
    }

    /**
     * Verifies a token.
     *
     * @param token what is known of the text
     * @param decide what follows from what is found; called by the thread that verifies
     * @param busy what follows where it has to make room for one from an address of which fewer wait
     * @return null where too many wait already, or too many from there
     */
    <T> @Nullable CompletionStage<T> check(
            Verdict.Plausible token, String text, InetAddress from, Function<Verdict, T> decide, T busy) {
        Subject subject = Subject.of(token);
        Supplier<T> work = () -> decide.apply(verify(token, text));
        CompletionStage<T> own =
                known.getIfPresent(subject) == null ? null : subjects.submit(subject.place(), work, busy);
        // With a new token, a program may well send more requests at one time than its subject has places.
        return own == null ? strangers.submit(WorkBeside.of(from), work, busy) : own;
    }

    private Verdict verify(Verdict.Plausible token, String text) {
        Verdict verdict = verifier.verify(text, token.source());
        if (verdict instanceof Verdict.Good good) {
            known.put(new Subject(good.identity().issuer(), good.identity().subject()), Boolean.TRUE);
        }
        return verdict;
    }

    /** Ends the threads; tokens that wait are never decided about. */
    @Override
    public void close() {
        subjects.close();
        strangers.close();
    }
}
