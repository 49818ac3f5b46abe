package dev.corral.server.connect;

import dev.corral.core.spi.UpstreamCredential;
import dev.corral.server.connect.ConnectException.Reason;
import java.nio.file.Path;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;

/** An API key, sent as it is. */
public final class KeyCredential implements UpstreamCredential {
    // RFC 6750 section 2.1, so that a JSON Web Token may be one too.
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]{8,8192}=*");

    private final CompletionStage<Presented> presented;

    private KeyCredential(String key) {
        this.presented = new Presented("Bearer " + key, "").now();
    }

    /** One that stands alone in a file of mode 0600. */
    public static KeyCredential ofFile(Path file) throws ConnectException {
        String text = SecretFile.read(
                file, "the key file", "put the key there, alone: (umask 077; cat > " + file + "), paste, Ctrl-D");
        return of(text, "the key file " + file);
    }

    /**
     * The key itself.
     *
     * @param where it came from, for messages
     */
    public static KeyCredential of(String text, String where) throws ConnectException {
        String key = text.strip();
        if (!TOKEN.matcher(key).matches()) {
            throw new ConnectException(
                    Reason.BAD_FILE, where + " holds something else than a key (expected: crl_... and nothing more)");
        }
        return new KeyCredential(key);
    }

    @Override
    public CompletionStage<Presented> present(String method, String path) {
        return presented;
    }

    /** Never the key. */
    @Override
    public String toString() {
        return "KeyCredential";
    }
}
