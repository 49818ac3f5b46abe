package dev.corral.core.tls;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;

/** Remembers what came over the wire. */
final class RecordingSocket extends Socket {
    private final ByteArrayOutputStream came = new ByteArrayOutputStream();

    RecordingSocket(InetSocketAddress address) throws IOException {
        super(address.getAddress(), address.getPort());
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return new FilterInputStream(super.getInputStream()) {
            @Override
            public int read() throws IOException {
                int one = super.read();
                if (one >= 0) {
                    came.write(one);
                }
                return one;
            }

            @Override
            public int read(byte[] into, int from, int length) throws IOException {
                int count = super.read(into, from, length);
                came.write(into, from, Math.max(count, 0));
                return count;
            }
        };
    }

    /** The type of the last whole record (RFC 8446 section 5.1). */
    int lastRecord() {
        byte[] bytes = came.toByteArray();
        int type = -1;
        int at = 0;
        while (at + 5 <= bytes.length) {
            int length = (bytes[at + 3] & 0xff) << 8 | bytes[at + 4] & 0xff;
            if (at + 5 + length <= bytes.length) {
                type = bytes[at];
            }
            at += 5 + length;
        }
        return type;
    }
}
