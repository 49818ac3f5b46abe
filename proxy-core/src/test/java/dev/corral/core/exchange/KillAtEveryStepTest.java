package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.spi.Outcome;
import dev.corral.core.testkit.NothingLeft;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever breaks, and whenever: everything is given back once, and the exchange ends once. */
@ExtendWith(NothingLeft.class)
final class KillAtEveryStepTest {
    private static final List<Named<List<Consumer<Bench>>>> SCRIPTS = List.of(
            Named.of(
                    "chat",
                    List.of(
                            client("POST /api/chat HTTP/1.1\r\nHost: a\r\nContent-Le"),
                            client("ngth: 4\r\n\r\n{"),
                            client(" }"),
                            client("\n"),
                            upstream("HTTP/1.1 103 Early Hints\r\n\r\n"),
                            upstream("HTTP/1.1 200 OK\r\nTransfer-Enc"),
                            upstream("oding: chunked\r\n\r\n"),
                            upstream("2\r\nab\r\n2\r\nc"),
                            upstream("d\r\n0\r\n"),
                            upstream("\r\n"))),
            Named.of(
                    "upload answered early",
                    List.of(
                            client(
                                    "POST /v1/audio/transcriptions HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"),
                            client("5\r\nhel"),
                            client("lo\r\n"),
                            upstream("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"),
                            client("5\r\nworld\r\n"),
                            upstream("ab"),
                            client("0\r\nX: y\r\n\r\n"),
                            upstream("cd"))),
            Named.of(
                    "pipelined",
                    List.of(
                            client(
                                    "POST /api/chat HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}POST /api/chat HT"),
                            client("TP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n{"),
                            client("    }GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
                            upstream("HTTP/1.1 200 OK\r\n"),
                            upstream("Content-Length: 4\r\n\r\nab"),
                            upstream("cd"))),
            Named.of(
                    "close-delimited",
                    List.of(
                            client("GET /api/tags HTTP/1.0\r\n\r\n"),
                            upstream("HTTP/1.0 200 OK\r\n\r\nab"),
                            upstream("cd"))));

    private static final List<Named<Consumer<Bench>>> BREAKS = List.of(
            Named.of("client leaves", bench -> bench.client.close()),
            Named.of("upstream leaves", bench -> bench.upstream.close()),
            Named.of("client fails", bench -> fail(bench.client)),
            Named.of("upstream fails", bench -> fail(bench.upstream)),
            Named.of("client sends garbage", client("\0garbage\r\n\r\n")),
            Named.of("upstream sends garbage", upstream("\0garbage\r\n\r\n")),
            Named.of("time passes", bench -> bench.pass(Duration.ofDays(1))),
            Named.of("everything closes", Bench::shut),
            Named.of("drain", bench -> bench.shared.drain()));

    static Stream<Arguments> scriptsAndBreaks() {
        return SCRIPTS.stream().flatMap(script -> BREAKS.stream().map(broken -> Arguments.of(script, broken)));
    }

    @ParameterizedTest
    @MethodSource("scriptsAndBreaks")
    void brokenAtAnyStep_everythingIsGivenBackOnce(List<Consumer<Bench>> script, Consumer<Bench> broken) {
        for (int step = 0; step <= script.size(); step++) {
            try (Bench bench = new Bench()) {
                List<Consumer<Bench>> all = new ArrayList<>(script);
                all.add(step, broken);
                all.forEach(one -> one.accept(bench));
                String answered = bench.answered();
                bench.forwarded();
                bench.shut();

                assertThat(bench.shared.inFlight())
                        .as("in flight, step %d", step)
                        .isZero();
                assertThat(bench.permits.held()).as("permits, step %d", step).isZero();
                assertThat(bench.permits.returnedAgain()).as("step %d", step).isZero();
                assertThat(bench.shared.upstream().leased())
                        .as("leased, step %d", step)
                        .isZero();
                assertThat(bench.shared.upstream().idle())
                        .as("idle, step %d", step)
                        .isZero();
                assertThat(bench.shared.budget().held())
                        .as("body bytes, step %d", step)
                        .isZero();
                assertThat(bench.observed.summaries())
                        .extracting(summary -> summary.requestId())
                        .doesNotHaveDuplicates();
                assertThat(bench.observed.summaries())
                        .as("nothing is taken for a bug of ours, step %d", step)
                        .noneMatch(summary -> summary.outcome() == Outcome.ABORTED);
                assertThat(answered.split("HTTP/1\\.1 ", -1).length - 1)
                        .as("a response for each exchange at most, step %d: %s", step, answered)
                        .isLessThanOrEqualTo(bench.observed.summaries().size());
            }
        }
    }

    private static void fail(EmbeddedChannel channel) {
        if (channel.isOpen()) {
            channel.pipeline().fireExceptionCaught(new IOException("test"));
        }
    }

    private static Consumer<Bench> client(String text) {
        return bench -> bench.send(text);
    }

    private static Consumer<Bench> upstream(String text) {
        return bench -> bench.answer(text);
    }
}
