package dev.corral.auth.jwt;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whose tokens are believed, and what they mean here.
 *
 * @param issuer exactly what its tokens call it, in {@code iss}
 * @param audience what their {@code aud} must be, or contain
 * @param jwks where its keys are; null to ask the issuer, OpenID Connect Discovery 1.0 section 4
 * @param caFile whom to trust when its keys are fetched, in PEM; null for those that Java trusts
 * @param algorithms how they may be signed
 * @param clockSkew how far its clock may be from ours
 * @param roleClaim the claim that {@code roles} is about
 * @param roles roles by the values of that claim; the first one here that the claim contains holds
 * @param defaultRole for who has none of them; null to refuse those
 * @param nameClaim what the caller is called in logs
 * @param keyClaim the claim that holds the name of the key record that a caller has here; null where they have none
 * @param refresh how often its keys are fetched
 * @param keysMaxAge for how long keys are used that could not be fetched again
 */
public record JwtIssuer(
        String issuer,
        String audience,
        @Nullable URI jwks,
        @Nullable Path caFile,
        Set<SigningAlgorithm> algorithms,
        Duration clockSkew,
        String roleClaim,
        Map<String, String> roles,
        @Nullable String defaultRole,
        String nameClaim,
        @Nullable String keyClaim,
        Duration refresh,
        Duration keysMaxAge) {
    /** What holds where nothing is said; an issuer that has no tokens. */
    public static final JwtIssuer DEFAULTS = new JwtIssuer(
            "",
            "",
            null,
            null,
            Set.copyOf(List.of(
                    SigningAlgorithm.RS256, SigningAlgorithm.PS256, SigningAlgorithm.ES256, SigningAlgorithm.EDDSA)),
            Duration.ofSeconds(60),
            "roles",
            Map.of(),
            null,
            "preferred_username",
            null,
            Duration.ofMinutes(15),
            Duration.ofHours(24));

    public JwtIssuer {
        algorithms = Set.copyOf(algorithms);
        roles = Collections.unmodifiableMap(new LinkedHashMap<>(roles));
    }
}
