package dev.corral.auth.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.corral.auth.ssh.Ed25519;
import dev.corral.core.spi.NanoClock;
import java.text.ParseException;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides about the text of a token: of which issuer it is, whether that has signed it, for us, for now, and whom it names.
 * Takes up to a millisecond. Any thread.
 *
 * <p>What the token says of itself chooses nothing but among what is configured: the issuer is one of the list, the
 * algorithm one of the issuer's, all asymmetric, and the key one of those that were fetched from where the issuer
 * publishes them and that is of the algorithm's kind. Keys in a token, or addresses of keys, are not looked at.
 */
final class TokenVerifier {
    // RFC 7519 section 5.1, RFC 9068 section 2.1. Others are tokens for something else, signed with the same keys.
    private static final Set<String> TYPES = Set.of("jwt", "at+jwt", "application/jwt", "application/at+jwt");
    private static final int MAX_SUBJECT = 255;

    private final Map<String, IssuerSource> sources;
    private final NanoClock clock;

    /**
     * A verifier.
     *
     * @param sources by the name of the issuer
     */
    TokenVerifier(Map<String, IssuerSource> sources, NanoClock clock) {
        this.sources = Map.copyOf(sources);
        this.clock = clock;
    }

    Verdict verify(String text) {
        SignedJWT token;
        JWTClaimsSet claims;
        try {
            token = SignedJWT.parse(text);
            claims = token.getJWTClaimsSet();
        } catch (ParseException | RuntimeException e) {
            return new Verdict.Bad("it is no signed JWT");
        }
        String named = claims == null ? null : claims.getIssuer();
        IssuerSource source = named == null ? null : sources.get(named);
        if (source == null) {
            return new Verdict.Bad("its issuer is none of those that are configured" + hint(named));
        }
        JwtIssuer issuer = source.issuer();
        SigningAlgorithm algorithm = SigningAlgorithm.of(token.getHeader().getAlgorithm());
        if (algorithm == null || !issuer.algorithms().contains(algorithm)) {
            return new Verdict.Bad("its algorithm is none of those that are configured for the issuer");
        }
        String header = header(token.getHeader());
        if (header != null) {
            return new Verdict.Bad(header);
        }
        IssuerKeys keys = source.keys();
        JWK key = keys == null ? null : keys.find(token.getHeader().getKeyID(), algorithm);
        if (keys == null || key == null) {
            return new Verdict.UnknownKey(source);
        }
        if (!signed(token, key)) {
            return new Verdict.Bad("its signature is wrong");
        }
        return claims(source, keys, claims);
    }

    private static @Nullable String header(JWSHeader header) {
        JOSEObjectType type = header.getType();
        if (type != null && !TYPES.contains(type.getType().toLowerCase(Locale.ROOT))) {
            return "its typ is not that of an access token or an ID token";
        }
        // RFC 7515 section 4.1.11: whoever does not understand what must be understood refuses.
        Set<String> critical = header.getCriticalParams();
        if (critical != null && !critical.isEmpty() || !header.isBase64URLEncodePayload()) {
            return "its header has extensions that are not known here";
        }
        return null;
    }

    private static boolean signed(SignedJWT token, JWK key) {
        if (key instanceof OctetKeyPair pair) {
            // The library's own Ed25519 needs another library.
            return Ed25519.verify(
                    pair.getDecodedX(),
                    token.getSigningInput(),
                    token.getSignature().decode());
        }
        try {
            JWSVerifier verifier = key instanceof RSAKey rsa
                    ? new RSASSAVerifier(rsa.toRSAPublicKey())
                    : new ECDSAVerifier(key.toECKey().toECPublicKey());
            return token.verify(verifier);
        } catch (JOSEException | RuntimeException e) {
            return false;
        }
    }

    private Verdict claims(IssuerSource source, IssuerKeys keys, JWTClaimsSet claims) {
        JwtIssuer issuer = source.issuer();
        long now = clock.epochMillis();
        long skew = issuer.clockSkew().toMillis();
        Date expires = claims.getExpirationTime();
        if (expires == null) {
            return new Verdict.Bad("it has no exp: it would never end");
        }
        if (now >= expires.toInstant().toEpochMilli() + skew) {
            return new Verdict.Bad("it has expired");
        }
        if (later(claims.getNotBeforeTime(), now + skew) || later(claims.getIssueTime(), now + skew)) {
            return new Verdict.Bad("it is of the future: is the clock of this machine, or the issuer's, wrong?");
        }
        List<String> audience = claims.getAudience();
        if (!audience.contains(issuer.audience())) {
            return new Verdict.Bad(
                    "its audience is " + ClaimText.shown(audience) + " (expected: " + issuer.audience() + ")");
        }
        String subject = claims.getSubject();
        if (subject == null || subject.isEmpty() || subject.length() > MAX_SUBJECT) {
            return new Verdict.Bad("it has no sub of 1 to " + MAX_SUBJECT + " characters");
        }
        Identity identity = identity(issuer, subject, claims.getClaims());
        if (identity.keyName() == null && identity.role() == null) {
            return new Verdict.Bad("nothing in its claim " + issuer.roleClaim()
                    + " stands for a role, and there is no default-role for the issuer");
        }
        return new Verdict.Good(identity, source, keys, expires.toInstant().toEpochMilli() + skew);
    }

    private static boolean later(@Nullable Date time, long limit) {
        return time != null && time.toInstant().toEpochMilli() > limit;
    }

    private static Identity identity(JwtIssuer issuer, String subject, Map<String, @Nullable Object> claims) {
        List<String> names = ClaimText.values(claims, issuer.nameClaim());
        return new Identity(
                issuer.issuer(),
                subject,
                names.isEmpty() ? subject : names.get(0),
                keyName(issuer.keyClaim(), claims),
                role(issuer, ClaimText.values(claims, issuer.roleClaim())));
    }

    /** An address that the issuer has not verified is whatever the bearer likes to be (OpenID Connect Core section 5.7). */
    private static @Nullable String keyName(@Nullable String claim, Map<String, @Nullable Object> claims) {
        if (claim == null || claim.equals("email") && !Boolean.TRUE.equals(claims.get("email_verified"))) {
            return null;
        }
        List<String> names = ClaimText.values(claims, claim);
        return names.size() == 1 ? names.get(0) : null;
    }

    private static @Nullable String role(JwtIssuer issuer, List<String> values) {
        for (Map.Entry<String, String> entry : issuer.roles().entrySet()) {
            if (values.contains(entry.getKey())) {
                return entry.getValue();
            }
        }
        return issuer.defaultRole();
    }

    private String hint(@Nullable String named) {
        for (String known : sources.keySet()) {
            if (IssuerClient.differsBySlash(known, named)) {
                return "; it differs from " + known + " by a slash at the end, which counts";
            }
        }
        return "";
    }
}
