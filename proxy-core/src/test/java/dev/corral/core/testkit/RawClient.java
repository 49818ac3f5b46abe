package dev.corral.core.testkit;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * A client that sends exactly the bytes it is told and reads strictly. What the network does to it becomes an
 * {@link AssertionError} or a fact in the {@link Response}. One thread at a time; a read waits ten seconds at most.
 */
public final class RawClient implements AutoCloseable {
    private static final long CUT_PAUSE_NANOS = 300_000;

    private final Socket socket;
    private final BufferedInputStream in;
    private final WireReader reader;

    private RawClient(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream(), 32 << 10);
        this.reader = new WireReader(in);
    }

    public static RawClient connect(InetSocketAddress address) throws IOException {
        return connect(address, 0);
    }

    /**
     * Connects with a receive buffer of its own.
     *
     * @param receiveBuffer bytes; the kernel rounds small ones up. 0 for the system's choice
     */
    public static RawClient connect(InetSocketAddress address, int receiveBuffer) throws IOException {
        Socket socket = new Socket();
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) Await.LONG.toMillis());
        socket.connect(address, (int) Await.LONG.toMillis());
        return new RawClient(socket);
    }

    /** The same over a connection that is there already, such as an encrypted one. */
    public static RawClient over(Socket socket) throws IOException {
        socket.setSoTimeout((int) Await.LONG.toMillis());
        return new RawClient(socket);
    }

    /** The port on this side. */
    public int localPort() {
        return socket.getLocalPort();
    }

    public RawClient send(String text) throws IOException {
        return send(Bytes.of(text));
    }

    public RawClient send(Bytes bytes) throws IOException {
        socket.getOutputStream().write(bytes.array());
        return this;
    }

    /** Sends every byte as a segment of its own. */
    public RawClient sendByteByByte(Bytes bytes) throws IOException {
        int[] everywhere = new int[Math.max(0, bytes.size() - 1)];
        for (int i = 0; i < everywhere.length; i++) {
            everywhere[i] = i + 1;
        }
        return sendCut(bytes, everywhere);
    }

    /** Sends the bytes cut at these ascending positions, each part as a segment of its own. */
    public RawClient sendCut(Bytes bytes, int... positions) throws IOException {
        int from = 0;
        for (int position : positions) {
            send(bytes.slice(from, position));
            // Long enough for the other side to read the part alone, most of the time.
            LockSupport.parkNanos(CUT_PAUSE_NANOS);
            from = position;
        }
        return send(bytes.slice(from, bytes.size()));
    }

    /** Reads the response to anything but HEAD. */
    public Response read() throws IOException {
        return read("GET");
    }

    /**
     * Reads one final response and the interim ones before it.
     *
     * @param method of the request, because HEAD changes what follows
     * @throws AssertionError where the connection ends, or nothing comes, before a complete head
     */
    public Response read(String method) throws IOException {
        List<HttpHead> interim = new ArrayList<>();
        while (true) {
            HttpHead head = readHead();
            int status = status(head);
            if (status >= 100 && status < 200) {
                interim.add(head);
                continue;
            }
            long headNanos = System.nanoTime();
            Body body = new Body(WireReader.ofResponse(method, status, head));
            Closing.Kind brokenOff = null;
            try {
                reader.body(head, body);
            } catch (EOFException e) {
                brokenOff = Closing.Kind.FIN;
            } catch (SocketTimeoutException e) {
                throw new AssertionError("the response stopped: " + head + ", " + body, e);
            } catch (MalformedException e) {
                throw e;
            } catch (IOException e) {
                brokenOff = Closing.Kind.RST;
            }
            return new Response(status, head, headNanos, body, brokenOff, interim);
        }
    }

    /** Reads one head, be it interim or final, and nothing after it. */
    public HttpHead readHead() throws IOException {
        HttpHead head;
        try {
            head = reader.head();
        } catch (SocketTimeoutException e) {
            throw new AssertionError("no response within " + Await.LONG.toSeconds() + " s", e);
        } catch (MalformedException e) {
            throw e;
        } catch (IOException e) {
            throw new AssertionError("the connection broke before a response: " + e.getMessage(), e);
        }
        if (head == null) {
            throw new AssertionError("the connection was closed before a response");
        }
        return head;
    }

    /** Reads exactly so many bytes, whatever they mean. */
    public Bytes readBytes(int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new AssertionError("the connection was closed after " + Bytes.of(bytes));
        }
        return Bytes.of(bytes);
    }

    /**
     * Waits for the server to close.
     *
     * @throws AssertionError where it sends anything before, or does not close in time
     */
    public Closing awaitClosed(Duration within) throws IOException {
        socket.setSoTimeout((int) Math.max(1, within.toMillis()));
        try {
            int stray = in.read();
            if (stray >= 0) {
                Bytes sent = Bytes.of(new byte[] {(byte) stray}).plus(Bytes.of(in.readNBytes(in.available())));
                throw new AssertionError("bytes instead of a close: " + sent);
            }
            return new Closing(Closing.Kind.FIN, System.nanoTime());
        } catch (SocketTimeoutException e) {
            throw new AssertionError("not closed within " + within.toMillis() + " ms", e);
        } catch (IOException e) {
            return new Closing(Closing.Kind.RST, System.nanoTime());
        } finally {
            if (!socket.isClosed()) {
                socket.setSoTimeout((int) Await.LONG.toMillis());
            }
        }
    }

    /** Whether nothing at all arrives during this time: no byte, no close. */
    public boolean silentFor(Duration time) throws IOException {
        socket.setSoTimeout((int) time.toMillis());
        try {
            in.mark(1);
            in.read();
            in.reset();
            return false;
        } catch (SocketTimeoutException e) {
            return true;
        } finally {
            socket.setSoTimeout((int) Await.LONG.toMillis());
        }
    }

    /** Sends a FIN; reading goes on. */
    public void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Ends it with an RST. */
    public void rst() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** Closes: a FIN where everything received was read, else the kernel sends an RST. */
    @Override
    public void close() throws IOException {
        socket.close();
    }

    private static int status(HttpHead head) throws MalformedException {
        String line = head.startLine();
        if (!line.matches("HTTP/1\\.[01] [1-5][0-9][0-9] [\\t -~]*")) {
            throw new MalformedException("status line: " + Bytes.of(line));
        }
        return Integer.parseInt(line.substring(9, 12));
    }
}
