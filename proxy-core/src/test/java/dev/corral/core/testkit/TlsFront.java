package dev.corral.core.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** Ends TLS in front of a plain server on this machine: each connection to it is one to the server, and ends with it. */
public final class TlsFront implements AutoCloseable {
    private final SSLContext context;
    private final int behind;
    private final ServerSocket listener;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final List<String> names = new CopyOnWriteArrayList<>();
    private final List<Socket> clients = new CopyOnWriteArrayList<>();

    private TlsFront(SSLContext context, int behind) throws IOException {
        this.context = context;
        this.behind = behind;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    /**
     * Listens on a free port.
     *
     * @param behind the port of the plain server
     */
    public static TlsFront start(TestCertificate certificate, int behind) throws IOException {
        TlsFront front = new TlsFront(certificate.server(), behind);
        run("tls-front-accept", front::accept);
        return front;
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** The names that clients asked for (RFC 6066 section 3), in the order of their handshakes. */
    public List<String> namesAskedFor() {
        return List.copyOf(names);
    }

    /** Resets every client's connection: TCP ends, and TLS is never said to. */
    public void cut() throws IOException {
        for (Socket client : clients) {
            client.setSoLinger(true, 0);
            client.close();
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                clients.add(client);
                open.add(client);
                run("tls-front", () -> serve(client));
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    private void serve(Socket client) {
        try (SSLSocket tls =
                (SSLSocket) context.getSocketFactory().createSocket(client, null, client.getPort(), true)) {
            tls.setUseClientMode(false);
            tls.startHandshake();
            if (tls.getSession() instanceof ExtendedSSLSession session) {
                for (SNIServerName name : session.getRequestedServerNames()) {
                    names.add(name.toString());
                }
            }
            try (Socket server = new Socket(InetAddress.getLoopbackAddress(), behind)) {
                open.add(server);
                server.setTcpNoDelay(true);
                tls.setTcpNoDelay(true);
                Thread back = run("tls-front-back", () -> copy(server, tls));
                copy(tls, server);
                back.join();
            }
        } catch (IOException e) {
            // A client that does not trust the certificate leaves: its own side tells why.
            closeQuietly(client);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void copy(Socket from, Socket to) {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[16 << 10];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                out.write(buffer, 0, count);
            }
        } catch (IOException e) {
            closeQuietly(from);
        }
        closeQuietly(to);
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Thread run(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
