package dev.corral.auth.jwt;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The few things that a token says of itself and that a look at it needs, before its signature is verified: nothing that
 * lets anybody in may follow from them. Reading them takes some microseconds, whatever the token holds. Times are in
 * milliseconds since the epoch; {@code extended} means that the header names extensions; null stands for what is not there
 * or of another kind than it should be.
 */
record Stated(
        @Nullable String algorithm,
        @Nullable String key,
        boolean extended,
        @Nullable String issuer,
        @Nullable String subject,
        @Nullable Long expires,
        @Nullable Long notBefore,
        @Nullable Long issued) {
    // Each costs who verifies some microseconds; chains of certificates, the longest that is usual, have a handful.
    private static final int MAX_HEADER_VALUES = 100;

    // Beyond, there is no date that anybody means.
    private static final double MAX_SECONDS = 1e15;

    private static final JsonFactory JSON = JsonFactory.builder()
            // What strangers call things must not fill tables.
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxDocumentLength(BearerToken.MAX_LENGTH)
                    .maxNestingDepth(64)
                    .maxNumberLength(32)
                    .build())
            .build();

    /** What a text of three parts says; null where it is no signed JWT. */
    static @Nullable Stated of(String token) {
        int first = token.indexOf('.');
        int second = token.indexOf('.', first + 1);
        if (first < 0 || second < 0) {
            return null;
        }
        Reading reading = new Reading();
        try {
            reading.header(Base64.getUrlDecoder().decode(token.substring(0, first)));
            reading.claims(Base64.getUrlDecoder().decode(token.substring(first + 1, second)));
        } catch (IOException | RuntimeException e) {
            return null;
        }
        return new Stated(
                reading.algorithm,
                reading.key,
                reading.extended,
                reading.issuer,
                reading.subject,
                reading.expires,
                reading.notBefore,
                reading.issued);
    }

    private static final class Reading {
        @Nullable
        String algorithm;

        @Nullable
        String key;

        boolean extended;

        @Nullable
        String issuer;

        @Nullable
        String subject;

        @Nullable
        Long expires;

        @Nullable
        Long notBefore;

        @Nullable
        Long issued;

        void header(byte[] json) throws IOException {
            try (JsonParser parser = object(json)) {
                int values = 0;
                int depth = 0;
                while (depth >= 0) {
                    JsonToken token = parser.nextToken();
                    if (token == null || ++values > 2 * MAX_HEADER_VALUES) {
                        throw new IOException("no header, or one that is too much");
                    }
                    if (token == JsonToken.FIELD_NAME && depth == 0) {
                        String name = parser.currentName();
                        token = parser.nextToken();
                        switch (name) {
                            case "alg" -> algorithm = text(parser);
                            case "kid" -> key = text(parser);
                            case "crit" -> extended = true;
                            default -> {}
                        }
                    }
                    depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                }
                end(parser);
            }
        }

        void claims(byte[] json) throws IOException {
            try (JsonParser parser = object(json)) {
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String name = parser.currentName();
                    parser.nextToken();
                    switch (name) {
                        case "iss" -> issuer = text(parser);
                        case "sub" -> subject = text(parser);
                        case "exp" -> expires = time(parser);
                        case "nbf" -> notBefore = time(parser);
                        case "iat" -> issued = time(parser);
                        default -> {}
                    }
                    parser.skipChildren();
                }
                end(parser);
            }
        }

        private static JsonParser object(byte[] json) throws IOException {
            JsonParser parser = JSON.createParser(json);
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                parser.close();
                throw new IOException("no object");
            }
            return parser;
        }

        private static void end(JsonParser parser) throws IOException {
            if (parser.nextToken() != null) {
                throw new IOException("more than one object");
            }
        }

        private static @Nullable String text(JsonParser parser) throws IOException {
            return parser.currentToken() == JsonToken.VALUE_STRING ? parser.getText() : null;
        }

        // RFC 7519 section 2: seconds, which may have a fraction.
        private static @Nullable Long time(JsonParser parser) throws IOException {
            if (!parser.currentToken().isNumeric()) {
                return null;
            }
            double seconds = Math.max(-MAX_SECONDS, Math.min(MAX_SECONDS, parser.getDoubleValue()));
            return 1000 * (long) seconds;
        }
    }
}
