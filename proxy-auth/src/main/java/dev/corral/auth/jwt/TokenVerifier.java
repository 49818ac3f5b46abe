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
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Decides about the text of a token: of which issuer it is, whether that has signed it, for us, for now, and whom it names.
 * Any thread.
 *
 * <p>In two steps, since everybody can write a token, and all but the signature can be seen at once: {@link #look} takes
 * some microseconds, {@link #verify} up to a millisecond. The first one only refuses; the second one decides everything
 * anew, and reads nothing but the header before the signature is known to be good.
 *
 * <p>What the token says of itself chooses nothing but among what is configured: the issuer is one of the list, the
 * algorithm one of the issuer's, all asymmetric, and the key one of those that were fetched from where the issuer
 * publishes them and that is of the algorithm's kind. Keys in a token, or addresses of keys, are not looked at.
 */
final class TokenVerifier {
    // RFC 7519 section 5.1, RFC 9068 section 2.1. Others are tokens for something else, signed with the same keys.
    private static final Set<String> TYPES = Set.of("jwt", "at+jwt", "application/jwt", "application/at+jwt");
    private static final int MAX_SUBJECT = 255;
    private static final int MAX_ISSUERS = 8;

    private static final String EXTENDED = "its header has extensions that are not known here";
    private static final char REPLACEMENT = '\ufffd';
    private static final Verdict NO_TOKEN = new Verdict.Bad("it is no signed JWT");
    private static final Verdict OTHER_ALGORITHM =
            new Verdict.Bad("its algorithm is none of those that are configured for the issuer");
    private static final Verdict NO_SUBJECT = new Verdict.Bad("it has no sub of 1 to " + MAX_SUBJECT + " characters");

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

    /**
     * What can be said without the signature. Its audience is not looked at: it is what is wrong most often, and only that
     * of a token which is the issuer's own may be told to the operator.
     *
     * @return anything but {@link Verdict.Good}
     */
    Verdict look(String text) {
        Stated stated = Stated.of(text);
        if (stated == null) {
            return NO_TOKEN;
        }
        // RFC 7515 section 4.1.11: the list must not be empty either.
        if (stated.extended()) {
            return new Verdict.Bad(EXTENDED);
        }
        String named = stated.issuer();
        IssuerSource source = named == null ? null : sources.get(named);
        if (source == null) {
            // Not the one that it names: anybody can write that.
            return new Verdict.Bad("its issuer is none of those that are configured" + configured() + hint(named));
        }
        JwtIssuer issuer = source.issuer();
        SigningAlgorithm algorithm = SigningAlgorithm.of(stated.algorithm());
        if (algorithm == null || !issuer.algorithms().contains(algorithm)) {
            return OTHER_ALGORITHM;
        }
        Verdict untimely = untimely(issuer, stated.expires(), stated.notBefore(), stated.issued());
        if (untimely != null) {
            return untimely;
        }
        String subject = stated.subject();
        if (subject == null || !isSubject(subject)) {
            return NO_SUBJECT;
        }
        IssuerKeys keys = source.keys();
        return keys == null || keys.find(stated.key(), algorithm) == null
                ? new Verdict.UnknownKey(source)
                : new Verdict.Plausible(source, subject);
    }

    /**
     * What is to be said of it.
     *
     * @param source whose it says it is
     * @return anything but {@link Verdict.Plausible}
     */
    Verdict verify(String text, IssuerSource source) {
        SignedJWT token;
        try {
            token = SignedJWT.parse(text);
        } catch (ParseException | RuntimeException e) {
            return NO_TOKEN;
        }
        JwtIssuer issuer = source.issuer();
        SigningAlgorithm algorithm =
                SigningAlgorithm.of(token.getHeader().getAlgorithm().getName());
        if (algorithm == null || !issuer.algorithms().contains(algorithm)) {
            return OTHER_ALGORITHM;
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
        JWTClaimsSet claims;
        try {
            claims = token.getJWTClaimsSet();
        } catch (ParseException | RuntimeException e) {
            return NO_TOKEN;
        }
        return claims == null || !issuer.issuer().equals(claims.getIssuer()) ? NO_TOKEN : claims(source, keys, claims);
    }

    private static @Nullable String header(JWSHeader header) {
        JOSEObjectType type = header.getType();
        if (type != null && !TYPES.contains(type.getType().toLowerCase(Locale.ROOT))) {
            return "its typ is not that of an access token or an ID token";
        }
        // RFC 7515 section 4.1.11: whoever does not understand what must be understood refuses.
        Set<String> critical = header.getCriticalParams();
        if (critical != null || !header.isBase64URLEncodePayload()) {
            return EXTENDED;
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
        Long expires = millis(claims.getExpirationTime());
        Verdict untimely = untimely(issuer, expires, millis(claims.getNotBeforeTime()), millis(claims.getIssueTime()));
        if (expires == null || untimely != null) {
            return untimely == null ? NO_TOKEN : untimely;
        }
        List<String> audience = claims.getAudience();
        if (!audience.contains(issuer.audience())) {
            return new Verdict.Bad(
                    "its audience is " + ClaimText.shown(audience) + " (expected: " + issuer.audience() + ")");
        }
        String subject = claims.getSubject();
        if (subject == null || !isSubject(subject)) {
            return NO_SUBJECT;
        }
        Identity identity = identity(issuer, subject, claims.getClaims());
        if (identity.keyName() == null && identity.role() == null) {
            return new Verdict.Bad("nothing in its claim " + issuer.roleClaim()
                    + " stands for a role, and there is no default-role for the issuer");
        }
        return new Verdict.Good(
                identity, source, keys, expires + issuer.clockSkew().toMillis());
    }

    private @Nullable Verdict untimely(
            JwtIssuer issuer, @Nullable Long expires, @Nullable Long notBefore, @Nullable Long issued) {
        long now = clock.epochMillis();
        long skew = issuer.clockSkew().toMillis();
        if (expires == null) {
            return new Verdict.Bad("it has no exp: it would never end");
        }
        if (now >= expires + skew) {
            return new Verdict.Bad("it has expired");
        }
        return notBefore != null && notBefore > now + skew || issued != null && issued > now + skew
                ? new Verdict.Bad("it is of the future: is the clock of this machine, or the issuer's, wrong?")
                : null;
    }

    private static @Nullable Long millis(@Nullable Date time) {
        return time == null ? null : time.toInstant().toEpochMilli();
    }

    private static boolean isSubject(String subject) {
        // What is no text has become the same replacement for all: two such names would be one identity.
        return !subject.isEmpty()
                && subject.length() <= MAX_SUBJECT
                && subject.indexOf(REPLACEMENT) < 0
                && StandardCharsets.UTF_8.newEncoder().canEncode(subject);
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

    private String configured() {
        List<String> names = sources.keySet().stream().sorted().toList();
        return " (expected: " + (names.size() == 1 ? "" : "one of ")
                + names.stream().limit(MAX_ISSUERS).collect(Collectors.joining(", "))
                + (names.size() > MAX_ISSUERS ? ", ..." : "") + ")";
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
