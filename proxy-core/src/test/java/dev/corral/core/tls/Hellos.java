package dev.corral.core.tls;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/** First messages of handshakes, right and wrong. */
final class Hellos {
    private Hellos() {}

    /** What Java's own client says first, with the header of its record. */
    static byte[] tls13(String name, String... protocols) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, null, null);
            SSLEngine engine = context.createSSLEngine();
            engine.setUseClientMode(true);
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(name)));
            parameters.setApplicationProtocols(protocols);
            engine.setSSLParameters(parameters);
            ByteBuffer out = ByteBuffer.allocate(32 << 10);
            engine.wrap(ByteBuffer.allocate(0), out);
            return Arrays.copyOf(out.array(), out.position());
        } catch (GeneralSecurityException | SSLException e) {
            throw new AssertionError(e);
        }
    }

    /** A client of 2006, with every cipher suite of that time that has ECDHE. */
    static byte[] tls11() {
        byte[] body = new byte[2 + 32 + 1 + 2 + 4 + 2];
        body[0] = 3;
        body[1] = 2;
        int at = 34;
        body[at++] = 0;
        body[at++] = 0;
        body[at++] = 4;
        body[at++] = (byte) 0xc0;
        body[at++] = 0x09;
        body[at++] = (byte) 0xc0;
        body[at++] = 0x13;
        body[at++] = 1;
        body[at] = 0;
        return record(body);
    }

    /** What no client of TLS says. */
    static List<byte[]> strange() {
        byte[] hello = tls13("gpu.lab");
        byte[] cut = hello.clone();
        // The length of the extensions says more than there is.
        cut[cut.length - 1] ^= 0x55;
        byte[] huge = {22, 3, 1, 0x40, 0, 1, (byte) 0xff, (byte) 0xff, (byte) 0xff};
        byte[] filled = Arrays.copyOf(huge, 0x4000 + 5);
        return List.of(
                "GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
                "SSH-2.0-OpenSSH_9.2\r\n".getBytes(StandardCharsets.US_ASCII),
                new byte[] {21, 3, 1, 0, 2, 2, 40},
                new byte[] {22, 3, 1, 0, 0},
                record(new byte[] {3, 3, 1}),
                filled);
    }

    private static byte[] record(byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {22, 3, 1, (byte) (body.length + 4 >> 8), (byte) (body.length + 4)});
        out.writeBytes(new byte[] {1, 0, (byte) (body.length >> 8), (byte) body.length});
        out.writeBytes(body);
        return out.toByteArray();
    }
}
