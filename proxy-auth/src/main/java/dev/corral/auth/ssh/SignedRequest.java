package dev.corral.auth.ssh;

import dev.corral.auth.key.Base64Text;
import dev.corral.auth.key.SshPublicKey;
import dev.corral.core.spi.RequestView;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request claims: that the owner of this key signed {@code METHOD,/path?ts=SECONDS}. {@code Authorization: KEY:SIG}
 * without a scheme's name, both in base64; {@code ts} once in the query; the path is that without any prefix (Ollama
 * api/client.go:do, auth/auth.go:Sign). Body, Host and all else are not signed.
 *
 * <p>Immutable. A signature is as good as a password until it is too old: never shown by {@link #toString}.
 */
final class SignedRequest {
    private static final int SIGNATURE_LENGTH = 64;
    private static final int SIGNATURE_TEXT = 88;
    private static final int VALUE_LENGTH = SshPublicKey.TEXT_LENGTH + 1 + SIGNATURE_TEXT;
    private static final int MAX_SECONDS_DIGITS = 11;

    // Looking an algorithm up costs more than the digest itself.
    private static final ThreadLocal<MessageDigest> SHA_256 = ThreadLocal.withInitial(SignedRequest::sha256);

    private final SshPublicKey key;
    private final byte[] signature;
    private final byte[] challenge;
    private final long seconds;

    private SignedRequest(SshPublicKey key, byte[] signature, byte[] challenge, long seconds) {
        this.key = key;
        this.signature = signature;
        this.challenge = challenge;
        this.seconds = seconds;
    }

    /** Whether the request means to be signed, well or not. */
    static boolean claimed(RequestView request) {
        for (String value : request.headers("authorization")) {
            if (value.startsWith(SshPublicKey.TEXT_PREFIX)) {
                return true;
            }
        }
        return false;
    }

    /** The claim, or null where it is not well-formed or not the only credential; never throws, whatever the request. */
    static @Nullable SignedRequest of(RequestView request) {
        List<String> authorization = request.headers("authorization");
        boolean alone = authorization.size() == 1
                && request.headers("x-api-key").isEmpty()
                && request.headers("api-key").isEmpty();
        String value = alone ? authorization.get(0) : "";
        if (value.length() != VALUE_LENGTH || value.charAt(SshPublicKey.TEXT_LENGTH) != ':') {
            return null;
        }
        SshPublicKey key = SshPublicKey.parse(value.substring(0, SshPublicKey.TEXT_LENGTH));
        byte[] signature = signature(value.substring(SshPublicKey.TEXT_LENGTH + 1));
        String seconds = seconds(request.query());
        if (key == null || signature == null || seconds == null) {
            return null;
        }
        String challenge = request.method() + ',' + request.path() + "?ts=" + seconds;
        return new SignedRequest(
                key, signature, challenge.getBytes(StandardCharsets.ISO_8859_1), Long.parseLong(seconds));
    }

    private static byte @Nullable [] signature(String text) {
        byte[] decoded = Base64Text.decode(text, 0);
        return decoded == null || decoded.length != SIGNATURE_LENGTH ? null : decoded;
    }

    /** The value of the one {@code ts} in a query; null where there is none, more than one, or no plain number. */
    private static @Nullable String seconds(String query) {
        String found = null;
        for (int from = 0; from <= query.length(); ) {
            int and = query.indexOf('&', from);
            int end = and < 0 ? query.length() : and;
            if (query.startsWith("ts", from) && (from + 2 == end || query.charAt(from + 2) == '=')) {
                if (found != null) {
                    return null;
                }
                found = query.substring(Math.min(from + 3, end), end);
            }
            from = end + 1;
        }
        return found == null || !number(found) ? null : found;
    }

    private static boolean number(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return !text.isEmpty() && text.length() <= MAX_SECONDS_DIGITS && text.charAt(0) != '0';
    }

    SshPublicKey key() {
        return key;
    }

    /** Whether it was signed at most so long before or after a time. */
    boolean within(long millis, long epochMillis) {
        return Math.abs(epochMillis - seconds * 1000) <= millis;
    }

    /** Whether the signature is good: two thirds of a millisecond of work, also where the answer is no. */
    boolean verify() {
        return Ed25519.verify(key.raw(), challenge, signature);
    }

    /** The same for the same key, signature and challenge only. */
    ByteBuffer digest() {
        MessageDigest digest = SHA_256.get();
        digest.update(key.raw());
        digest.update(signature);
        return ByteBuffer.wrap(digest.digest(challenge));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            // Every Java platform has it (MessageDigest's class documentation).
            throw new IllegalStateException("this Java runtime has no SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return "SignedRequest[" + key + "]";
    }
}
