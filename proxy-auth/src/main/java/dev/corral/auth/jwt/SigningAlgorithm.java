package dev.corral.auth.jwt;

import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import org.jspecify.annotations.Nullable;

/**
 * How a token may be signed (RFC 7518 section 3.1, RFC 8037 section 3.1). All of these are asymmetric: there is no
 * constant for a signature that whoever knows the public key could make, nor for none, so that no configuration and no
 * token can ask for one.
 */
public enum SigningAlgorithm {
    RS256("RS256", null),
    RS384("RS384", null),
    RS512("RS512", null),
    PS256("PS256", null),
    PS384("PS384", null),
    PS512("PS512", null),
    ES256("ES256", "P-256"),
    ES384("ES384", "P-384"),
    ES512("ES512", "P-521"),
    EDDSA("EdDSA", "Ed25519");

    private final String label;
    // Null for RSA, which has none.
    private final @Nullable String curve;

    SigningAlgorithm(String label, @Nullable String curve) {
        this.label = label;
        this.curve = curve;
    }

    /** As in a token's header, such as {@code RS256}. */
    public String label() {
        return label;
    }

    /** The constant of a token's header, or null. */
    static @Nullable SigningAlgorithm of(@Nullable String algorithm) {
        for (SigningAlgorithm known : values()) {
            if (known.label.equals(algorithm)) {
                return known;
            }
        }
        return null;
    }

    /** Whether the key is of the one kind that this algorithm is for, and not meant for another one. */
    boolean fits(JWK key) {
        if (key.getAlgorithm() != null && !label.equals(key.getAlgorithm().getName())) {
            return false;
        }
        if (key instanceof RSAKey) {
            return curve == null;
        }
        if (key instanceof ECKey ec) {
            return ec.getCurve().getName().equals(curve);
        }
        return key instanceof OctetKeyPair pair && pair.getCurve().getName().equals(curve);
    }
}
