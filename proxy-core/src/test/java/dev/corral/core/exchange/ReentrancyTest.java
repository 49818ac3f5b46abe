package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.AuthDecision;
import dev.corral.core.spi.Authenticator;
import dev.corral.core.testkit.Authenticators;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.Requests;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Writes and flushes that call back before they return: the exchange ends once, with one response, and leaks nothing. */
@ExtendWith(NothingLeft.class)
final class ReentrancyTest {
    /** What happens inside an outbound operation. */
    private enum Surprise {
        CLOSE_BEFORE_WRITE {
            @Override
            void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
                ctx.close();
                ctx.write(message, promise);
            }
        },
        CLOSE_AFTER_WRITE {
            @Override
            void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
                ctx.write(message, promise);
                ctx.close();
            }
        },
        CLOSE_BEFORE_FLUSH {
            @Override
            void flush(ChannelHandlerContext ctx) {
                ctx.close();
                ctx.flush();
            }
        },
        CLOSE_AFTER_FLUSH {
            @Override
            void flush(ChannelHandlerContext ctx) {
                ctx.flush();
                ctx.close();
            }
        },
        FLUSH_EVERY_WRITE {
            @Override
            void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
                ctx.writeAndFlush(message, promise);
            }
        },
        FAIL_WRITE {
            @Override
            void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
                ReferenceCountUtil.release(message);
                promise.tryFailure(new IOException("test"));
            }
        },
        EXCEPTION_IN_WRITE {
            @Override
            void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
                ctx.write(message, promise);
                ctx.pipeline().fireExceptionCaught(new IOException("test"));
            }
        },
        UNWRITABLE_IN_WRITE {
            @Override
            void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
                ctx.write(message, promise);
                var pending = ctx.channel().unsafe().outboundBuffer();
                if (pending != null) {
                    pending.setUserDefinedWritability(1, !pending.getUserDefinedWritability(1));
                }
            }
        },
        READ_COMPLETE_IN_FLUSH {
            @Override
            void flush(ChannelHandlerContext ctx) {
                ctx.flush();
                ctx.pipeline().fireChannelReadComplete();
            }
        };

        void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            ctx.write(message, promise);
        }

        void flush(ChannelHandlerContext ctx) {
            ctx.flush();
        }
    }

    /** Springs the surprise on the n-th operation. */
    private static final class Trap extends ChannelOutboundHandlerAdapter {
        private final Surprise surprise;
        private int left;

        Trap(Surprise surprise, int after) {
            this.surprise = surprise;
            this.left = after;
        }

        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            if (left-- == 0) {
                surprise.write(ctx, message, promise);
            } else {
                ctx.write(message, promise);
            }
        }

        @Override
        public void flush(ChannelHandlerContext ctx) {
            if (left-- == 0) {
                surprise.flush(ctx);
            } else {
                ctx.flush();
            }
        }
    }

    static Stream<Arguments> surprises() {
        return Stream.of(Surprise.values())
                .flatMap(surprise -> Stream.of(0, 1, 2, 3, 4, 5, 6).map(after -> Arguments.of(surprise, after)));
    }

    @ParameterizedTest
    @MethodSource("surprises")
    void refusal_endsOnce(Surprise surprise, int after) {
        Authenticator nobody = request -> new AuthDecision.Denied(ProxyError.UNKNOWN_KEY);
        try (Bench bench = new Bench(nobody, new Trap(surprise, after))) {
            bench.send("POST /api/chat HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n");
            bench.send("{}");

            assertOneEnd(bench, "HTTP/1.1 401");
        }
    }

    @ParameterizedTest
    @MethodSource("surprises")
    void ownAnswers_endOnceEach(Surprise surprise, int after) {
        try (Bench bench = new Bench(Authenticators.allowAll(), new Trap(surprise, after))) {
            String request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
            bench.send(request + request + request);

            bench.client.close();
            String answered = bench.answered();
            int ended = bench.observed.summaries().size();
            assertThat(ended).isBetween(1, 3);
            assertThat(responses(answered)).isLessThanOrEqualTo(ended);
            assertNothingHeld(bench);
        }
    }

    @ParameterizedTest
    @MethodSource("surprises")
    void streamedAnswer_endsOnce(Surprise surprise, int after) {
        try (Bench bench = new Bench(Authenticators.allowAll(), new Trap(surprise, after))) {
            bench.send("POST /api/chat HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 13\r\n\r\n");
            bench.send("{\"model\":\"m\"}");
            bench.answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n");
            bench.answer("2\r\ncd\r\n2\r\nef\r\n");
            bench.answer("2\r\ngh\r\n0\r\n\r\n");

            assertOneEnd(bench, "HTTP/1.1 200");
        }
    }

    @ParameterizedTest
    @MethodSource("surprises")
    void uploadRefusedByTheUpstream_endsOnce(Surprise surprise, int after) {
        try (Bench bench = new Bench(Authenticators.allowAll(), new Trap(surprise, after))) {
            bench.send("POST " + Requests.BLOB + " HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello");
            bench.answer("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\n{}");
            bench.send("world");

            assertOneEnd(bench, "HTTP/1.1 413");
        }
    }

    @ParameterizedTest
    @MethodSource("surprises")
    void brokenAnswer_endsOnce(Surprise surprise, int after) {
        try (Bench bench = new Bench(Authenticators.allowAll(), new Trap(surprise, after))) {
            bench.send("POST /api/chat HTTP/1.1\r\nHost: a\r\nContent-Length: 13\r\n\r\n{\"model\":\"m\"}");
            bench.answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n");
            bench.upstream.close();

            assertThat(bench.answered()).doesNotContain("\r\n0\r\n\r\n");
            assertOneEnd(bench, "HTTP/1.1 200");
        }
    }

    private static void assertOneEnd(Bench bench, String status) {
        bench.client.close();
        String answered = bench.answered().replace("HTTP/1.1 100 Continue\r\n\r\n", "");
        assertThat(responses(answered)).as(answered).isLessThanOrEqualTo(1);
        if (!answered.isEmpty()) {
            assertThat(answered).startsWith(status);
        }
        assertThat(bench.observed.summaries()).hasSize(1);
        assertNothingHeld(bench);
    }

    private static int responses(String answered) {
        return answered.split("HTTP/1\\.1 ", -1).length - 1;
    }

    private static void assertNothingHeld(Bench bench) {
        assertThat(bench.shared.inFlight()).isZero();
        assertThat(bench.permits.held()).isZero();
        assertThat(bench.permits.returnedAgain()).isZero();
        assertThat(bench.shared.upstream().leased()).isZero();
        assertThat(bench.shared.budget().held()).isZero();
    }
}
