package dev.corral.server.tls;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Private keys in the three forms that tools write: PKCS #8, and the older ones of RSA (PKCS #1) and EC (SEC 1). */
final class PemKeys {
    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 0x04;
    private static final int OBJECT_ID = 0x06;
    private static final int PARAMETERS = 0xa0;
    private static final byte[] VERSION_0 = {2, 1, 0};
    // rsaEncryption, 1.2.840.113549.1.1.1, and its parameters, which are none.
    private static final byte[] RSA = {6, 9, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 1, 1, 1, 5, 0};
    // id-ecPublicKey, 1.2.840.10045.2.1.
    private static final byte[] EC = {6, 7, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 2, 1};

    private PemKeys() {}

    /**
     * A key.
     *
     * @param label what stands after BEGIN
     */
    static PrivateKey read(Path path, String label, byte[] der) throws PemException {
        byte[] pkcs8 = switch (label) {
            case "PRIVATE KEY" -> der;
            case "RSA PRIVATE KEY" -> wrap(RSA, der);
            case "EC PRIVATE KEY" -> wrap(join(EC, curve(path, der)), der);
            default ->
                throw new PemException(
                        path, "a " + label + " (expected: PRIVATE KEY, RSA PRIVATE KEY, EC PRIVATE KEY)", null);
        };
        for (String algorithm : List.of("RSA", "EC")) {
            PrivateKey key = parse(algorithm, pkcs8);
            if (key != null) {
                return key;
            }
        }
        throw new PemException(path, "the key is malformed, or neither RSA nor EC (expected: one of these)", null);
    }

    private static @Nullable PrivateKey parse(String algorithm, byte[] pkcs8) throws PemException {
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (InvalidKeySpecException e) {
            return null;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Java knows no " + algorithm, e);
        }
    }

    private static byte[] wrap(byte[] algorithm, byte[] key) {
        return tagged(SEQUENCE, join(VERSION_0, tagged(SEQUENCE, algorithm), tagged(OCTETS, key)));
    }

    /** The name of the curve, as it stands in the [0] of SEC 1, section C.4. */
    private static byte[] curve(Path path, byte[] sec1) throws PemException {
        for (int i = 0; i + 3 < sec1.length; i++) {
            int length = sec1[i + 3];
            if ((sec1[i] & 0xff) == PARAMETERS
                    && sec1[i + 2] == OBJECT_ID
                    && sec1[i + 1] == length + 2
                    && length > 0
                    && i + 4 + length <= sec1.length) {
                byte[] name = new byte[length + 2];
                System.arraycopy(sec1, i + 2, name, 0, name.length);
                return name;
            }
        }
        throw new PemException(path, "an EC key without the name of its curve (expected: such as P-256)", null);
    }

    private static byte[] tagged(int tag, byte[] content) {
        int length = content.length;
        byte[] head = length < 0x80
                ? new byte[] {(byte) tag, (byte) length}
                : length < 0x100
                        ? new byte[] {(byte) tag, (byte) 0x81, (byte) length}
                        : new byte[] {(byte) tag, (byte) 0x82, (byte) (length >> 8), (byte) length};
        return join(head, content);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
