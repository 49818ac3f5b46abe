package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.spi.ExchangeSummary;
import dev.corral.core.spi.Outcome;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.Requests;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The table of docs/life-of-a-request.md: how far the request is, how far the response is, and what happens then. */
@ExtendWith(NothingLeft.class)
final class ExchangeStatesTest {
    private static final String UPLOAD = "POST " + Requests.BLOB + " HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n";
    private static final String CHUNKED_UPLOAD =
            "POST " + Requests.BLOB + " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";
    private static final String CHAT =
            "POST /api/chat HTTP/1.1\r\nHost: a\r\nContent-Length: 13\r\n\r\n{\"model\":\"m\"}";
    private static final String LIVENESS = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String COMMITTED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n";
    private static final String REST = "2\r\ncd\r\n0\r\n\r\n";

    private final Bench bench = new Bench();

    @AfterEach
    void nothingIsHeld() {
        bench.close();
        assertThat(bench.shared.inFlight()).isZero();
        assertThat(bench.permits.held()).isZero();
        assertThat(bench.permits.returnedAgain()).isZero();
        assertThat(bench.shared.upstream().leased()).isZero();
        assertThat(bench.shared.budget().held()).isZero();
    }

    @Test
    void requestArriving_nothingAnswered_refusalClosesBoth() {
        bench.send(CHUNKED_UPLOAD);
        bench.send("not a size\r\n");

        assertThat(bench.answered()).startsWith("HTTP/1.1 400 ").containsIgnoringCase("connection: close");
        assertThat(bench.forwarded()).endsWith("\r\n\r\n5\r\nhello\r\n");
        assertThat(bench.upstream.isOpen()).isFalse();
        assertThat(bench.client.isOpen()).isFalse();
        assertThat(only().outcome()).isEqualTo(Outcome.REFUSED);
    }

    @Test
    void requestArriving_responseCommitted_bothStream() {
        bench.send(UPLOAD + "hello");
        bench.answer(COMMITTED);
        assertThat(bench.answered()).endsWith("2\r\nab\r\n");
        bench.send("world");
        assertThat(bench.forwarded()).endsWith("helloworld");
        bench.answer(REST);

        assertThat(bench.answered()).endsWith("2\r\ncd\r\n0\r\n\r\n");
        assertThat(only().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.shared.upstream().idle()).isEqualTo(1);
        assertThat(bench.client.isOpen())
                .as("the head said close, for the request was not in")
                .isFalse();
    }

    @Test
    void requestArriving_responseComplete_connectionIsNotPooled() {
        bench.send(UPLOAD + "hello");
        bench.answer(COMMITTED + REST);

        assertThat(bench.answered()).containsIgnoringCase("connection: close").endsWith("0\r\n\r\n");
        assertThat(bench.upstream.isOpen()).isFalse();
        assertThat(bench.client.isOpen()).isFalse();
        assertThat(bench.shared.upstream().idle()).isZero();
        assertThat(only().outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    void requestComplete_nothingAnswered_clientIsWatched() {
        bench.send(CHAT);

        assertThat(bench.forwarded()).endsWith("\r\n\r\n{\"model\":\"m\"}");
        assertThat(bench.reads())
                .as("reading, to notice that the client leaves")
                .isTrue();
        assertThat(bench.shared.inFlight()).isEqualTo(1);
        assertThat(bench.observed.summaries()).isEmpty();
    }

    @Test
    void requestComplete_responseCommitted_streams() {
        bench.send(CHAT);
        bench.answer(COMMITTED);

        assertThat(bench.answered()).endsWith("2\r\nab\r\n");
        assertThat(bench.reads()).isTrue();
        assertThat(bench.observed.summaries()).isEmpty();
    }

    @Test
    void bothComplete_bothConnectionsAreKept() {
        bench.send(CHAT);
        bench.answer(COMMITTED + REST);

        assertThat(bench.answered()).doesNotContainIgnoringCase("connection:").endsWith("0\r\n\r\n");
        assertThat(bench.shared.upstream().idle()).isEqualTo(1);
        assertThat(bench.client.isOpen()).isTrue();
        ExchangeSummary summary = only();
        assertThat(summary.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(summary.requestBytes()).isEqualTo(13);
        assertThat(summary.responseBytes()).isEqualTo(4);

        bench.send(CHAT);
        bench.answer(COMMITTED + REST);
        assertThat(bench.observed.summaries()).hasSize(2);
    }

    @Test
    void clientGone_requestArriving_upstreamIsClosed() {
        bench.send(UPLOAD + "hello");
        bench.client.close();

        assertThat(bench.upstream.isOpen()).isFalse();
        assertClientGone(499);
    }

    @Test
    void clientGone_beforeTheAnswer_upstreamIsClosed() {
        bench.send(CHAT);
        bench.client.close();

        assertThat(bench.upstream.isOpen()).isFalse();
        assertClientGone(499);
    }

    @Test
    void clientGone_inTheAnswer_upstreamIsClosed() {
        bench.send(CHAT);
        bench.answer(COMMITTED);
        bench.client.close();

        assertThat(bench.upstream.isOpen()).isFalse();
        assertClientGone(200);
    }

    @Test
    void clientGone_afterTheAnswer_itWasCompleted() {
        bench.send(CHAT);
        bench.answer(COMMITTED + REST);
        bench.client.close();

        assertThat(only().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.shared.upstream().idle()).isEqualTo(1);
    }

    @Test
    void upstreamBreaks_beforeTheAnswer_clientIsTold() {
        bench.send(CHAT);
        bench.upstream.close();

        assertThat(bench.answered()).startsWith("HTTP/1.1 502 ").contains("\"error\"");
        assertThat(bench.client.isOpen())
                .as("the request was whole, the connection can go on")
                .isTrue();
        assertFailed(ErrorCode.UPSTREAM_RESET);
    }

    @Test
    void upstreamBreaks_inTheAnswer_clientSeesABrokenStream() {
        bench.send(CHAT);
        bench.answer(COMMITTED);
        bench.upstream.close();

        assertThat(bench.answered()).endsWith("2\r\nab\r\n").doesNotContain("\r\n0\r\n\r\n");
        assertThat(bench.client.isOpen()).isFalse();
        assertFailed(ErrorCode.UPSTREAM_TRUNCATED);
    }

    @Test
    void upstreamBreaks_duringTheUpload_clientIsToldAndClosed() {
        bench.send(UPLOAD + "hello");
        bench.upstream.close();

        assertThat(bench.answered()).startsWith("HTTP/1.1 502 ").containsIgnoringCase("connection: close");
        assertThat(bench.client.isOpen()).isFalse();
        assertFailed(ErrorCode.UPSTREAM_RESET);
    }

    @Test
    void upstreamSendsABrokenChunk_clientSeesABrokenStream() {
        bench.send(CHAT);
        bench.answer(COMMITTED + "zz\r\n");

        assertThat(bench.answered()).endsWith("2\r\nab\r\n").doesNotContain("\r\n0\r\n\r\n");
        assertThat(bench.client.isOpen()).isFalse();
        assertThat(bench.upstream.isOpen()).isFalse();
        assertFailed(ErrorCode.UPSTREAM_TRUNCATED);
    }

    @Test
    void noAnswerInTime_clientIsToldAndUpstreamClosed() {
        bench.send(CHAT);
        bench.pass(Duration.ofMinutes(10));

        assertThat(bench.answered()).startsWith("HTTP/1.1 504 ");
        assertThat(bench.upstream.isOpen()).isFalse();
        assertThat(only().outcome()).isEqualTo(Outcome.TIMED_OUT);
    }

    @Test
    void answerStops_clientSeesABrokenStream() {
        bench.send(CHAT);
        bench.answer(COMMITTED);
        bench.pass(Duration.ofSeconds(119));
        bench.answer("2\r\nxy\r\n");
        bench.pass(Duration.ofSeconds(119));
        assertThat(bench.client.isOpen()).isTrue();
        bench.pass(Duration.ofSeconds(1));

        assertThat(bench.answered()).endsWith("2\r\nxy\r\n");
        assertThat(bench.client.isOpen()).isFalse();
        assertThat(bench.upstream.isOpen()).isFalse();
        assertThat(only().outcome()).isEqualTo(Outcome.TIMED_OUT);
    }

    @Test
    void requestStops_clientIsTold() {
        bench.send("POST /api/chat HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n{");
        bench.pass(Duration.ofSeconds(30));

        assertThat(bench.answered()).startsWith("HTTP/1.1 408 ").containsIgnoringCase("connection: close");
        assertThat(bench.forwarded()).isEmpty();
        assertThat(only().outcome()).isEqualTo(Outcome.TIMED_OUT);
    }

    @Test
    void headStops_clientIsToldAndItIsCounted() {
        bench.send("GET /api/tags HTTP/1.1\r\nHos");
        bench.pass(Duration.ofSeconds(10));

        assertThat(bench.answered()).startsWith("HTTP/1.1 408 ");
        assertThat(bench.client.isOpen()).isFalse();
        assertThat(only().path()).isEqualTo("-");
    }

    @Test
    void idleConnection_isClosedWithoutAWord() {
        bench.pass(Duration.ofSeconds(60));

        assertThat(bench.answered()).isEmpty();
        assertThat(bench.client.isOpen()).isFalse();
        assertThat(bench.observed.summaries()).isEmpty();
    }

    @Test
    void pipelinedRequests_areAnsweredInOrderOneAtATime() {
        bench.send(CHAT + LIVENESS + LIVENESS);
        assertThat(bench.answered()).isEmpty();
        bench.answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst");

        assertThat(bench.answered().split("HTTP/1.1 200 OK\r\n", -1)).hasSize(4);
        assertThat(bench.answered()).containsSubsequence("first", "Corral is running", "Corral is running");
        assertThat(bench.observed.summaries()).hasSize(3);
    }

    @Test
    void interimAnswers_areDropped() {
        bench.send(CHAT);
        bench.answer("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + COMMITTED + REST);

        assertThat(bench.answered()).startsWith("HTTP/1.1 200 ").endsWith("0\r\n\r\n");
        assertThat(only().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.shared.upstream().idle()).isEqualTo(1);
    }

    @Test
    void bytesAfterTheAnswer_areNobodysAnswer() {
        bench.send(CHAT);
        bench.answer(COMMITTED + REST + "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad");

        assertThat(bench.answered()).endsWith("0\r\n\r\n").doesNotContain("bad");
        assertThat(bench.upstream.isOpen()).isFalse();
        assertThat(bench.observed.poisoned()).isPositive();
        assertThat(bench.shared.upstream().idle()).isZero();
    }

    private ExchangeSummary only() {
        assertThat(bench.observed.summaries()).hasSize(1);
        return bench.observed.summaries().get(0);
    }

    private void assertClientGone(int status) {
        assertThat(only().outcome()).isEqualTo(Outcome.CLIENT_GONE);
        assertThat(only().status()).isEqualTo(status);
    }

    private void assertFailed(ErrorCode code) {
        assertThat(only().outcome()).isEqualTo(Outcome.UPSTREAM_FAILED);
        assertThat(Objects.requireNonNull(only().error()).code()).isEqualTo(code);
    }
}
