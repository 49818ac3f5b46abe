package dev.corral.core.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the fake upstream and the verbs of its script. The verbs belong to the script's thread; the facts
 * ({@link #closing}, {@link #received}) to everybody.
 */
public final class FakeConnection {
    private final FakeOllama server;
    private final int number;
    private final Socket socket;
    private final Inbox inbox;
    private final WireReader reader;
    private final CountDownLatch over = new CountDownLatch(1);
    private final AtomicLong sent = new AtomicLong();
    private @Nullable SeenRequest current;

    FakeConnection(FakeOllama server, int number, Socket socket) {
        this.server = server;
        this.number = number;
        this.socket = socket;
        this.inbox = new Inbox(socket, closing -> over.countDown());
        this.reader = new WireReader(inbox);
    }

    /** Its place in the order of accepting, from 0. */
    public int number() {
        return number;
    }

    /** The other end's port: tells connections apart across restarts. */
    public int peerPort() {
        return socket.getPort();
    }

    /** How and when it ended; null while it has not. */
    public @Nullable Closing closing() {
        return inbox.closing();
    }

    /** Bytes taken from the socket so far. */
    public long received() {
        return inbox.received();
    }

    /** Bytes that the kernel has taken from the script so far. */
    public long sent() {
        return sent.get();
    }

    /** Answers request after request until the peer leaves or the answer to one closes the connection. */
    public void serve() throws IOException, InterruptedException {
        for (SeenRequest request = nextHead(); request != null; request = nextHead()) {
            if (server.isProbe(request)) {
                Answer.json(200, "{\"version\":\"0.0.0\"}").answer(this, request);
                continue;
            }
            server.answerFor(request).answer(this, request);
            if (socket.isClosed() || socket.isOutputShutdown()) {
                return;
            }
            readBody();
        }
    }

    /** Waits for the next request's head; null where the peer closes instead. */
    public @Nullable SeenRequest nextHead() throws IOException {
        HttpHead head = reader.head();
        if (head == null) {
            return null;
        }
        SeenRequest request = server.record(this, head, new Body(WireReader.ofRequest(head)));
        current = request;
        return request;
    }

    /** Waits for the next request's head; a close instead ends the script. */
    public SeenRequest expectHead() throws IOException {
        SeenRequest request = nextHead();
        if (request == null) {
            throw new EOFException("no further request");
        }
        return request;
    }

    /** Reads what is left of the current request's body; tells framing and bytes. */
    public Body readBody() throws IOException {
        SeenRequest request = current();
        if (!request.body().complete()) {
            reader.body(request.head(), request.body());
        }
        return request.body();
    }

    public FakeConnection send(String text) throws IOException {
        return send(Bytes.of(text));
    }

    public FakeConnection send(Bytes bytes) throws IOException {
        socket.getOutputStream().write(bytes.array());
        sent.addAndGet(bytes.size());
        return this;
    }

    /** Sends a status line and these fields, such as {@code "Content-Length: 5"}. */
    public FakeConnection sendHead(int status, String... fields) throws IOException {
        StringBuilder head = new StringBuilder("HTTP/1.1 ")
                .append(status)
                .append(' ')
                .append(reason(status))
                .append("\r\n");
        for (String field : fields) {
            head.append(field).append("\r\n");
        }
        return send(head.append("\r\n").toString());
    }

    public FakeConnection sendChunk(String text) throws IOException {
        return send(Integer.toHexString(text.getBytes(UTF_8).length) + "\r\n" + text + "\r\n");
    }

    public FakeConnection sendChunk(Bytes bytes) throws IOException {
        return send(
                Bytes.of(Integer.toHexString(bytes.size()) + "\r\n").plus(bytes).plus(Bytes.of("\r\n")));
    }

    public FakeConnection sendLastChunk() throws IOException {
        return send("0\r\n\r\n");
    }

    /** A whole response with its length; no body at all where the text is empty. */
    public FakeConnection respond(int status, String contentType, String body) throws IOException {
        int length = body.getBytes(UTF_8).length;
        return send("HTTP/1.1 " + status + " " + reason(status) + "\r\nContent-Type: " + contentType
                + "\r\nContent-Length: " + length + "\r\n\r\n" + body);
    }

    /** Answers before the body is read. */
    public FakeConnection early(int status) throws IOException {
        return respond(status, "application/json", "{\"error\":\"early\"}");
    }

    /** An interim response, such as 103. */
    public FakeConnection interim(int status, String... fields) throws IOException {
        return sendHead(status, fields);
    }

    /** Sends byte after byte, waiting between them. */
    public FakeConnection dribble(String text, Duration interval) throws IOException, InterruptedException {
        for (byte b : text.getBytes(UTF_8)) {
            send(Bytes.of(new byte[] {b}));
            pause(interval);
        }
        return this;
    }

    /** Lets time pass, but stops at once when the connection ends. */
    public FakeConnection pause(Duration time) throws InterruptedException, EOFException {
        if (over.await(time.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new EOFException("the connection ended during a pause");
        }
        return this;
    }

    /** Sends bytes that belong to no response; call it when the last one is finished. */
    public FakeConnection garbageWhenIdle(String bytes) throws IOException {
        return send(bytes);
    }

    /** Takes nothing more from the socket, so that the peer's sending stalls. */
    public FakeConnection stopReading() {
        inbox.pause();
        return this;
    }

    public FakeConnection startReading() {
        inbox.resume();
        return this;
    }

    /** Waits until the peer closes; what it sends before that is dropped. */
    public Closing awaitEnd() throws IOException, InterruptedException {
        return inbox.awaitEnd();
    }

    /** Ends it with an RST, at once. */
    public void rst() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** Sends a FIN; the other direction stays open. */
    public void fin() throws IOException {
        socket.shutdownOutput();
    }

    /** Closes: a FIN where everything received was read, else the kernel sends an RST. */
    public void close() throws IOException {
        socket.close();
    }

    void pump() {
        inbox.pump();
    }

    private SeenRequest current() {
        if (current == null) {
            throw new IllegalStateException("no request has been read on this connection");
        }
        return current;
    }

    private static String reason(int status) {
        return switch (status) {
            case 100 -> "Continue";
            case 103 -> "Early Hints";
            case 200 -> "OK";
            case 204 -> "No Content";
            case 304 -> "Not Modified";
            case 404 -> "Not Found";
            case 500 -> "Internal Server Error";
            default -> "Status";
        };
    }

    @Override
    public String toString() {
        return "connection " + number + (closing() == null ? ", open" : ", ended " + closing());
    }
}
