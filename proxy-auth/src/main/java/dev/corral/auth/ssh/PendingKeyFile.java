package dev.corral.auth.ssh;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.SerializedString;
import dev.corral.auth.key.AtomicFile;
import dev.corral.auth.key.KeyStoreException;
import dev.corral.auth.key.KeyStoreException.Kind;
import dev.corral.auth.key.SshPublicKey;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The keys that wait, as the server leaves them for the commands and for its next run: {@code {"version":1,"pending":[…]}},
 * one key to a line. Blocks, so never an event loop.
 */
public final class PendingKeyFile {
    private static final int VERSION = 1;
    private static final String EXPECTED =
            "{\"version\":1,\"pending\":[...]} as Corral writes it; the file may be deleted";

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxDocumentLength(1 << 20)
                    .maxNestingDepth(4)
                    .maxStringLength(128)
                    .maxNameLength(32)
                    .build())
            .build();

    private PendingKeyFile() {}

    /** Where it lies. */
    public static Path in(Path stateDirectory) {
        return stateDirectory.resolve("pending-keys.json");
    }

    /**
     * Replaces the file; for the owner only.
     *
     * @throws KeyStoreException of kind IO; the old file is untouched
     */
    static void write(Path file, List<PendingKey> keys) throws KeyStoreException {
        AtomicFile.replace(file, out -> write(keys, out));
    }

    private static void write(List<PendingKey> keys, OutputStream out) throws IOException {
        out.write(("{\"version\":" + VERSION + ",\"pending\":[\n").getBytes(StandardCharsets.US_ASCII));
        try (JsonGenerator json = JSON.createGenerator(out).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)) {
            json.setRootValueSeparator(new SerializedString(",\n"));
            for (PendingKey key : keys) {
                json.writeStartObject();
                json.writeStringField("key", key.key().text());
                json.writeStringField("address", key.address());
                json.writeStringField("first", key.first().toString());
                json.writeStringField("last", key.last().toString());
                json.writeNumberField("requests", key.requests());
                json.writeEndObject();
            }
        }
        out.write("\n]}\n".getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * What is in the file; nobody where there is none.
     *
     * @throws KeyStoreException of kind BAD_FILE or IO
     */
    public static List<PendingKey> read(Path file) throws KeyStoreException {
        try (InputStream in = Files.newInputStream(file);
                JsonParser parser = JSON.createParser(in)) {
            return keys(parser);
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (JsonProcessingException | BadContentException e) {
            throw new KeyStoreException(Kind.BAD_FILE, file + ": not what was expected (expected: " + EXPECTED + ")");
        } catch (IOException e) {
            throw new KeyStoreException(Kind.IO, "cannot read " + file + ": " + AtomicFile.reason(e), e);
        }
    }

    private static List<PendingKey> keys(JsonParser parser) throws IOException, BadContentException {
        check(parser.nextToken() == JsonToken.START_OBJECT && "version".equals(parser.nextFieldName()));
        check(parser.nextIntValue(0) == VERSION && "pending".equals(parser.nextFieldName()));
        check(parser.nextToken() == JsonToken.START_ARRAY);
        List<PendingKey> keys = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            keys.add(key(parser));
        }
        check(parser.nextToken() == JsonToken.END_OBJECT && parser.nextToken() == null);
        return keys;
    }

    private static PendingKey key(JsonParser parser) throws IOException, BadContentException {
        check(parser.currentToken() == JsonToken.START_OBJECT);
        SshPublicKey key = SshPublicKey.parse(text("key", parser));
        if (key == null) {
            throw new BadContentException();
        }
        PendingKey pending = new PendingKey(
                key, text("address", parser), time("first", parser), time("last", parser), number("requests", parser));
        check(parser.nextToken() == JsonToken.END_OBJECT);
        return pending;
    }

    private static String text(String field, JsonParser parser) throws IOException, BadContentException {
        check(field.equals(parser.nextFieldName()));
        String text = parser.nextTextValue();
        if (text == null) {
            throw new BadContentException();
        }
        return text;
    }

    private static Instant time(String field, JsonParser parser) throws IOException, BadContentException {
        try {
            return Instant.parse(text(field, parser));
        } catch (DateTimeException e) {
            throw new BadContentException();
        }
    }

    private static long number(String field, JsonParser parser) throws IOException, BadContentException {
        check(field.equals(parser.nextFieldName()));
        return parser.nextLongValue(0);
    }

    private static void check(boolean good) throws BadContentException {
        if (!good) {
            throw new BadContentException();
        }
    }

    /** Reported with the name of the file, and without what is in it. */
    private static final class BadContentException extends Exception {
        private static final long serialVersionUID = 1L;
    }
}
