package dev.corral.server.tls.acme;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.core.tls.CertificateBundle;
import dev.corral.server.tls.store.KeyPairs;
import dev.corral.server.tls.store.Pem;
import dev.corral.server.tls.store.PrivateFile;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is kept of one authority: the account's key, the certificate with its key, and the latest attempts. Each is a file
 * that is replaced at once, so that a crash leaves the old one or the new one.
 */
final class AcmeStore {
    private static final Logger LOG = LoggerFactory.getLogger(AcmeStore.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FAILURES = "failures";
    private static final String LAST = "last";
    private static final String RETRY_AFTER = "retry-after";

    private final Path account;
    private final Path certificate;
    private final Path attempts;

    /**
     * Touches no file yet.
     *
     * @param directory for all authorities; each has one of its own below it
     */
    AcmeStore(Path directory, URI authority) {
        Path own = directory.resolve(name(authority));
        account = own.resolve("account.pem");
        certificate = own.resolve("certificate.pem");
        attempts = own.resolve("attempts.json");
    }

    /** The account's key; made where there is none. */
    KeyPair accountKey() throws IOException {
        String text = PrivateFile.read(account);
        try {
            if (text != null) {
                return Pem.keyPair(text);
            }
            KeyPair made = KeyPairs.generate();
            PrivateFile.write(account, Pem.text(made));
            return made;
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    account + ": " + e.getMessage() + " (expected: the account's key; put back a copy, or remove it to"
                            + " have a new account)",
                    e);
        }
    }

    /** The certificate; null where there is none that can be used. */
    @Nullable
    CertificateBundle certificate() throws IOException {
        String text = PrivateFile.read(certificate);
        if (text == null) {
            return null;
        }
        try {
            return Pem.bundle(text);
        } catch (GeneralSecurityException e) {
            LOG.error("{}: {}; a new certificate is asked for", certificate, e.getMessage());
            return null;
        }
    }

    void certificate(CertificateBundle bundle) throws IOException {
        PrivateFile.write(certificate, Pem.text(bundle));
    }

    Attempts attempts() throws IOException {
        String text = PrivateFile.read(attempts);
        if (text == null) {
            return Attempts.NONE;
        }
        try {
            JsonNode json = JSON.readTree(text);
            return new Attempts(
                    Math.max(0, json.path(FAILURES).asInt()), instant(json, LAST), instant(json, RETRY_AFTER));
        } catch (JsonProcessingException e) {
            LOG.warn("{}: {}; taken for none", attempts, e.getOriginalMessage());
        } catch (DateTimeException e) {
            LOG.warn("{}: {}; taken for none", attempts, e.getMessage());
        }
        return Attempts.NONE;
    }

    void attempts(Attempts latest) throws IOException {
        ObjectNode json = JSON.createObjectNode().put(FAILURES, latest.failures());
        put(json, LAST, latest.last());
        put(json, RETRY_AFTER, latest.retryAfter());
        PrivateFile.write(attempts, json + "\n");
    }

    private static void put(ObjectNode json, String name, @Nullable Instant time) {
        if (time != null) {
            json.put(name, time.toString());
        }
    }

    private static @Nullable Instant instant(JsonNode json, String name) {
        return json.path(name).isTextual() ? Instant.parse(json.path(name).textValue()) : null;
    }

    // Two authorities may be on one host, as the real one and the one for tests.
    private static String name(URI authority) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(authority.toString().getBytes(StandardCharsets.UTF_8));
            String host = String.valueOf(authority.getHost()).replaceAll("[^A-Za-z0-9.-]", "_");
            return host + "-" + HexFormat.of().formatHex(digest, 0, 4);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
