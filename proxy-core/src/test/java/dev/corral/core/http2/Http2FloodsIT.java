package dev.corral.core.http2;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.corral.core.testkit.Answer;
import dev.corral.core.testkit.Await;
import dev.corral.core.testkit.CoreFixture;
import dev.corral.core.testkit.CoreSetup;
import dev.corral.core.testkit.Http2Client;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.Requests;
import dev.corral.core.testkit.TestTransports;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Frames that cost more than they say end the connection; ordinary use comes nowhere near. */
@ExtendWith(NothingLeft.class)
final class Http2FloodsIT {
    private static final int ENHANCE_YOUR_CALM = 11;

    private static CoreSetup setup() {
        return CoreSetup.on(TestTransports.all().get(0)).http2();
    }

    /**
     * Also the connections that nobody wanted any more when they were there.
     *
     * @param exchanges that have begun at least: before they have, there is nothing to hang up
     */
    private static void awaitHungUp(CoreFixture fixture, int exchanges) {
        Await.until(
                "every connection to the upstream was hung up",
                () -> fixture.observed().summaries().size() >= exchanges
                        && fixture.stats().inFlight() == 0
                        && fixture.ollama().connections().size()
                                >= fixture.observed().connects()
                        && fixture.ollama().connections().stream().allMatch(one -> one.closing() != null));
    }

    static Stream<Arguments> floods() {
        return Stream.of(
                Arguments.of("PING", Http2Client.bytes(Http2Client.PING, 0, 0, new byte[8])),
                Arguments.of("SETTINGS", Http2Client.bytes(Http2Client.SETTINGS, 0, 0)),
                Arguments.of("PRIORITY", Http2Client.bytes(Http2Client.PRIORITY, 0, 1, new byte[] {0, 0, 0, 3, 1})),
                Arguments.of(
                        "WINDOW_UPDATE", Http2Client.bytes(Http2Client.WINDOW_UPDATE, 0, 0, new byte[] {0, 0, 0, 1})),
                Arguments.of("an unknown type", Http2Client.bytes(0xbe, 0, 0, new byte[3])));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("floods")
    void framesThatCarryNothing_endTheConnection(String what, byte[] frame) throws IOException {
        try (CoreFixture fixture = setup().start()) {
            Http2Client client = fixture.http2();
            assertThat(client.status(client.get("/api/tags"))).isEqualTo(200);
            client.flood(20, frame);
            assertThat(client.status(client.get("/api/tags"))).isEqualTo(200);
            client.flood(2_000, frame);
            assertThat(client.goAwayCode()).isEqualTo(ENHANCE_YOUR_CALM);
            client.awaitClosed();
            fixture.assertNothingLeft(0);
            assertThat(fixture.observed().floods()).isEqualTo(1);
            assertThat(fixture.observed().broken()).isZero();
        }
    }

    /** CVE-2023-44487. */
    @Test
    void rapidReset_endsTheConnection_beforeMuchWasBegun() throws IOException {
        try (CoreFixture fixture = setup().start()) {
            fixture.ollama().onRequest(Answer.NEVER);
            Http2Client client = fixture.http2();
            for (int i = 0; i < 1_000 && !client.wentAway(); i++) {
                client.reset(client.post("/api/generate", Requests.MODEL));
            }
            assertThat(client.goAwayCode()).isEqualTo(ENHANCE_YOUR_CALM);
            client.awaitClosed();
            awaitHungUp(fixture, 1);
            assertThat(fixture.observed().summaries()).hasSizeLessThan(300);
        }
    }

    /** CVE-2025-8671: the client makes us reset, instead of doing it. */
    @Test
    void provokedResets_endTheConnection() throws IOException {
        try (CoreFixture fixture = setup().start()) {
            fixture.ollama().onRequest(Answer.NEVER);
            Http2Client client = fixture.http2();
            for (int i = 0; i < 1_000 && !client.wentAway(); i++) {
                int stream = client.post("/api/generate", Requests.MODEL);
                client.frame(Http2Client.WINDOW_UPDATE, 0, stream, (byte) 0, (byte) 0, (byte) 0, (byte) 0);
            }
            assertThat(client.goAwayCode()).isIn(ENHANCE_YOUR_CALM, 1);
            client.awaitClosed();
            awaitHungUp(fixture, 1);
            assertThat(fixture.observed().summaries()).hasSizeLessThan(300);
        }
    }

    /** CVE-2024-2758 and its kin. */
    @Test
    void headThatNeverEnds_isCutOff() throws IOException {
        try (CoreFixture fixture = setup().start()) {
            Http2Client client = fixture.http2();
            int stream = client.stream();
            client.frame(
                    Http2Client.HEADERS,
                    0,
                    stream,
                    Http2Client.block(":method", "GET", ":scheme", "https", ":path", "/", ":authority", "a"));
            byte[] more = Http2Client.bytes(
                    Http2Client.CONTINUATION, 0, stream, Http2Client.block("x-name", "v".repeat(100)));
            for (int i = 0; i < 100 && !client.wentAway(); i++) {
                client.flood(10, more);
            }
            client.goAwayCode();
            client.awaitClosed();
            assertThat(fixture.observed().summaries()).isEmpty();
        }
    }

    /** Little on the wire, much in memory: one entry of the table, named again and again. */
    @Test
    void bombOfIndexedFields_isRefused() throws IOException {
        try (CoreFixture fixture = setup().start()) {
            Http2Client client = fixture.http2();
            byte[] entry = Http2Client.block("x-bomb", "v".repeat(3_000));
            entry[0] = 0x40;
            byte[] start =
                    Http2Client.block(":method", "GET", ":scheme", "https", ":path", "/api/tags", ":authority", "a");
            byte[] head = new byte[start.length + entry.length + 10_000];
            System.arraycopy(start, 0, head, 0, start.length);
            System.arraycopy(entry, 0, head, start.length, entry.length);
            Arrays.fill(head, start.length + entry.length, head.length, (byte) (0x80 | 62));
            int stream = client.stream();
            client.frame(Http2Client.HEADERS, Http2Client.END_HEADERS | Http2Client.END_STREAM, stream, head);
            assertThat(client.status(stream)).isEqualTo(431);
            assertThat(client.wasReset(stream)).isTrue();
            assertThat(fixture.ollama().requests()).isEmpty();
        }
    }

    @Test
    void emptyPiecesOfABody_areNotEndless() throws IOException {
        try (CoreFixture fixture = setup().start()) {
            Http2Client client = fixture.http2();
            int stream = client.begin("POST", "/api/chat", false);
            client.flood(1_000, Http2Client.bytes(Http2Client.DATA, 0, stream));
            assertThat(client.goAwayCode()).isEqualTo(ENHANCE_YOUR_CALM);
            client.awaitClosed();
            fixture.assertNothingLeft(0);
        }
    }

    /** Most clients tell of each token that they took it, for the stream and for the connection. */
    @Test
    void clientThatAcknowledgesEachToken_isNoFlood() throws IOException {
        try (CoreFixture fixture = setup().start()) {
            fixture.ollama().onRequest(Answer.stream(1_500, Duration.ZERO));
            Http2Client client = fixture.http2();
            for (int i = 0; i < 3; i++) {
                int stream = client.post("/api/generate", Requests.MODEL);
                long told = 0;
                while (!client.ended(stream) && !client.wentAway()) {
                    long frames = client.frames().stream()
                            .filter(frame -> frame.type() == Http2Client.DATA && frame.stream() == stream)
                            .count();
                    for (; told < frames; told++) {
                        client.credit(stream, 8);
                        client.credit(0, 8);
                    }
                }
                assertThat(client.body(stream)).endsWith("{\"n\":1499}\n");
            }
            assertThat(client.wentAway()).isFalse();
        }
    }

    @Test
    void editorThatCancelsAtEachKey_isNoFlood() throws IOException {
        try (CoreFixture fixture = setup().start()) {
            fixture.ollama().onRequest(Answer.NEVER);
            Http2Client client = fixture.http2();
            for (int i = 0; i < 150; i++) {
                client.reset(client.post("/api/generate", Requests.MODEL));
            }
            awaitHungUp(fixture, 150);
            fixture.ollama().onRequest(Answer.OK);
            assertThat(client.status(client.get("/api/tags"))).isEqualTo(200);
            assertThat(client.wentAway()).isFalse();
        }
    }

    static Stream<Arguments> lateFrames() {
        return Stream.of(
                Arguments.of(
                        "HEADERS",
                        1_000,
                        Http2Client.bytes(
                                Http2Client.HEADERS,
                                Http2Client.END_HEADERS | Http2Client.END_STREAM,
                                1,
                                Http2Client.block(
                                        ":method", "GET", ":scheme", "https", ":authority", "a", ":path", "/nowhere"))),
                Arguments.of("DATA", 200, Http2Client.bytes(Http2Client.DATA, 0, 1, new byte[16 << 10])),
                Arguments.of(
                        "the end of a body", 1_000, Http2Client.bytes(Http2Client.DATA, Http2Client.END_STREAM, 1)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lateFrames")
    void framesOfAStreamThatEnded_endTheConnection(String what, int times, byte[] frame) throws IOException {
        try (CoreFixture fixture = setup().start()) {
            Http2Client client = fixture.http2();
            int stream = client.get("/nowhere");
            assertThat(stream).isEqualTo(1);
            client.body(stream);
            for (int i = 0; i < times && !client.isClosed(); i += 10) {
                client.flood(10, frame);
            }
            // GOAWAY may be lost: what was not read any more makes TCP reset the connection.
            client.awaitClosed();
            assertThat(client.frames())
                    .filteredOn(one -> one.type() == Http2Client.RST_STREAM)
                    .hasSizeLessThan(300);
            fixture.assertNothingLeft(0);
            assertThat(fixture.observed().floods()).isEqualTo(1);
        }
    }

    /** A client that sends its body along before it is told that nobody wants it. */
    @Test
    void whatWasOnItsWayWhenItsStreamWasReset_isNoFlood() throws IOException {
        try (CoreFixture fixture = setup().start()) {
            Http2Client client = fixture.http2();
            for (int i = 0; i < 200; i++) {
                int stream = client.begin("POST", "/nowhere", false);
                assertThat(client.resetCode(stream)).isZero();
                client.flood(4, Http2Client.bytes(Http2Client.DATA, 0, stream, new byte[16 << 10]));
                client.frame(
                        Http2Client.HEADERS,
                        Http2Client.END_HEADERS | Http2Client.END_STREAM,
                        stream,
                        Http2Client.block("x-end", "1"));
            }
            assertThat(client.status(client.get("/api/tags"))).isEqualTo(200);
            assertThat(client.wentAway()).isFalse();
        }
    }

    /** Where GOAWAY finds no room, the connection ends without it; meanwhile nobody takes what the client sends. */
    @Test
    void clientThatFloodsAndDoesNotRead_isCutOff() throws IOException {
        String piece = "x".repeat(64 << 10);
        long most = 64 << 20;
        try (CoreFixture fixture = setup().start();
                Socket client = new Socket()) {
            fixture.ollama().onRequest((connection, request) -> {
                connection.readBody();
                connection.sendHead(200, "Transfer-Encoding: chunked");
                for (int i = 0; i < 1_024; i++) {
                    connection.sendChunk(piece);
                }
                connection.sendLastChunk();
            });
            client.setReceiveBufferSize(4 << 10);
            client.connect(fixture.core().addresses().get(1));
            OutputStream out = client.getOutputStream();
            out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII));
            out.write(Http2Client.bytes(Http2Client.SETTINGS, 0, 0, new byte[] {0, 4, 0x7f, -1, -1, -1}));
            out.write(Http2Client.bytes(Http2Client.WINDOW_UPDATE, 0, 0, new byte[] {0x40, 0, 0, 0}));
            out.write(Http2Client.bytes(
                    Http2Client.HEADERS,
                    Http2Client.END_HEADERS,
                    1,
                    Http2Client.block(
                            ":method", "POST", ":scheme", "https", ":authority", "a", ":path", "/api/generate")));
            out.write(
                    Http2Client.bytes(Http2Client.DATA, Http2Client.END_STREAM, 1, Requests.MODEL.getBytes(US_ASCII)));
            fixture.ollama().awaitRequests(1);
            Await.settled(
                    Duration.ofMillis(300),
                    () -> fixture.ollama().connections().get(0).sent());
            byte[] end = Http2Client.bytes(Http2Client.DATA, Http2Client.END_STREAM, 1);
            ByteBuffer ends = ByteBuffer.allocate(end.length * 7_000);
            while (ends.hasRemaining()) {
                ends.put(end);
            }
            AtomicLong sent = new AtomicLong();
            assertThatThrownBy(() -> {
                        while (sent.get() < most) {
                            out.write(ends.array());
                            sent.addAndGet(ends.capacity());
                        }
                    })
                    .isInstanceOf(SocketException.class);
            assertThat(sent).hasValueLessThan(most / 2);
            fixture.assertNothingLeft(0);
            assertThat(fixture.observed().floods()).isEqualTo(1);
        }
    }
}
