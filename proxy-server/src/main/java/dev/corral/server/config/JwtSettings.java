package dev.corral.server.config;

import static dev.corral.server.config.Types.duration;
import static dev.corral.server.config.Types.optional;

import dev.corral.auth.jwt.IssuerUris;
import dev.corral.auth.jwt.JwtIssuer;
import dev.corral.auth.jwt.SigningAlgorithm;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What may be said of an issuer of tokens. */
final class JwtSettings {
    private static final int MAX_TEXT = 200;

    // OpenID Connect Core section 5.7: only sub is for the issuer alone to say.
    private static final Set<String> OWN_CHOICE =
            Set.of("name", "nickname", "given_name", "family_name", "preferred_username");

    private static final ScalarType<String> TEXT = new ScalarType<>(
            "1 to " + MAX_TEXT + " printable characters",
            (text, in) -> text.length() <= MAX_TEXT && text.chars().noneMatch(c -> c < ' ' || c == 0x7f) ? text : null,
            text -> text);

    private static final ScalarType<String> ISSUER_URL = new ScalarType<>(
            IssuerUris.EXPECTED + "; exactly as in the tokens",
            (text, in) -> {
                URI uri = IssuerUris.secure(text);
                return uri == null || uri.getRawQuery() != null ? null : text;
            },
            text -> text);

    private static final ScalarType<URI> KEYS_URL =
            new ScalarType<>(IssuerUris.EXPECTED, (text, in) -> IssuerUris.secure(text), URI::toString);

    private static final Member<JwtIssuer, String> ISSUER = new Member<>(
            "issuer", ISSUER_URL, "What tokens call it, in iss.", JwtIssuer::issuer, Member.Presence.REQUIRED);
    private static final Member<JwtIssuer, String> AUDIENCE =
            new Member<>("audience", TEXT, "What must be in aud.", JwtIssuer::audience, Member.Presence.REQUIRED);
    private static final Member<JwtIssuer, Optional<URI>> JWKS = new Member<>(
            "jwks",
            optional(KEYS_URL, "discovery", "to ask the issuer"),
            "Where its keys are.",
            issuer -> Optional.ofNullable(issuer.jwks()),
            Member.Presence.SHOWN);
    private static final Member<JwtIssuer, Optional<Path>> CA_FILE = new Member<>(
            "ca-file",
            optional(Types.PATH, "none", "to trust whom Java trusts"),
            "A PEM file with whom to trust when its keys are fetched, and nobody else, for an authority of your own.",
            issuer -> Optional.ofNullable(issuer.caFile()),
            Member.Presence.SHOWN);
    private static final Member<JwtIssuer, List<SigningAlgorithm>> ALGORITHMS = new Member<>(
            "algorithms",
            new ListType<>(
                    "a list of "
                            + String.join(
                                    ", ",
                                    List.of(SigningAlgorithm.values()).stream()
                                            .map(SigningAlgorithm::label)
                                            .toList()),
                    Types.oneOf(List.of(SigningAlgorithm.values()), SigningAlgorithm::label)),
            "How tokens may be signed.",
            issuer -> issuer.algorithms().stream().sorted().toList(),
            Member.Presence.SHOWN);
    private static final Member<JwtIssuer, Duration> CLOCK_SKEW = new Member<>(
            "clock-skew",
            duration(Duration.ZERO, Duration.ofMinutes(10)),
            "How far its clock may be from this machine's.",
            JwtIssuer::clockSkew,
            Member.Presence.SHOWN);
    private static final Member<JwtIssuer, String> ROLE_CLAIM = new Member<>(
            "role-claim",
            TEXT,
            "The claim that roles is about; dots lead into claims.",
            JwtIssuer::roleClaim,
            Member.Presence.SHOWN);
    private static final Member<JwtIssuer, Map<String, String>> ROLES = new Member<>(
            "roles",
            new WordsType("values of role-claim, and for each the name of a role"),
            "Roles by what the claim contains; the first one holds.",
            JwtIssuer::roles,
            Member.Presence.SHOWN);
    private static final Member<JwtIssuer, Optional<String>> DEFAULT_ROLE = new Member<>(
            "default-role",
            optional(TEXT, "none", "to refuse them"),
            "For those who have none of these.",
            issuer -> Optional.ofNullable(issuer.defaultRole()),
            Member.Presence.SHOWN);
    private static final Member<JwtIssuer, String> NAME_CLAIM = new Member<>(
            "name-claim", TEXT, "What callers are called in logs.", JwtIssuer::nameClaim, Member.Presence.SHOWN);
    private static final Member<JwtIssuer, Optional<String>> KEY_CLAIM = new Member<>(
            "key-claim",
            optional(TEXT, "none", "for no such claim"),
            "The claim with the name of the caller's key, whose role and limits hold then.",
            issuer -> Optional.ofNullable(issuer.keyClaim()),
            Member.Presence.SHOWN);
    private static final Member<JwtIssuer, Duration> REFRESH = new Member<>(
            "keys-refresh",
            duration(Duration.ofMinutes(1), Duration.ofDays(1)),
            "How often its keys are fetched.",
            JwtIssuer::refresh,
            Member.Presence.SHOWN);
    private static final Member<JwtIssuer, Duration> MAX_AGE = new Member<>(
            "keys-max-age",
            duration(Duration.ofMinutes(1), Duration.ofDays(30)),
            "How long they hold while it does not answer.",
            JwtIssuer::keysMaxAge,
            Member.Presence.SHOWN);

    /** All issuers. */
    static final ListType<JwtIssuer> ISSUERS = issuers();

    private JwtSettings() {}

    private static ListType<JwtIssuer> issuers() {
        Section<JwtIssuer> section = new Section<>(
                List.of(
                        ISSUER,
                        AUDIENCE,
                        JWKS,
                        CA_FILE,
                        ALGORITHMS,
                        CLOCK_SKEW,
                        ROLE_CLAIM,
                        ROLES,
                        DEFAULT_ROLE,
                        NAME_CLAIM,
                        KEY_CLAIM,
                        REFRESH,
                        MAX_AGE),
                JwtSettings::issuer,
                JwtIssuer.DEFAULTS);
        return new ListType<>("a list of issuers, each " + section.expectation(), section);
    }

    private static JwtIssuer issuer(Values<JwtIssuer> values) {
        JwtIssuer issuer = new JwtIssuer(
                values.get(ISSUER),
                values.get(AUDIENCE),
                values.get(JWKS).orElse(null),
                values.get(CA_FILE).orElse(null),
                Set.copyOf(values.get(ALGORITHMS)),
                values.get(CLOCK_SKEW),
                values.get(ROLE_CLAIM),
                values.get(ROLES),
                values.get(DEFAULT_ROLE).orElse(null),
                values.get(NAME_CLAIM),
                values.get(KEY_CLAIM).orElse(null),
                values.get(REFRESH),
                values.get(MAX_AGE));
        if (values.sound()) {
            check(issuer, values);
        }
        return issuer;
    }

    /** What would let nobody in, or not for long. */
    private static void check(JwtIssuer issuer, Values<JwtIssuer> values) {
        if (issuer.algorithms().isEmpty()) {
            values.expected(ALGORITHMS, "an empty list", ALGORITHMS.type().expectation());
        }
        if (issuer.roles().isEmpty() && issuer.defaultRole() == null && issuer.keyClaim() == null) {
            values.expected(ROLES, "nothing", "roles, or a default-role, or a key-claim: nobody could get in");
        }
        if (issuer.keyClaim() != null && OWN_CHOICE.contains(issuer.keyClaim())) {
            values.warn(
                    values.at(KEY_CLAIM),
                    Texts.quote(issuer.keyClaim())
                            + " is for users to choose at many issuers: who takes somebody's name has that one's key");
        }
        if (issuer.keysMaxAge().compareTo(issuer.refresh()) < 0) {
            values.expected(
                    MAX_AGE,
                    Texts.quote(Durations.format(issuer.keysMaxAge())),
                    "at least keys-refresh, " + Durations.format(issuer.refresh()));
        }
    }
}
