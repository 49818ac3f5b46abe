package dev.corral.core.upstream;

import dev.corral.core.spi.NanoClock;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;

/**
 * One GET on a connection of its own, blocking, with bounds on time and size: for what Corral itself asks the upstream.
 * Not thread-safe, but for {@link #close}, which breaks it off.
 */
final class BoundedGet implements AutoCloseable {
    private static final int MAX_LINE = 8 << 10;
    private static final int MAX_LINES = 100;

    private final Socket socket = new Socket();
    private final NanoClock clock;
    private final long end;
    private final byte[] buffer = new byte[8 << 10];
    private int at;
    private int filled;

    /**
     * Begins the time.
     *
     * @param within for all of it, connecting included
     */
    BoundedGet(NanoClock clock, Duration within) {
        this.clock = clock;
        this.end = clock.nanos() + within.toNanos();
    }

    /**
     * Asks.
     *
     * @return the body of an answer 200
     * @throws IOException for any other answer, a longer one, one that is cut short, or none in time
     */
    byte[] get(InetSocketAddress address, Duration connectTimeout, String authority, String path, int maxBytes)
            throws IOException {
        socket.connect(address, (int) Math.min(connectTimeout.toMillis(), millisLeft()));
        String request = "GET " + path + " HTTP/1.1\r\nHost: " + authority
                + "\r\nAccept: application/json\r\nConnection: close\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        String status = line();
        if (!status.startsWith("HTTP/1.") || !status.regionMatches(8, " 200", 0, 4)) {
            throw new IOException("not answered with 200");
        }
        return body(maxBytes);
    }

    private byte[] body(int maxBytes) throws IOException {
        long length = -1;
        boolean chunked = false;
        int lines = 0;
        for (String field = line(); !field.isEmpty(); field = line()) {
            if (++lines > MAX_LINES) {
                throw new IOException("more than " + MAX_LINES + " header fields");
            }
            int colon = field.indexOf(':');
            String name = field.substring(0, Math.max(colon, 0)).toLowerCase(Locale.ROOT);
            String value = field.substring(colon + 1).strip();
            if (name.equals("content-length")) {
                length = number(value, 10);
            } else if (name.equals("transfer-encoding")) {
                chunked = true;
                if (!value.equalsIgnoreCase("chunked")) {
                    throw new IOException("a transfer encoding that is not chunked");
                }
            }
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        if (chunked) {
            for (long size = chunkSize(); size > 0; size = chunkSize()) {
                take(body, size, maxBytes);
                if (!line().isEmpty()) {
                    throw new IOException("a chunk longer than it says");
                }
            }
        } else if (length >= 0) {
            take(body, length, maxBytes);
        } else {
            while (at < filled || fill()) {
                take(body, filled - at, maxBytes);
            }
        }
        return body.toByteArray();
    }

    private long chunkSize() throws IOException {
        String line = line();
        int extension = line.indexOf(';');
        return number(extension < 0 ? line : line.substring(0, extension), 16);
    }

    private static long number(String digits, int radix) throws IOException {
        try {
            long number = Long.parseLong(digits.strip(), radix);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new IOException("a length that is no number", e);
        }
        throw new IOException("a length below zero");
    }

    private void take(ByteArrayOutputStream body, long count, int maxBytes) throws IOException {
        if (count > maxBytes - body.size()) {
            throw new IOException("more than " + maxBytes + " bytes");
        }
        long left = count;
        while (left > 0) {
            need();
            int some = (int) Math.min(left, filled - at);
            body.write(buffer, at, some);
            at += some;
            left -= some;
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            need();
            char c = (char) (buffer[at++] & 0xff);
            if (c == '\n') {
                int last = line.length() - 1;
                return last >= 0 && line.charAt(last) == '\r' ? line.substring(0, last) : line.toString();
            }
            if (line.length() == MAX_LINE) {
                throw new IOException("a line longer than " + MAX_LINE + " bytes");
            }
            line.append(c);
        }
    }

    private void need() throws IOException {
        if (at == filled && !fill()) {
            throw new EOFException("an answer that was cut short");
        }
    }

    private boolean fill() throws IOException {
        socket.setSoTimeout(millisLeft());
        InputStream in = socket.getInputStream();
        filled = Math.max(in.read(buffer), 0);
        at = 0;
        return filled > 0;
    }

    private int millisLeft() throws SocketTimeoutException {
        long millis = Duration.ofNanos(end - clock.nanos()).toMillis();
        if (millis <= 0) {
            throw new SocketTimeoutException("no whole answer in time");
        }
        return (int) millis;
    }

    /** Closes the connection; whoever waits for it gets an exception. Any thread. */
    @Override
    public void close() throws IOException {
        socket.close();
    }
}
