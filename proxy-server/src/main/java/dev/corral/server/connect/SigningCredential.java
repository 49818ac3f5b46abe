package dev.corral.server.connect;

import dev.corral.auth.scheme.WorkBeside;
import dev.corral.core.spi.NanoClock;
import dev.corral.core.spi.UpstreamCredential;
import dev.corral.server.connect.ConnectException.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Signs requests as the {@code ollama} command does where {@code OLLAMA_AUTH} is set (Ollama {@code api/client.go:do},
 * {@code auth/auth.go:Sign}): method, path and time, but not the body. A signature takes most of a millisecond, so a thread
 * beside the event loops makes them, one after the other; the same question asked again within a second has the same.
 */
public final class SigningCredential implements UpstreamCredential {
    // A second's worth; more at one time is no person's doing.
    private static final int QUEUE = 1_024;
    private static final WorkBeside BESIDE = new WorkBeside("corral-sign", 1, QUEUE, QUEUE + 1);
    // All on behalf of the same, so that none ever has to make room and go unsigned.
    private static final ByteBuffer ALL = ByteBuffer.allocate(0);

    private final OpenSshKey key;
    private final String publicText;
    private final String fingerprint;
    private final NanoClock clock;
    private volatile Signed last = new Signed("", Presented.NOTHING);

    private record Signed(String challenge, Presented presented) {}

    private SigningCredential(OpenSshKey key, NanoClock clock) throws GeneralSecurityException {
        this.key = key;
        this.publicText = key.publicText();
        this.fingerprint = key.fingerprint();
        this.clock = clock;
    }

    /** With a private key of OpenSSH's format, type ed25519, without a passphrase, in a file of mode 0600. */
    public static SigningCredential ofFile(Path file, NanoClock clock) throws ConnectException {
        return of(OpenSshKey.read(file), clock);
    }

    static SigningCredential of(OpenSshKey key, NanoClock clock) throws ConnectException {
        try {
            return new SigningCredential(key, clock);
        } catch (GeneralSecurityException e) {
            throw new ConnectException(Reason.BAD_FILE, "this Java cannot sign with ed25519", e);
        }
    }

    @Override
    public CompletionStage<Presented> present(String method, String path) {
        String query = "ts=" + clock.epochMillis() / 1000;
        String challenge = method + ',' + path + '?' + query;
        Signed known = last;
        if (known.challenge().equals(challenge)) {
            return known.presented().now();
        }
        CompletionStage<Presented> soon = BESIDE.submit(ALL, () -> sign(challenge, query), Presented.NOTHING);
        return soon == null
                ? CompletableFuture.failedFuture(new IllegalStateException("too many requests wait to be signed"))
                : soon;
    }

    private Presented sign(String challenge, String query) {
        Signed known = last;
        if (known.challenge().equals(challenge)) {
            // It waited behind the same one.
            return known.presented();
        }
        try {
            byte[] signature = key.sign(challenge.getBytes(StandardCharsets.US_ASCII));
            String authorization = publicText + ':' + Base64.getEncoder().encodeToString(signature);
            Presented presented = new Presented(authorization, query);
            last = new Signed(challenge, presented);
            return presented;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("signing failed", e);
        }
    }

    /** The key's, as {@code ssh-keygen -l} prints it. */
    public String fingerprint() {
        return fingerprint;
    }

    /** The line by which it is registered. */
    public String authorizedKey() {
        return "ssh-ed25519 " + publicText;
    }
}
