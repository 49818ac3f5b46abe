package dev.corral.auth.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.corral.auth.TestClock;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Duration;
import java.util.Arrays;
import java.util.Date;
import java.util.List;

/** Keys of an issuer, and tokens signed with them. */
final class Signed {
    static final String ISSUER = "https://login.test";
    static final String AUDIENCE = "corral";

    static final RSAKey RSA = rsa("rsa-1", 2048);
    static final RSAKey OTHER_RSA = rsa("rsa-2", 2048);
    static final ECKey EC = ec("ec-1", Curve.P_256);
    private static final KeyPair ED = ed25519();
    static final OctetKeyPair ED25519 =
            new OctetKeyPair.Builder(Curve.Ed25519, x(ED)).keyID("ed-1").build();

    private Signed() {}

    static RSAKey rsa(String id, int bits) {
        try {
            return new RSAKeyGenerator(bits, bits < 2048).keyID(id).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    static ECKey ec(String id, Curve curve) {
        try {
            return new ECKeyGenerator(curve).keyID(id).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair ed25519() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Base64URL x(KeyPair pair) {
        byte[] encoded = pair.getPublic().getEncoded();
        return Base64URL.encode(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length));
    }

    /** Good claims for an hour, to be changed. */
    static JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .audience(AUDIENCE)
                .subject("u-4711")
                .claim("preferred_username", "alice")
                .claim("roles", List.of("staff", "ollama-users"))
                .issueTime(Date.from(TestClock.START))
                .expirationTime(Date.from(TestClock.START.plus(Duration.ofHours(1))));
    }

    static String token(JWTClaimsSet.Builder claims) {
        return token(RSA, JWSAlgorithm.RS256, claims);
    }

    static String token(JWK key, JWSAlgorithm algorithm, JWTClaimsSet.Builder claims) {
        return token(key, new JWSHeader.Builder(algorithm).keyID(key.getKeyID()).build(), claims);
    }

    static String token(JWK key, JWSHeader header, JWTClaimsSet.Builder claims) {
        SignedJWT token = new SignedJWT(header, claims.build());
        if (key instanceof OctetKeyPair) {
            String input = new String(token.getSigningInput(), StandardCharsets.US_ASCII);
            return input + "." + Base64URL.encode(sign(ED.getPrivate(), token.getSigningInput()));
        }
        try {
            JWSSigner signer = key instanceof RSAKey rsa ? new RSASSASigner(rsa) : new ECDSASigner(key.toECKey());
            token.sign(signer);
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A token of parts that no library would make, with a signature of any kind. */
    static String raw(String header, String claims, byte[] signature) {
        return Base64URL.encode(header) + "." + Base64URL.encode(claims) + "." + Base64URL.encode(signature);
    }

    private static byte[] sign(PrivateKey key, byte[] text) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(key);
            signature.update(text);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
