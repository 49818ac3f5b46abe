package dev.corral.core.http;

import dev.corral.core.Limits;
import dev.corral.core.error.ProxyError;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;

/**
 * What {@link FrontCodec} and {@link FramingRules} make of a client's bytes, in words that are equal if and only if
 * the decisions are: requests separated by {@code " | "}; a body in quotes, open ({@code …}) while its end is missing
 * and {@code !} where its framing is refused; a refused head by its code, after which nothing counts.
 */
final class Decisions implements AutoCloseable {
    private final FrontCodec codec;
    private final EmbeddedChannel channel;
    private final Limits limits;
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder body = new StringBuilder();
    private boolean inBody;
    private boolean refused;

    Decisions(Limits limits) {
        this.limits = limits;
        this.codec = new FrontCodec(limits);
        this.channel = new EmbeddedChannel(codec);
    }

    static String of(String wire, Limits limits) {
        try (Decisions decisions = new Decisions(limits)) {
            decisions.read(wire);
            return decisions.text();
        }
    }

    /** One piece, as one read of the connection would bring it; an octet for each char. */
    void read(String piece) {
        channel.writeInbound(Unpooled.wrappedBuffer(piece.getBytes(StandardCharsets.ISO_8859_1)));
        Object message;
        while ((message = channel.readInbound()) != null) {
            try {
                if (!refused) {
                    take(message);
                }
            } finally {
                ReferenceCountUtil.release(message);
            }
        }
    }

    private void take(Object message) {
        if (message instanceof HttpRequest head) {
            if (inBody) {
                throw new AssertionError("a head before the end of the request before it: " + text());
            }
            begin(head);
        } else if (message instanceof HttpContent content) {
            if (!inBody) {
                throw new AssertionError("content of no request: " + text());
            }
            body.append(content.content().toString(StandardCharsets.ISO_8859_1));
            if (!content.decoderResult().isSuccess()) {
                refused = true;
                endBody("!");
            } else if (content instanceof LastHttpContent) {
                endBody(body.length() == 0 ? "" : "\"");
            }
        } else {
            throw new AssertionError("neither head nor content: " + message);
        }
    }

    private void begin(HttpRequest head) {
        text.append(text.length() == 0 ? "" : " | ");
        ProxyError error = FramingRules.check(head, limits);
        if (error == null) {
            inBody = true;
            text.append(head.method()).append(' ').append(head.uri());
        } else {
            refused = true;
            text.append(error.code().label());
        }
    }

    private void endBody(String end) {
        inBody = false;
        text.append(end.isEmpty() ? "" : " \"").append(body).append(end);
        body.setLength(0);
    }

    String text() {
        if (inBody) {
            return text + " \"" + body + "…";
        }
        boolean pending = !refused && codec.headBegun();
        return text + (pending ? (text.length() == 0 ? "…" : " | …") : "");
    }

    @Override
    public void close() {
        channel.finishAndReleaseAll();
    }
}
