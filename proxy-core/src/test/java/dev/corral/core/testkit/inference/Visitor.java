package dev.corral.core.testkit.inference;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.corral.core.testkit.Bytes;
import dev.corral.core.testkit.HttpHead;
import dev.corral.core.testkit.RawClient;
import dev.corral.core.testkit.Response;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Makes one visit after the other, over one connection as long as it lasts. One thread at a time. */
public final class Visitor implements AutoCloseable {
    /**
     * What became of a visit.
     *
     * @param status of the response; 0 where none was read
     * @param tokens that came whole; 0 where the answer came at once
     */
    public record Seen(int status, int tokens) {}

    private final InetSocketAddress address;
    private @Nullable RawClient client;

    public Visitor(InetSocketAddress address) {
        this.address = address;
    }

    /**
     * Makes a visit.
     *
     * @param authorization the value of the field
     * @throws AssertionError where a whole answer is not byte for byte Ollama's
     */
    public Seen visit(Visit visit, String authorization) throws IOException {
        Order order = visit.order();
        String request = order.request("Authorization: " + authorization);
        if (client == null) {
            client = RawClient.connect(address);
        }
        RawClient connected = client;
        Seen seen = new Seen(0, 0);
        switch (visit.leaves()) {
            case NEVER -> {
                connected.send(request);
                return read(connected, order);
            }
            case READING -> {
                connected.send(request);
                HttpHead head = connected.readHead();
                seen = new Seen(200, tokens(order, head, connected.readBytes(visit.at())));
            }
            case ASKED -> connected.send(request);
            case ASKING -> {
                Bytes bytes = Bytes.of(request);
                connected.send(bytes.slice(0, bytes.size() - order.bodySize() + visit.at()));
            }
        }
        if (visit.reset()) {
            connected.rst();
        } else {
            connected.close();
        }
        client = null;
        return seen;
    }

    private Seen read(RawClient connected, Order order) throws IOException {
        Response response = connected.read();
        int bytes = response.body().size();
        if (order.fault() == Fault.RESET) {
            connected.close();
            client = null;
            // What stands behind it in an unfinished event is nothing that a client could read.
            int same = Arrays.mismatch(
                    response.body().bytes().array(), Answers.body(order).getBytes(UTF_8));
            return new Seen(response.status(), Answers.tokensWithin(order, same < 0 ? bytes : same));
        }
        if (response.saysClose()) {
            connected.close();
            client = null;
        }
        if (!response.complete() || !response.text().equals(Answers.body(order))) {
            throw new AssertionError(order + "\nexpected: " + Answers.body(order) + "\nbut was " + response.status()
                    + (response.complete() ? "" : ", broken off") + ": " + response.text());
        }
        return new Seen(response.status(), Answers.tokensWithin(order, bytes));
    }

    /** Counts tokens in the beginning of a body, be it in chunks. */
    private static int tokens(Order order, HttpHead head, Bytes raw) {
        return Answers.tokensWithin(
                order, head.first("Transfer-Encoding") == null ? raw.size() : unchunked(raw.array()));
    }

    /** How many bytes of content there are in the beginning of a chunked body. */
    private static int unchunked(byte[] raw) {
        int content = 0;
        int at = 0;
        while (at < raw.length) {
            int line = at;
            while (line < raw.length && raw[line] != '\n') {
                line++;
            }
            if (line == raw.length) {
                return content;
            }
            int size = Integer.parseInt(new String(raw, at, line - at - 1, UTF_8), 16);
            content += Math.min(size, raw.length - line - 1);
            at = line + 1 + size + 2;
        }
        return content;
    }

    @Override
    public void close() throws IOException {
        if (client != null) {
            client.close();
        }
    }
}
