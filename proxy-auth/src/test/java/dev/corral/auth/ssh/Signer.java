package dev.corral.auth.ssh;

import dev.corral.auth.TestRequest;
import dev.corral.auth.key.SshPublicKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Arrays;
import java.util.Base64;

/** Signs requests as the {@code ollama} command does, with a key of its own. */
final class Signer {
    private final KeyPair pair;
    private final SshPublicKey key;

    Signer() {
        try {
            pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        byte[] encoded = pair.getPublic().getEncoded();
        key = SshPublicKey.of(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length));
    }

    SshPublicKey key() {
        return key;
    }

    /** The value of the Authorization field. */
    String authorization(String challenge) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(pair.getPrivate());
            signature.update(challenge.getBytes(StandardCharsets.UTF_8));
            return key.text() + ":" + Base64.getEncoder().encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A request for a chat. */
    TestRequest chat(long seconds) {
        return new TestRequest()
                .line("POST", "/api/chat", "ts=" + seconds)
                .with("Authorization", authorization("POST,/api/chat?ts=" + seconds));
    }
}
