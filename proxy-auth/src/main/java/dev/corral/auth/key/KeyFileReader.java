package dev.corral.auth.key;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.corral.auth.key.KeyStoreException.Kind;
import dev.corral.auth.limit.LimitKind;
import dev.corral.auth.limit.LimitSet;
import dev.corral.auth.limit.LimitText;
import dev.corral.core.spi.Cidr;
import dev.corral.core.spi.CidrSet;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code {"version":1,"keys":[…]}}. Unknown fields and versions are refused: they come from a newer program and
 * may restrict a key in a way that this one would not honour. Messages never quote values, which may be secrets.
 */
final class KeyFileReader {
    static final int VERSION = 1;

    private static final String LIMIT = "a whole number from 1 to " + LimitText.MAX + ", or \"none\"";

    private static final String SSH_KEY = "base64 that begins with " + SshPublicKey.TEXT_PREFIX;
    private static final String RANGE = "an address or a range such as 10.0.0.0/8 or 2001:db8::/32";

    private static final JsonFactory JSON = JsonFactory.builder()
            // Jackson's messages would quote the file.
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(8)
                    .maxStringLength(1024)
                    .maxNameLength(128)
                    .build())
            .build();

    private final String file;
    private final JsonParser parser;
    // Roles have few names, and keys are many.
    private final Map<String, String> roles = new HashMap<>();

    private KeyFileReader(String file, JsonParser parser) {
        this.file = file;
        this.parser = parser;
    }

    /**
     * Reads to the end of the stream; does not close it.
     *
     * @param file where it lies, only for messages
     * @throws KeyStoreException of kind BAD_FILE, with file, line, field and what was expected
     * @throws IOException if reading fails
     */
    static KeyRing read(String file, InputStream in) throws IOException, KeyStoreException {
        try (JsonParser parser = JSON.createParser(in).disable(JsonParser.Feature.AUTO_CLOSE_SOURCE)) {
            KeyFileReader reader = new KeyFileReader(file, parser);
            try {
                return reader.file();
            } catch (JsonProcessingException | CharConversionException e) {
                throw reader.bad(
                        "not valid JSON at column " + parser.currentLocation().getColumnNr(),
                        "one JSON object in UTF-8");
            }
        }
    }

    private KeyRing file() throws IOException, KeyStoreException {
        expect(parser.nextToken(), JsonToken.START_OBJECT, "the file", "an object {\"version\":1,\"keys\":[...]}");
        expectName("version");
        expect(parser.nextToken(), JsonToken.VALUE_NUMBER_INT, "\"version\"", "1");
        if (parser.getLongValue() != VERSION) {
            throw bad("\"version\": " + parser.getLongValue(), "1; a newer Corral may have written this file");
        }
        expectName("keys");
        expect(parser.nextToken(), JsonToken.START_ARRAY, "\"keys\"", "a list of keys");
        List<KeyRecord> keys = new ArrayList<>();
        KeyIndex byId = new KeyIndex(KeyRecord::id);
        KeyIndex byName = new KeyIndex(KeyRecord::name);
        AccessIndex access = new AccessIndex();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            KeyRecord key = key();
            if (!byId.add(key)) {
                throw bad("\"id\" " + key.id() + " appears a second time", "an id of its own for every key");
            }
            if (key.revoked() == null && !byName.add(key)) {
                throw bad(
                        "\"name\" " + KeyNames.shown(key.name()) + " appears a second time",
                        "a name of its own for every key that is not revoked");
            }
            AccessIndex.Conflict conflict = access.add(key);
            if (conflict != null) {
                throw bad(conflict.text(), "a key of its own for everybody");
            }
            keys.add(key);
        }
        expect(parser.nextToken(), JsonToken.END_OBJECT, "after \"keys\"", "the end of the object");
        if (parser.nextToken() != null) {
            throw bad("text after the end of the object", "nothing");
        }
        return new KeyRing(keys, byId, access);
    }

    private KeyRecord key() throws IOException, KeyStoreException {
        expect(parser.currentToken(), JsonToken.START_OBJECT, "a key", "an object");
        String id = null;
        String name = null;
        String role = null;
        Instant created = null;
        Instant expires = null;
        Instant revoked = null;
        LimitSet limits = null;
        List<KeySecret> secrets = null;
        List<SshPublicKey> sshKeys = null;
        List<String> certificates = null;
        List<Cidr> allowFrom = null;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String field = parser.currentName();
            parser.nextToken();
            switch (field) {
                case "id" -> id = once(id, field, id());
                case "name" -> name = once(name, field, name(field));
                case "role" -> role = once(role, field, shared(name(field)));
                case "created" -> created = once(created, field, time(field));
                case "expires" -> expires = once(expires, field, time(field));
                case "revoked" -> revoked = once(revoked, field, time(field));
                case "limits" -> limits = once(limits, field, limits());
                case "secrets" -> secrets = once(secrets, field, secrets());
                case "ssh" -> sshKeys = once(sshKeys, field, texts(field, SshPublicKey::parse, SSH_KEY));
                case "certificates" ->
                    certificates =
                            once(certificates, field, texts(field, CertificateName::parse, CertificateName.EXPECTED));
                case "allow-from" -> allowFrom = once(allowFrom, field, texts(field, Cidr::parse, RANGE));
                default ->
                    throw unknown(
                            field,
                            "id, name, role, created, expires, revoked, limits, secrets, ssh, certificates,"
                                    + " allow-from");
            }
        }
        boolean opens = sshKeys != null || certificates != null;
        return new KeyRecord(
                required(id, "id"),
                required(name, "name"),
                required(role, "role"),
                required(created, "created"),
                expires,
                revoked,
                limits == null ? LimitSet.NONE : limits,
                secrets == null && opens ? List.of() : required(secrets, "secrets"),
                access(sshKeys, certificates, allowFrom));
    }

    private static KeyAccess access(
            @Nullable List<SshPublicKey> sshKeys, @Nullable List<String> certificates, @Nullable List<Cidr> allowFrom) {
        if (sshKeys == null && certificates == null && allowFrom == null) {
            return KeyAccess.NONE;
        }
        return new KeyAccess(
                sshKeys == null ? List.of() : sshKeys,
                certificates == null ? List.of() : certificates,
                allowFrom == null ? CidrSet.NONE : new CidrSet(allowFrom));
    }

    /** A list of texts, each once. */
    private <T> List<T> texts(String field, Function<String, @Nullable T> parse, String expected)
            throws IOException, KeyStoreException {
        // An empty one may be what is left of one that restricted the key.
        String list = "a list of 1 to " + KeyAccess.MAX;
        expect(parser.currentToken(), JsonToken.START_ARRAY, "\"" + field + "\"", list);
        Set<T> values = new LinkedHashSet<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            T value = parse.apply(text(field, expected));
            if (value == null) {
                throw bad("\"" + field + "\": not such a text", expected);
            }
            if (!values.add(value)) {
                throw bad("\"" + field + "\": the same twice", "each once");
            }
            if (values.size() > KeyAccess.MAX) {
                throw bad("\"" + field + "\": too many", list);
            }
        }
        if (values.isEmpty()) {
            throw bad("\"" + field + "\": none", list);
        }
        return List.copyOf(values);
    }

    private LimitSet limits() throws IOException, KeyStoreException {
        expect(parser.currentToken(), JsonToken.START_OBJECT, "\"limits\"", "an object {\"tokens-per-day\":...}");
        Map<LimitKind, Long> limits = new EnumMap<>(LimitKind.class);
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String field = parser.currentName();
            parser.nextToken();
            LimitKind kind = LimitKind.of(field);
            if (kind == null) {
                throw unknown(
                        field,
                        Arrays.stream(LimitKind.values()).map(LimitKind::label).collect(Collectors.joining(", ")));
            }
            limits.put(kind, once(limits.get(kind), field, limit(field)));
        }
        return limits.isEmpty() ? LimitSet.NONE : new LimitSet(limits);
    }

    private Long limit(String field) throws IOException, KeyStoreException {
        JsonToken token = parser.currentToken();
        if (token != JsonToken.VALUE_NUMBER_INT && token != JsonToken.VALUE_STRING) {
            throw bad("\"" + field + "\": " + describe(token), LIMIT);
        }
        Long limit = LimitText.parse(parser.getText());
        if (limit == null) {
            throw bad("\"" + field + "\": not a limit", LIMIT);
        }
        return limit;
    }

    private List<KeySecret> secrets() throws IOException, KeyStoreException {
        String expected = "a list of 1 to " + KeyRecord.MAX_SECRETS + " digests";
        expect(parser.currentToken(), JsonToken.START_ARRAY, "\"secrets\"", expected);
        List<KeySecret> secrets = new ArrayList<>(1);
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            secrets.add(secret());
            if (secrets.size() > KeyRecord.MAX_SECRETS) {
                throw bad("\"secrets\": too many", expected);
            }
        }
        if (secrets.isEmpty()) {
            throw bad("\"secrets\": none", expected);
        }
        return secrets;
    }

    private KeySecret secret() throws IOException, KeyStoreException {
        expect(parser.currentToken(), JsonToken.START_OBJECT, "a secret", "an object {\"sha256\":...}");
        byte[] digest = null;
        Instant until = null;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String field = parser.currentName();
            parser.nextToken();
            switch (field) {
                case "sha256" -> digest = once(digest, field, digest());
                case "until" -> until = once(until, field, time(field));
                default -> throw unknown(field, "sha256, until");
            }
        }
        return new KeySecret(required(digest, "sha256"), until);
    }

    private String id() throws IOException, KeyStoreException {
        String expected = PresentedKey.ID_LENGTH + " letters and digits";
        String id = text("id", expected);
        if (!PresentedKey.isId(id)) {
            throw bad("\"id\": not an id", expected);
        }
        return id;
    }

    private String name(String field) throws IOException, KeyStoreException {
        String name = text(field, KeyNames.EXPECTED);
        if (!KeyNames.valid(name)) {
            throw bad("\"" + field + "\": not a name", KeyNames.EXPECTED);
        }
        return name;
    }

    private String shared(String role) {
        String known = roles.putIfAbsent(role, role);
        return known == null ? role : known;
    }

    private byte[] digest() throws IOException, KeyStoreException {
        String expected = "64 hexadecimal digits";
        String hex = text("sha256", expected);
        try {
            if (hex.length() == 2 * KeyDigest.LENGTH) {
                return HexFormat.of().parseHex(hex);
            }
        } catch (IllegalArgumentException e) {
            // Reported below, without the value.
        }
        throw bad("\"sha256\": not a digest", expected);
    }

    private Instant time(String field) throws IOException, KeyStoreException {
        Instant time = UtcTime.parse(text(field, UtcTime.EXPECTED));
        if (time == null) {
            throw bad("\"" + field + "\": not such a time", UtcTime.EXPECTED);
        }
        return time;
    }

    private String text(String field, String expected) throws IOException, KeyStoreException {
        expect(parser.currentToken(), JsonToken.VALUE_STRING, "\"" + field + "\"", expected);
        return parser.getText();
    }

    private <T> T once(@Nullable T before, String field, T value) throws KeyStoreException {
        if (before != null) {
            throw bad("\"" + field + "\" appears twice in one key", "once");
        }
        return value;
    }

    private <T> T required(@Nullable T value, String field) throws KeyStoreException {
        if (value == null) {
            throw bad(
                    "no \"" + field + "\"",
                    "every key has id, name, role, created, and secrets, ssh or certificates; every secret sha256");
        }
        return value;
    }

    private void expectName(String name) throws IOException, KeyStoreException {
        if (parser.nextToken() != JsonToken.FIELD_NAME || !name.equals(parser.currentName())) {
            throw bad("\"" + name + "\" is not here", "\"version\", then \"keys\", and nothing else");
        }
    }

    private void expect(@Nullable JsonToken found, JsonToken wanted, String what, String expected)
            throws KeyStoreException {
        if (found != wanted) {
            throw bad(what + ": " + describe(found), expected);
        }
    }

    private static String describe(@Nullable JsonToken token) {
        if (token == null) {
            return "the end of the file";
        }
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "a list";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
            case VALUE_TRUE, VALUE_FALSE -> "true or false";
            case VALUE_NULL -> "null";
            default -> "something else";
        };
    }

    private KeyStoreException unknown(String field, String known) {
        return bad(
                "unknown field " + KeyNames.shown(field),
                "one of " + known + "; a newer Corral may have written this file");
    }

    private KeyStoreException bad(String found, String expected) {
        JsonLocation location = parser.currentLocation();
        return new KeyStoreException(
                Kind.BAD_FILE, file + " line " + location.getLineNr() + ": " + found + " (expected: " + expected + ")");
    }
}
