package dev.corral.auth.key;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An Ed25519 public key as OpenSSH writes it: the base64 of {@code string "ssh-ed25519"}, {@code string key} (RFC 8709
 * section 4). No secret. Immutable, any thread.
 */
public final class SshPublicKey {
    /** The only kind of key that the {@code ollama} command has. */
    public static final String TYPE = "ssh-ed25519";

    /** How the text of every such key begins. */
    public static final String TEXT_PREFIX = "AAAAC3NzaC1lZDI1NTE5AAAAI";

    /** How long the text of every such key is. */
    public static final int TEXT_LENGTH = 68;

    private static final int KEY_LENGTH = 32;
    private static final byte[] HEAD = head();

    // Points of order 8 or less, without the sign of x: everybody can sign for them (RFC 7748 section 6; y and p + y).
    private static final Set<String> WEAK = Set.of(
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0100000000000000000000000000000000000000000000000000000000000000",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");

    private final byte[] key;

    private SshPublicKey(byte[] key) {
        this.key = key;
    }

    /**
     * Reads what stands behind {@code ssh-ed25519} in a line of {@code authorized_keys}.
     *
     * @return null where the text is anything else, also a key for which everybody can sign; never throws, whatever the text
     */
    public static @Nullable SshPublicKey parse(String text) {
        if (text.length() != TEXT_LENGTH || !text.startsWith(TEXT_PREFIX)) {
            return null;
        }
        byte[] blob = Base64Text.decode(text, 0);
        if (blob == null || blob.length != HEAD.length + KEY_LENGTH || !startsWithHead(blob)) {
            return null;
        }
        byte[] key = Arrays.copyOfRange(blob, HEAD.length, blob.length);
        return weak(key) ? null : new SshPublicKey(key);
    }

    /** The key with these 32 bytes (RFC 8032 section 5.1.5); takes a copy. */
    public static SshPublicKey of(byte[] raw) {
        if (raw.length != KEY_LENGTH) {
            throw new IllegalArgumentException("an Ed25519 key of " + raw.length + " bytes (expected: 32)");
        }
        return new SshPublicKey(raw.clone());
    }

    private static boolean weak(byte[] key) {
        byte[] y = key.clone();
        y[KEY_LENGTH - 1] &= 0x7F;
        return WEAK.contains(HexFormat.of().formatHex(y));
    }

    private static byte[] head() {
        byte[] head = new byte[4 + TYPE.length() + 4];
        head[3] = (byte) TYPE.length();
        System.arraycopy(TYPE.getBytes(StandardCharsets.US_ASCII), 0, head, 4, TYPE.length());
        head[head.length - 1] = KEY_LENGTH;
        return head;
    }

    private static boolean startsWithHead(byte[] blob) {
        return Arrays.equals(blob, 0, HEAD.length, HEAD, 0, HEAD.length);
    }

    /** The 32 bytes of RFC 8032; a copy. */
    public byte[] raw() {
        return key.clone();
    }

    /** As in the middle of a line of {@code authorized_keys}: {@code AAAAC3NzaC1lZDI1NTE5AAAAI…}. */
    public String text() {
        return Base64.getEncoder().encodeToString(blob());
    }

    /** What {@code ssh-keygen -lf} prints: {@code SHA256:} and 43 characters. */
    public String fingerprint() {
        return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(KeyDigest.of(blob()));
    }

    private byte[] blob() {
        byte[] blob = Arrays.copyOf(HEAD, HEAD.length + KEY_LENGTH);
        System.arraycopy(key, 0, blob, HEAD.length, KEY_LENGTH);
        return blob;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SshPublicKey same && Arrays.equals(same.key, key);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(key);
    }

    @Override
    public String toString() {
        return fingerprint();
    }
}
