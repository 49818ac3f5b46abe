package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.spi.Outcome;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.Requests;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who is read while the other side takes no more. */
@ExtendWith(NothingLeft.class)
final class BackpressureTest {
    private static final String UPLOAD =
            "POST " + Requests.BLOB + " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String CHAT =
            "POST /api/chat HTTP/1.1\r\nHost: a\r\nContent-Length: 13\r\n\r\n{\"model\":\"m\"}";
    private static final String COMMITTED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n";

    private final Bench bench = new Bench();

    @AfterEach
    void end() {
        bench.close();
    }

    @Test
    void upstreamFull_clientIsHeldBackUntilItTakesMore() {
        bench.send(UPLOAD);
        writable(bench.upstream, false);
        bench.send("5\r\nhello\r\n");
        assertThat(bench.reads()).isFalse();
        writable(bench.upstream, true);

        assertThat(bench.reads()).isTrue();
    }

    @Test
    void uploadEndsWhileUpstreamIsFull_clientIsWatchedAgainOnceItTakesMore() {
        bench.send(UPLOAD);
        writable(bench.upstream, false);
        bench.send("5\r\nhello\r\n0\r\n\r\n");
        writable(bench.upstream, true);

        assertThat(bench.forwarded()).endsWith("5\r\nhello\r\n0\r\n\r\n");
        assertThat(bench.reads())
                .as("reading, to notice that the client leaves")
                .isTrue();
    }

    @Test
    void upstreamFullForLong_timesOut() {
        bench.send(UPLOAD);
        writable(bench.upstream, false);
        bench.send("5\r\nhello\r\n");
        bench.pass(Duration.ofMinutes(30));

        assertThat(bench.observed.summaries()).hasSize(1);
        assertThat(bench.observed.summaries().get(0).outcome()).isEqualTo(Outcome.TIMED_OUT);
    }

    @Test
    void clientFull_upstreamIsHeldBackUntilItTakesMore() {
        bench.send(CHAT);
        bench.answer(COMMITTED);
        writable(bench.client, false);
        assertThat(bench.upstream.config().isAutoRead()).isFalse();
        assertThat(bench.reads()).as("to notice that the client leaves").isTrue();
        writable(bench.client, true);

        assertThat(bench.upstream.config().isAutoRead()).isTrue();
    }

    @Test
    void clientFullForLong_isAStall() {
        bench.send(CHAT);
        bench.answer(COMMITTED);
        writable(bench.client, false);
        bench.answer("2\r\ncd\r\n");
        bench.pass(Duration.ofSeconds(60));

        assertThat(bench.upstream.isOpen()).isFalse();
        assertThat(bench.observed.summaries()).hasSize(1);
        assertThat(bench.observed.summaries().get(0).outcome()).isEqualTo(Outcome.TIMED_OUT);
    }

    @Test
    void clientThatReadsALittleNowAndThen_losesItsPlaceInTheEnd() {
        bench.send(CHAT);
        bench.answer(COMMITTED);
        for (int i = 0; i < 4; i++) {
            writable(bench.client, false);
            bench.pass(Duration.ofSeconds(29));
            writable(bench.client, true);
            bench.pass(Duration.ofSeconds(100));
        }
        assertThat(bench.observed.summaries()).isEmpty();
        writable(bench.client, false);
        bench.pass(Duration.ofSeconds(3));
        assertThat(bench.observed.summaries()).isEmpty();
        bench.pass(Duration.ofSeconds(2));

        assertThat(bench.observed.summaries()).hasSize(1);
        assertThat(bench.observed.summaries().get(0).outcome()).isEqualTo(Outcome.TIMED_OUT);
        assertThat(bench.shared.queue().running()).isZero();
    }

    @Test
    void clientThatReadsALittleNowAndThen_withoutAPlace_mayGoOn() {
        bench.send("GET /api/tags HTTP/1.1\r\nHost: a\r\n\r\n");
        bench.answer(COMMITTED);
        for (int i = 0; i < 10; i++) {
            writable(bench.client, false);
            bench.pass(Duration.ofSeconds(59));
            writable(bench.client, true);
        }
        assertThat(bench.observed.summaries()).isEmpty();
    }

    @Test
    void pausedByBackpressure_streamIdleDoesNotFire() {
        bench.send(CHAT);
        bench.answer(COMMITTED);
        bench.pass(Duration.ofSeconds(100));
        writable(bench.client, false);
        bench.pass(Duration.ofSeconds(50));
        writable(bench.client, true);
        bench.pass(Duration.ofSeconds(119));
        assertThat(bench.observed.summaries()).isEmpty();
        bench.pass(Duration.ofSeconds(1));

        assertThat(bench.observed.summaries()).hasSize(1);
    }

    @Test
    void upstreamPooledWhileClientIsFull_readsAgain() {
        bench.send(CHAT);
        bench.answer(COMMITTED);
        writable(bench.client, false);
        bench.answer("0\r\n\r\n");

        assertThat(bench.shared.upstream().idle()).isEqualTo(1);
        assertThat(bench.upstream.config().isAutoRead())
                .as("an idle connection is watched")
                .isTrue();
    }

    @Test
    void pipelinedFlood_stopsReadingAndEndsWithTheAnswerInFlight() {
        bench.send(CHAT);
        bench.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(8));
        assertThat(bench.reads()).isFalse();
        bench.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(100));
        bench.answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");

        assertThat(bench.answered().split("HTTP/1.1 ", -1))
                .as("no answer to what was thrown away")
                .hasSize(2);
        assertThat(bench.client.isOpen()).isFalse();
    }

    @Test
    void parkIsTaken_readingGoesOn() {
        bench.send(CHAT + "GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(8));
        assertThat(bench.reads()).isFalse();
        bench.answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");

        assertThat(bench.reads()).isTrue();
        assertThat(bench.observed.summaries()).hasSize(9);
    }

    private static void writable(EmbeddedChannel channel, boolean writable) {
        ChannelOutboundBuffer buffer = Objects.requireNonNull(channel.unsafe().outboundBuffer());
        buffer.setUserDefinedWritability(1, writable);
        channel.runPendingTasks();
    }
}
