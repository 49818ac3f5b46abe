package dev.corral.server.connect;

import dev.corral.server.connect.ConnectException.Reason;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A pair of Ed25519 keys as {@code ssh-keygen} and Ollama keep it: the file format of OpenSSH's {@code PROTOCOL.key},
 * without a passphrase. Any thread.
 */
final class OpenSshKey {
    private static final String BEGIN = "-----BEGIN OPENSSH PRIVATE KEY-----";
    private static final String END = "-----END OPENSSH PRIVATE KEY-----";
    private static final byte[] MAGIC = "openssh-key-v1\0".getBytes(StandardCharsets.US_ASCII);
    private static final String TYPE = "ssh-ed25519";
    private static final int KEY_BYTES = 32;
    // RFC 8410: what stands before the 32 bytes of a key in the encodings that Java reads.
    private static final byte[] PKCS8 = HexFormat.of().parseHex("302e020100300506032b657004220420");
    private static final byte[] X509 = HexFormat.of().parseHex("302a300506032b6570032100");

    private final PrivateKey key;
    // The public half as SSH writes it (RFC 8709 section 4).
    private final byte[] publicBlob;

    private OpenSshKey(PrivateKey key, byte[] publicBlob) {
        this.key = key;
        this.publicBlob = publicBlob;
    }

    static OpenSshKey read(Path file) throws ConnectException {
        String text = SecretFile.read(
                file,
                "the SSH key",
                "Ollama makes it when it first serves; or make one: ssh-keygen -t ed25519 -N '' -f " + file);
        return parse(text, file);
    }

    static OpenSshKey parse(String text, Path file) throws ConnectException {
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END);
        if (begin < 0 || end < begin) {
            throw bad(
                    file,
                    text.contains("PRIVATE KEY-----")
                            ? "it is in another format (do: ssh-keygen -p -N '' -f " + file + ")"
                            : "it is no private key",
                    null);
        }
        try {
            byte[] bytes = Base64.getMimeDecoder().decode(text.substring(begin + BEGIN.length(), end));
            OpenSshKey pair = decode(ByteBuffer.wrap(bytes), file);
            pair.check(file);
            return pair;
        } catch (IllegalArgumentException | BufferUnderflowException | GeneralSecurityException e) {
            throw bad(file, "it is damaged", e);
        }
    }

    private static OpenSshKey decode(ByteBuffer in, Path file) throws ConnectException, GeneralSecurityException {
        byte[] magic = new byte[MAGIC.length];
        in.get(magic);
        if (!Arrays.equals(magic, MAGIC)) {
            throw new IllegalArgumentException("magic");
        }
        String cipher = ascii(string(in));
        string(in);
        string(in);
        int keys = in.getInt();
        if (!cipher.equals("none")) {
            throw bad(
                    file,
                    "it is protected by a passphrase, which nobody could type while this runs; make one for this alone:"
                            + " ssh-keygen -t ed25519 -N '' -f NEWFILE, and name it: --sign-with NEWFILE",
                    null);
        }
        if (keys != 1) {
            throw new IllegalArgumentException("number of keys");
        }
        byte[] blob = string(in);
        String type = ascii(string(ByteBuffer.wrap(blob)));
        if (!type.equals(TYPE)) {
            throw bad(file, "it is of another type than ed25519, the only one that is signed with here", null);
        }
        ByteBuffer section = ByteBuffer.wrap(string(in));
        int check = section.getInt();
        if (section.getInt() != check || !ascii(string(section)).equals(TYPE)) {
            throw new IllegalArgumentException("private section");
        }
        string(section);
        byte[] both = string(section);
        if (both.length != 2 * KEY_BYTES) {
            throw new IllegalArgumentException("key length");
        }
        byte[] encoded = Arrays.copyOf(PKCS8, PKCS8.length + KEY_BYTES);
        System.arraycopy(both, 0, encoded, PKCS8.length, KEY_BYTES);
        return new OpenSshKey(
                KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(encoded)), blob);
    }

    /** A pair whose halves do not belong together would be refused everywhere, and nobody would know why. */
    private void check(Path file) throws ConnectException, GeneralSecurityException {
        ByteBuffer in = ByteBuffer.wrap(publicBlob);
        string(in);
        byte[] point = string(in);
        if (point.length != KEY_BYTES || in.hasRemaining()) {
            throw new IllegalArgumentException("public key");
        }
        byte[] encoded = Arrays.copyOf(X509, X509.length + KEY_BYTES);
        System.arraycopy(point, 0, encoded, X509.length, KEY_BYTES);
        PublicKey open = KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
        Signature verifier = Signature.getInstance("Ed25519");
        verifier.initVerify(open);
        verifier.update(MAGIC);
        if (!verifier.verify(sign(MAGIC))) {
            throw bad(file, "its private and its public half do not belong together", null);
        }
    }

    byte[] sign(byte[] text) throws GeneralSecurityException {
        Signature signer = Signature.getInstance("Ed25519");
        signer.initSign(key);
        signer.update(text);
        return signer.sign();
    }

    /** The middle of the line that {@code authorized_keys} has. */
    String publicText() {
        return Base64.getEncoder().encodeToString(publicBlob);
    }

    /** As {@code ssh-keygen -l} prints it. */
    String fingerprint() throws GeneralSecurityException {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(publicBlob);
        return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(digest);
    }

    private static byte[] string(ByteBuffer in) {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    private static String ascii(byte[] bytes) {
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    private static ConnectException bad(Path file, String what, @Nullable Throwable cause) {
        return new ConnectException(Reason.BAD_FILE, "the SSH key " + file + " cannot be used: " + what, cause);
    }
}
