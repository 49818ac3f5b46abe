package dev.corral.core.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a socket on a thread of its own, so that its end is noticed and timed at once, whatever the script is doing.
 * Holds a bounded amount and then leaves the rest to the kernel, as a slow server does.
 */
final class Inbox extends InputStream {
    private static final int MOST = 256 << 10;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Socket socket;
    private final Consumer<Closing> ended;
    private final Deque<byte[]> waiting = new ArrayDeque<>();
    private int held;
    private int offset;
    private long received;
    private boolean paused;
    private @Nullable Closing closing;

    Inbox(Socket socket, Consumer<Closing> ended) {
        this.socket = socket;
        this.ended = ended;
    }

    /** The work of the reading thread: until the connection ends. */
    void pump() {
        byte[] buffer = new byte[32 << 10];
        Closing.Kind kind;
        try {
            InputStream in = socket.getInputStream();
            while (true) {
                awaitRoom();
                int read = in.read(buffer);
                if (read < 0) {
                    kind = Closing.Kind.FIN;
                    break;
                }
                add(Arrays.copyOf(buffer, read));
            }
        } catch (IOException e) {
            kind = socket.isClosed() ? Closing.Kind.LOCAL : Closing.Kind.RST;
        } catch (InterruptedException e) {
            kind = Closing.Kind.LOCAL;
        }
        Closing end = new Closing(kind, System.nanoTime());
        synchronized (this) {
            closing = end;
            notifyAll();
        }
        ended.accept(end);
    }

    private synchronized void awaitRoom() throws InterruptedException {
        while ((held >= MOST || paused) && !socket.isClosed()) {
            wait(50);
        }
    }

    private synchronized void add(byte[] bytes) {
        waiting.add(bytes);
        held += bytes.length;
        received += bytes.length;
        notifyAll();
    }

    /** Leaves everything that comes to the kernel; after at most one more read. */
    synchronized void pause() {
        paused = true;
    }

    synchronized void resume() {
        paused = false;
        notifyAll();
    }

    /** Bytes taken from the socket so far. */
    synchronized long received() {
        return received;
    }

    synchronized @Nullable Closing closing() {
        return closing;
    }

    /** Waits for the end of the connection, dropping what arrives before it. */
    synchronized Closing awaitEnd() throws InterruptedException, SocketTimeoutException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (closing == null) {
            waiting.clear();
            held = 0;
            offset = 0;
            notifyAll();
            wait(millisLeft(deadline));
        }
        return closing;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public synchronized int read(byte[] target, int from, int length) throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (waiting.isEmpty()) {
            if (closing != null) {
                return end(closing);
            }
            try {
                wait(millisLeft(deadline));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new SocketException("interrupted");
            }
        }
        byte[] first = waiting.element();
        int count = Math.min(length, first.length - offset);
        System.arraycopy(first, offset, target, from, count);
        offset += count;
        held -= count;
        if (offset == first.length) {
            waiting.remove();
            offset = 0;
        }
        notifyAll();
        return count;
    }

    private static int end(Closing closing) throws SocketException {
        return switch (closing.kind()) {
            case FIN -> -1;
            case RST -> throw new SocketException("Connection reset");
            case LOCAL -> throw new SocketException("Socket closed");
        };
    }

    private static long millisLeft(long deadline) throws SocketTimeoutException {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
            throw new SocketTimeoutException("the script waited " + PATIENCE.toSeconds() + " s for the peer");
        }
        return left;
    }
}
