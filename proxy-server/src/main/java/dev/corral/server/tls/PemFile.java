package dev.corral.server.tls;

import dev.corral.auth.key.AtomicFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text file with certificates or keys between lines that say so (RFC 7468).
 *
 * @param path where it was read
 * @param content its bytes
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record PemFile(Path path, byte[] content) {
    /** A block. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Block(String label, byte[] der) {}

    // Ten certificates with large keys have 30 KiB.
    static final int MOST = 1 << 20;
    private static final Pattern BEGIN = Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----");
    private static final String CERTIFICATE = "CERTIFICATE";

    static PemFile read(Path path) throws PemException {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] content = in.readNBytes(MOST + 1);
            if (content.length > MOST) {
                throw new PemException(path, "longer than 1 MiB (expected: a PEM file)", null);
            }
            return new PemFile(path, content);
        } catch (NoSuchFileException e) {
            throw new PemException(path, "does not exist (expected: a PEM file)", e);
        } catch (AccessDeniedException e) {
            throw new PemException(
                    path,
                    "must not be read by the user that Corral runs as, " + System.getProperty("user.name")
                            + " (expected: a readable PEM file)",
                    e);
        } catch (IOException e) {
            throw new PemException(path, "cannot be read (" + AtomicFile.reason(e) + ")", e);
        }
    }

    /** All certificates in it, at least one. */
    List<X509Certificate> certificates() throws PemException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Block block : blocks()) {
            if (block.label().equals(CERTIFICATE)) {
                certificates.add(certificate(block.der()));
            }
        }
        if (certificates.isEmpty()) {
            throw new PemException(path, "no certificate in it (expected: -----BEGIN CERTIFICATE-----)", null);
        }
        return certificates;
    }

    /** The private key in it. */
    PrivateKey key() throws PemException {
        for (Block block : blocks()) {
            if (block.label().equals("ENCRYPTED PRIVATE KEY")) {
                throw new PemException(
                        path,
                        "the key is encrypted (expected: one without a password, as `openssl pkey -in FILE -out NEW` makes)",
                        null);
            }
            if (block.label().endsWith("PRIVATE KEY")) {
                return PemKeys.read(path, block.label(), block.der());
            }
        }
        throw new PemException(path, "no private key in it (expected: -----BEGIN PRIVATE KEY-----)", null);
    }

    private X509Certificate certificate(byte[] der) throws PemException {
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der));
        } catch (CertificateException e) {
            throw new PemException(path, "a certificate in it is malformed", e);
        }
    }

    private List<Block> blocks() throws PemException {
        String text = new String(content, StandardCharsets.ISO_8859_1);
        List<Block> blocks = new ArrayList<>();
        Matcher begin = BEGIN.matcher(text);
        int from = 0;
        while (begin.find(from)) {
            String label = begin.group(1);
            int end = text.indexOf("-----END " + label + "-----", begin.end());
            if (end < 0) {
                throw new PemException(path, "-----BEGIN " + label + "----- has no end", null);
            }
            blocks.add(new Block(label, der(label, text.substring(begin.end(), end))));
            from = end;
        }
        return blocks;
    }

    private byte[] der(String label, String body) throws PemException {
        if (body.contains("Proc-Type: 4,ENCRYPTED")) {
            throw new PemException(
                    path,
                    "the key is encrypted (expected: one without a password, as `openssl pkey -in FILE -out NEW` makes)",
                    null);
        }
        try {
            return Base64.getMimeDecoder().decode(body.replaceAll("[\\r\\n\\t ]", ""));
        } catch (IllegalArgumentException e) {
            throw new PemException(path, "what follows -----BEGIN " + label + "----- is not Base64", e);
        }
    }
}
