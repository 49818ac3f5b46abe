package dev.corral.auth.jwt;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The public keys of an issuer that signatures may be verified with. Immutable; any thread.
 *
 * @param keys without those that cannot verify anything: secret ones, for other uses, too weak or of unknown kinds
 */
record IssuerKeys(List<JWK> keys) {
    private static final int MAX_KEYS = 100;
    private static final int MIN_RSA_BITS = 2048;
    // Larger ones take more than a millisecond each.
    private static final int MAX_RSA_BITS = 8192;
    private static final int ED25519_BYTES = 32;
    private static final Set<Curve> CURVES = Set.of(Curve.P_256, Curve.P_384, Curve.P_521);

    IssuerKeys {
        keys = List.copyOf(keys);
    }

    /**
     * Reads a JWK set (RFC 7517 section 5).
     *
     * @throws IssuerException if it is none, or has no key of use
     */
    static IssuerKeys parse(String json) throws IssuerException {
        List<JWK> all;
        try {
            all = JWKSet.parse(json).getKeys();
        } catch (ParseException | RuntimeException e) {
            throw new IssuerException("its keys are no JWK set");
        }
        if (all.size() > MAX_KEYS) {
            throw new IssuerException("it has " + all.size() + " keys (expected: at most " + MAX_KEYS + ")");
        }
        List<JWK> usable = new ArrayList<>();
        for (JWK key : all) {
            if (verifies(key)) {
                usable.add(key.toPublicJWK());
            }
        }
        if (usable.isEmpty()) {
            throw new IssuerException("it has no key for signatures of a known kind");
        }
        return new IssuerKeys(usable);
    }

    /**
     * The one key for a token.
     *
     * @param id the token's {@code kid}; null where it names none, which does only where there is one key
     * @return null if there is none, or more than one
     */
    @Nullable
    JWK find(@Nullable String id, SigningAlgorithm algorithm) {
        JWK found = null;
        for (JWK key : keys) {
            if (algorithm.fits(key) && (id == null || id.equals(key.getKeyID()))) {
                if (found != null) {
                    return null;
                }
                found = key;
            }
        }
        return found;
    }

    private static boolean verifies(JWK key) {
        boolean forSignatures = key.getKeyUse() == null || key.getKeyUse().equals(KeyUse.SIGNATURE);
        boolean forVerifying =
                key.getKeyOperations() == null || key.getKeyOperations().contains(KeyOperation.VERIFY);
        return forSignatures && forVerifying && strong(key);
    }

    private static boolean strong(JWK key) {
        if (key instanceof RSAKey rsa) {
            int bits = rsa.size();
            return bits >= MIN_RSA_BITS && bits <= MAX_RSA_BITS;
        }
        if (key instanceof ECKey ec) {
            return CURVES.contains(ec.getCurve());
        }
        return key instanceof OctetKeyPair pair
                && pair.getCurve().equals(Curve.Ed25519)
                && pair.getDecodedX().length == ED25519_BYTES;
    }
}
