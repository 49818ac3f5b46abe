package dev.corral.server.connect;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/** Writes private keys as OpenSSH does, so that none has to be kept. */
final class SshKeys {
    /** The bytes 0 to 31, as in the vectors. */
    static final byte[] SEED = seed();

    /** What belongs to {@link #SEED}. */
    static final byte[] POINT =
            Base64.getDecoder().decode("AAAAC3NzaC1lZDI1NTE5AAAAIAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4");

    private SshKeys() {}

    private static byte[] seed() {
        byte[] bytes = new byte[32];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }

    /** A whole file. */
    static String file(String cipher, String type, byte[] seed, byte[] publicBlob) {
        byte[] section = bytes(out -> {
            out.writeInt(0x01020304);
            out.writeInt(0x01020304);
            string(out, type);
            string(out, new byte[32]);
            byte[] both = Arrays.copyOf(seed, 64);
            string(out, both);
            string(out, "somebody@somewhere");
            out.write(new byte[] {1, 2, 3, 4, 5});
        });
        byte[] all = bytes(out -> {
            out.write("openssh-key-v1\0".getBytes(StandardCharsets.US_ASCII));
            string(out, cipher);
            string(out, cipher.equals("none") ? "none" : "bcrypt");
            string(out, "");
            out.writeInt(1);
            string(out, publicBlob);
            string(out, section);
        });
        return "-----BEGIN OPENSSH PRIVATE KEY-----\n"
                + Base64.getMimeEncoder(70, new byte[] {'\n'}).encodeToString(all)
                + "\n-----END OPENSSH PRIVATE KEY-----\n";
    }

    static byte[] blob(String type) {
        return bytes(out -> {
            string(out, type);
            string(out, new byte[32]);
        });
    }

    private interface Writing {
        void to(DataOutputStream out) throws IOException;
    }

    private static byte[] bytes(Writing writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            writing.to(new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void string(DataOutputStream out, String text) throws IOException {
        string(out, text.getBytes(StandardCharsets.US_ASCII));
    }

    private static void string(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }
}
