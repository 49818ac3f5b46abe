package dev.corral.auth.key;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.SerializedString;
import dev.corral.auth.limit.LimitKind;
import dev.corral.auth.limit.LimitSet;
import dev.corral.auth.limit.LimitText;
import dev.corral.core.spi.Cidr;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes what {@link KeyFileReader} reads: one key per line, so that {@code diff} and {@code grep} are of use. */
final class KeyFileWriter {
    private static final JsonFactory JSON = new JsonFactory();

    private KeyFileWriter() {}

    /** What {@link #write} writes. */
    static byte[] bytes(List<KeyRecord> keys) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(256 * (keys.size() + 1));
        try {
            write(keys, out);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return out.toByteArray();
    }

    /** Writes and flushes; does not close the stream. */
    static void write(List<KeyRecord> keys, OutputStream out) throws IOException {
        out.write(("{\"version\":" + KeyFileReader.VERSION + ",\"keys\":[\n").getBytes(StandardCharsets.US_ASCII));
        try (JsonGenerator json = JSON.createGenerator(out).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)) {
            json.setRootValueSeparator(new SerializedString(",\n"));
            for (KeyRecord key : keys) {
                write(key, json);
            }
        }
        out.write("\n]}\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    private static void write(KeyRecord key, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", key.id());
        json.writeStringField("name", key.name());
        json.writeStringField("role", key.role());
        write("created", key.created(), json);
        write("expires", key.expires(), json);
        write("revoked", key.revoked(), json);
        write(key.limits(), json);
        secrets(key, json);
        if (!key.access().isNone()) {
            access(key.access(), json);
        }
        json.writeEndObject();
    }

    private static void access(KeyAccess access, JsonGenerator json) throws IOException {
        List<SshPublicKey> sshKeys = access.sshKeys();
        texts("ssh", sshKeys.stream().map(SshPublicKey::text).toList(), json);
        texts("certificates", access.certificates(), json);
        List<Cidr> ranges = access.allowFrom().ranges();
        texts("allow-from", ranges.stream().map(Cidr::toString).toList(), json);
    }

    private static void secrets(KeyRecord key, JsonGenerator json) throws IOException {
        if (key.secrets().isEmpty()) {
            return;
        }
        json.writeArrayFieldStart("secrets");
        for (KeySecret secret : key.secrets()) {
            json.writeStartObject();
            json.writeStringField("sha256", secret.hex());
            write("until", secret.until(), json);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void texts(String field, List<String> texts, JsonGenerator json) throws IOException {
        if (texts.isEmpty()) {
            return;
        }
        json.writeArrayFieldStart(field);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }

    // Left out where nothing is said, so that an older Corral reads what it understands.
    private static void write(LimitSet limits, JsonGenerator json) throws IOException {
        if (limits.said().isEmpty()) {
            return;
        }
        json.writeObjectFieldStart("limits");
        for (Map.Entry<LimitKind, Long> limit : limits.said().entrySet()) {
            if (limit.getValue() == LimitSet.UNLIMITED) {
                json.writeStringField(limit.getKey().label(), LimitText.format(LimitSet.UNLIMITED));
            } else {
                json.writeNumberField(limit.getKey().label(), limit.getValue());
            }
        }
        json.writeEndObject();
    }

    private static void write(String field, @Nullable Instant time, JsonGenerator json) throws IOException {
        if (time != null) {
            json.writeStringField(field, time.toString());
        }
    }
}
