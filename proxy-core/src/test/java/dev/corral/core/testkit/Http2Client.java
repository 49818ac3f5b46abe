package dev.corral.core.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A client of HTTP/2 that sends the frames it is told to, right or wrong, and keeps those that come. It answers SETTINGS
 * and PING, and gives back what it may still be sent only where {@link #credit} says so. Fields are sent as literals.
 */
public final class Http2Client implements AutoCloseable {
    public static final int DATA = 0;
    public static final int HEADERS = 1;
    public static final int PRIORITY = 2;
    public static final int RST_STREAM = 3;
    public static final int SETTINGS = 4;
    public static final int PING = 6;
    public static final int GOAWAY = 7;
    public static final int WINDOW_UPDATE = 8;
    public static final int CONTINUATION = 9;

    /** What {@link #fill} sends at most. */
    public static final long MOST = 64 << 20;

    public static final int END_STREAM = 1;
    public static final int END_HEADERS = 4;
    public static final int ACK = 1;

    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    private final Socket socket;
    private final OutputStream out;
    private final List<Frame> frames = new CopyOnWriteArrayList<>();
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder();
    private volatile boolean ended;
    private int nextStream = 1;

    private Http2Client(Socket socket) throws IOException {
        this.socket = socket;
        this.out = socket.getOutputStream();
    }

    /** One frame that came; the fields where it begins an answer or ends one, in the order of their names. */
    public record Frame(int type, int flags, int stream, ByteBuffer payload, Map<String, String> fields) {
        public int number() {
            return payload.getInt(0);
        }

        public boolean endStream() {
            return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
        }
    }

    /** Connects and greets. */
    public static Http2Client connect(InetSocketAddress address, int... settings) throws IOException {
        return connect(address, 0, settings);
    }

    static Http2Client connect(InetSocketAddress address, int receiveBuffer, int... settings) throws IOException {
        Socket socket = new Socket();
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.connect(address);
        return over(socket, settings);
    }

    /** The same on a connection that is there, such as one of TLS. */
    public static Http2Client over(Socket socket, int... settings) throws IOException {
        socket.setTcpNoDelay(true);
        Http2Client client = new Http2Client(socket);
        ByteBuffer payload = ByteBuffer.allocate(settings.length / 2 * 6);
        for (int i = 0; i < settings.length; i += 2) {
            payload.putShort((short) settings[i]).putInt(settings[i + 1]);
        }
        client.send(PREFACE.getBytes(US_ASCII));
        client.frame(SETTINGS, 0, 0, payload.array());
        Thread reader = new Thread(client::read, "http2-client");
        reader.setDaemon(true);
        reader.start();
        return client;
    }

    private void read() {
        try {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            while (true) {
                int head = in.readInt();
                int flags = in.readUnsignedByte();
                int stream = in.readInt() & Integer.MAX_VALUE;
                byte[] payload = new byte[head >>> 8];
                in.readFully(payload);
                int type = head & 0xff;
                frames.add(new Frame(
                        type,
                        flags,
                        stream,
                        ByteBuffer.wrap(payload),
                        type == HEADERS ? decode(stream, payload) : Map.of()));
                if ((type == SETTINGS || type == PING) && (flags & ACK) == 0) {
                    frame(type, ACK, 0, type == PING ? payload : new byte[0]);
                }
            }
        } catch (IOException | Http2Exception e) {
            ended = true;
        }
    }

    private Map<String, String> decode(int stream, byte[] payload) throws Http2Exception {
        ByteBuf block = Unpooled.wrappedBuffer(payload);
        Map<String, String> fields = new TreeMap<>();
        for (Map.Entry<CharSequence, CharSequence> field : decoder.decodeHeaders(stream, block)) {
            fields.put(field.getKey().toString(), field.getValue().toString());
        }
        return fields;
    }

    private synchronized void send(byte[] bytes) throws IOException {
        try {
            out.write(bytes);
            out.flush();
        } catch (SocketException e) {
            // Closed by the other side: what it said before is looked at.
            ended = true;
        }
    }

    /** Sends a frame as it is. */
    public void frame(int type, int flags, int stream, byte... payload) throws IOException {
        send(bytes(type, flags, stream, payload));
    }

    /** A frame, to be sent together with others. */
    public static byte[] bytes(int type, int flags, int stream, byte... payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .putInt(payload.length << 8 | type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    /** Sends the same frame so many times. */
    public void flood(int times, byte[] frame) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(times * frame.length);
        for (int i = 0; i < times; i++) {
            all.put(frame);
        }
        send(all.array());
    }

    /** The fields of a head, each a name and a value after it. */
    public static byte[] block(String... fields) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (String text : withLiterals(fields)) {
            block.writeBytes(text.getBytes(ISO_8859_1));
        }
        return block.toByteArray();
    }

    private static List<String> withLiterals(String... fields) {
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < fields.length; i += 2) {
            parts.add("\0" + string(fields[i]) + string(fields[i + 1]));
        }
        return parts;
    }

    // RFC 7541 section 5.1: seven bits, then seven at a time.
    private static String string(String text) {
        StringBuilder length = new StringBuilder();
        if (text.length() < 127) {
            length.append((char) text.length());
        } else {
            length.append((char) 127);
            int rest = text.length() - 127;
            while (rest >= 128) {
                length.append((char) (rest & 127 | 128));
                rest >>>= 7;
            }
            length.append((char) rest);
        }
        return length + text;
    }

    /** A new stream's number. */
    public int stream() {
        int stream = nextStream;
        nextStream += 2;
        return stream;
    }

    /** Begins a request with these fields, a name and a value after it, after the four that every request has. */
    public int begin(String method, String path, boolean end, String... fields) throws IOException {
        String[] all = new String[8 + fields.length];
        String[] four = {":method", method, ":scheme", "https", ":authority", "corral.test", ":path", path};
        System.arraycopy(four, 0, all, 0, 8);
        System.arraycopy(fields, 0, all, 8, fields.length);
        int stream = stream();
        frame(HEADERS, END_HEADERS | (end ? END_STREAM : 0), stream, block(all));
        return stream;
    }

    public int get(String path, String... fields) throws IOException {
        return begin("GET", path, true, fields);
    }

    /** A whole request with a body, whose length is not declared. */
    public int post(String path, String body, String... fields) throws IOException {
        int stream = begin("POST", path, false, fields);
        data(stream, body, true);
        return stream;
    }

    public void data(int stream, String text, boolean end) throws IOException {
        frame(DATA, end ? END_STREAM : 0, stream, text.getBytes(UTF_8));
    }

    public void reset(int stream) throws IOException {
        frame(RST_STREAM, 0, stream, 0, 0, 0, 8);
    }

    private void frame(int type, int flags, int stream, int... octets) throws IOException {
        byte[] payload = new byte[octets.length];
        for (int i = 0; i < octets.length; i++) {
            payload[i] = (byte) octets[i];
        }
        frame(type, flags, stream, payload);
    }

    /** Lets the other side send so many bytes more: on a stream, or, for 0, in all. */
    public void credit(int stream, int bytes) throws IOException {
        frame(WINDOW_UPDATE, 0, stream, ByteBuffer.allocate(4).putInt(bytes).array());
    }

    /** What the other side takes of a stream, or, for 0, of all: since the beginning, sent or not. */
    public long window(int stream) {
        long window = 65_535;
        for (Frame frame : frames) {
            if (stream > 0 && frame.type() == SETTINGS) {
                for (int at = 0; at < frame.payload().limit(); at += 6) {
                    window = frame.payload().getShort(at) == 4 ? frame.payload().getInt(at + 2) : window;
                }
            } else if (frame.type() == WINDOW_UPDATE && frame.stream() == stream) {
                window += frame.number();
            }
        }
        return window;
    }

    /** Sends a body, on the only stream that sends, until no more was taken for a while; how much it was. */
    public long fill(int stream, Duration quiet) throws IOException {
        String piece = "x".repeat(8 << 10);
        long sent = 0;
        do {
            for (long room; sent < MOST && (room = Math.min(window(stream), window(0)) - sent) > 0; ) {
                String some = piece.substring(0, (int) Math.min(room, piece.length()));
                data(stream, some, false);
                sent += some.length();
            }
        } while (sent < MOST && !Await.still(quiet, () -> window(stream)));
        return sent;
    }

    /** Sends a whole body, on the only stream that sends, as it is taken. */
    public void upload(int stream, String body) throws IOException {
        int sent = 0;
        while (sent < body.length()) {
            int from = sent;
            Await.until("more is taken", () -> Math.min(window(stream), window(0)) > from);
            int to = (int) Math.min(body.length(), Math.min(window(stream), window(0)));
            to = Math.min(to, sent + (16 << 10));
            data(stream, body.substring(sent, to), to == body.length());
            sent = to;
        }
    }

    /** All frames that came so far. */
    public List<Frame> frames() {
        return frames;
    }

    private @Nullable Frame first(int type, int stream) {
        for (Frame frame : frames) {
            if (frame.type() == type
                    && frame.stream() == stream
                    && !frame.fields().getOrDefault(":status", "").startsWith("1")) {
                return frame;
            }
        }
        return null;
    }

    private Frame await(int type, int stream) {
        Await.until(
                Await.LONG,
                () -> "a frame of type " + type + " on " + stream + ", but " + frames,
                () -> first(type, stream) != null);
        Frame frame = first(type, stream);
        if (frame == null) {
            throw new AssertionError("frames are never taken back");
        }
        return frame;
    }

    /** The head of a final answer. */
    public Map<String, String> head(int stream) {
        return await(HEADERS, stream).fields();
    }

    public int status(int stream) {
        return Integer.parseInt(head(stream).getOrDefault(":status", "0"));
    }

    /** What of an answer's body came so far. */
    public String soFar(int stream) {
        StringBuilder text = new StringBuilder();
        for (Frame frame : frames) {
            if (frame.type() == DATA && frame.stream() == stream) {
                text.append(UTF_8.decode(frame.payload().duplicate()));
            }
        }
        return text.toString();
    }

    /** Bytes of all bodies that came so far on one stream. */
    public long received(int stream) {
        return frames.stream()
                .filter(frame -> frame.type() == DATA && frame.stream() == stream)
                .mapToLong(frame -> frame.payload().limit())
                .sum();
    }

    public boolean ended(int stream) {
        return frames.stream().anyMatch(frame -> frame.stream() == stream && frame.endStream());
    }

    /** The whole body. */
    public String body(int stream) {
        Await.until(Await.LONG, () -> "the end of " + stream + ", but " + frames, () -> ended(stream));
        return soFar(stream);
    }

    public boolean wasReset(int stream) {
        return first(RST_STREAM, stream) != null;
    }

    /** The code of the reset that the other side sends. */
    public int resetCode(int stream) {
        return await(RST_STREAM, stream).number();
    }

    /** The code of the other side's GOAWAY. */
    public int goAwayCode() {
        return await(GOAWAY, 0).payload().getInt(4);
    }

    public boolean wentAway() {
        return first(GOAWAY, 0) != null;
    }

    public void awaitClosed() {
        Await.until("closed", () -> ended);
    }

    public boolean isClosed() {
        return ended;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
