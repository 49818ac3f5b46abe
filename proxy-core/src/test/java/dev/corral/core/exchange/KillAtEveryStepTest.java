package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.policy.RolePolicies;
import dev.corral.core.spi.Outcome;
import dev.corral.core.testkit.Bytes;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.Requests;
import dev.corral.core.testkit.Roles;
import dev.corral.core.testkit.Zstd;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
    private static final String CODED = new String(
            Zstd.checked(Bytes.of("{\"model\":\"m\",\"input\":\"hello\"}")).array(), StandardCharsets.ISO_8859_1);
    private static final List<RolePolicies> POLICIES = List.of(RolePolicies.OPEN, Roles.safe("m*"));

    private static final List<Named<List<Consumer<Bench>>>> SCRIPTS = List.of(
            Named.of(
                    "chat",
                    List.of(
                            client("POST /api/chat HTTP/1.1\r\nHost: a\r\nContent-Le"),
                            client("ngth: 14\r\n\r\n{"),
                            client("\"model\":\"m\"}"),
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
                            client("POST " + Requests.BLOB
                                    + " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"),
                            client("5\r\nhel"),
                            client("lo\r\n"),
                            upstream("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"),
                            client("5\r\nworld\r\n"),
                            upstream("ab"),
                            client("0\r\nX: y\r\n\r\n"),
                            upstream("cd"))),
            Named.of(
                    "form",
                    List.of(
                            client("POST /v1/audio/transcriptions HTTP/1.1\r\nHost: a\r\nContent-Length: 201\r\n"),
                            client("Content-Type: multipart/form-data; boundary=b0\r\n\r\n--b0\r\nContent-Dispos"),
                            client("ition: form-data; name=file; filename=a.wav\r\n\r\nRIFF\r"),
                            client("\n--b0\r\nContent-Disposition: form-data; name=model\r\n\r\nwhisper\r\n--b0"),
                            client("\r\n"),
                            client("Content-Disposition: form-data; name=language\r\n\r\nen"),
                            client("\r\n--b0--"),
                            client("\r\n"),
                            upstream("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"),
                            upstream("ab"),
                            upstream("cd"))),
            Named.of(
                    "pipelined",
                    List.of(
                            client(
                                    "POST /api/chat HTTP/1.1\r\nHost: a\r\nContent-Length: 13\r\n\r\n{\"model\":\"m\"}POST /api/chat HT"),
                            client("TP/1.1\r\nHost: a\r\nContent-Length: 14\r\n\r\n{"),
                            client(" \"model\":\"m\"}GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
                            upstream("HTTP/1.1 200 OK\r\n"),
                            upstream("Content-Length: 4\r\n\r\nab"),
                            upstream("cd"))),
            Named.of(
                    "close-delimited",
                    List.of(
                            client("GET /api/tags HTTP/1.0\r\n\r\n"),
                            upstream("HTTP/1.0 200 OK\r\n\r\nab"),
                            upstream("cd"))),
            Named.of(
                    "changed by policy",
                    List.of(
                            client("POST /api/chat HTTP/1.1\r\nHost: a\r\nContent-Length: 38\r\n\r\n{\"model\":\"m\""),
                            client(",\"options\":{\"num_ctx\":42}}"),
                            upstream("HTTP/1.1 200 OK\r\nContent-Le"),
                            upstream("ngth: 4\r\n\r\nab"),
                            upstream("cd"))),
            Named.of(
                    "refused by policy",
                    List.of(
                            client("POST /api/chat HTTP/1.1\r\nHost: a\r\nContent-Length: 13\r\n\r\n{\"model\""),
                            client(":\"x\"}GET /api/tags HTTP/1.1\r\n"),
                            client("Host: a\r\n\r\n"))),
            Named.of(
                    "listing held",
                    List.of(
                            client("GET /api/tags HTTP/1.1\r\nHost: a\r\n\r\n"),
                            upstream("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
                            upstream("2f\r\n{\"models\":[{\"name\":\"x\",\"model\":\"x\"},"),
                            upstream("{\"name\":\"m\"\r\n"),
                            upstream("e\r\n,\"model\":\"m\"}]\r\n"),
                            upstream("1\r\n}\r\n0\r\n"),
                            upstream("\r\n"))),
            Named.of(
                    "waits for its turn",
                    List.of(
                            bench -> bench.occupy(),
                            client("POST /api/chat HTTP/1.1\r\nHost: a\r\nContent-Length: 13\r\n\r\n{\"model\":\"m\""),
                            client("}GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
                            bench -> bench.vacate(),
                            upstream("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab"),
                            upstream("cd"))),
            Named.of(
                    "form waits for its turn",
                    List.of(
                            bench -> bench.occupy(),
                            client("POST /v1/audio/transcriptions HTTP/1.1\r\nHost: a\r\nContent-Length: 201\r\n"),
                            client("Content-Type: multipart/form-data; boundary=b0\r\n\r\n--b0\r\nContent-Dispos"),
                            client("ition: form-data; name=model\r\n\r\nwhisper\r\n--b0\r\nContent-Disposition: "),
                            client("form-data; name=file; filename=a.wav\r\n\r\nRIFF\r\n--b0"),
                            client("\r\nContent-Disposition: form-data; name=language\r\n\r\nen\r\n--b0-"),
                            client("-\r"),
                            client("\n"),
                            bench -> bench.vacate(),
                            upstream("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"),
                            upstream("abcd"))),
            Named.of(
                    "limiter answers later",
                    List.of(
                            bench -> bench.limiter.later(),
                            client("POST /api/chat HTTP/1.1\r\nHost: a\r\nContent-Length: 13\r\n\r\n{\"model\":\"m\"}"),
                            Bench::decide,
                            upstream("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabcd"),
                            client("GET /api/tags HTTP/1.1\r\nHost: a\r\n\r\n"),
                            Bench::decide,
                            upstream("HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{\"models\":[]}"))),
            Named.of(
                    "usage cut out",
                    List.of(
                            client("POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nContent-Length: 41\r\n\r\n{\"mo"),
                            client("del\":\"m\",\"stream\":true,\"messages\":[]}"),
                            upstream("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"),
                            upstream("Transfer-Encoding: chunked\r\n\r\n"),
                            upstream("40\r\ndata: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]"),
                            upstream("                 }\n\n\r\n"),
                            upstream("5d\r\ndata: {\"choices\":[],\"usage\":{\"prompt_tokens\":3"),
                            upstream(",\"completion_tokens\":1,\"total_tokens\":4  }}  \n\n\r\n"),
                            upstream("e\r\ndata: [DONE]\n\n\r\n"),
                            upstream("0\r\n\r\n"))),
            Named.of(
                    "zstd",
                    List.of(
                            client("POST /v1/responses HTTP/1.1\r\nHost: a\r\nContent-Encoding: zstd\r\n"
                                    + "Content-Length: " + CODED.length() + "\r\n\r\n"),
                            client(CODED.substring(0, 3)),
                            client(CODED.substring(3, CODED.length() - 1)),
                            client(CODED.substring(CODED.length() - 1)),
                            upstream("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab"),
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
        for (int run = 0; run < POLICIES.size() * (script.size() + 1); run++) {
            int step = run / POLICIES.size();
            try (Bench bench = Bench.governed(POLICIES.get(run % POLICIES.size()))) {
                List<Consumer<Bench>> all = new ArrayList<>(script);
                all.add(step, broken);
                all.forEach(one -> one.accept(bench));
                String answered = bench.answered();
                bench.forwarded();
                bench.shut();
                bench.vacate();
                bench.decideAll();

                assertThat(bench.shared.inFlight())
                        .as("in flight, step %d", step)
                        .isZero();
                assertThat(bench.permits.held()).as("permits, step %d", step).isZero();
                assertThat(bench.permits.returnedAgain()).as("step %d", step).isZero();
                assertThat(bench.limiter.held())
                        .as("permits of the limiter, step %d", step)
                        .isZero();
                assertThat(bench.limiter.returnedAgain()).as("step %d", step).isZero();
                assertThat(bench.shared.queue().running())
                        .as("places, step %d", step)
                        .isZero();
                assertThat(bench.shared.queue().waiting())
                        .as("tickets, step %d", step)
                        .isZero();
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
