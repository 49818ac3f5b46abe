package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.testkit.NothingLeft;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A form is decided about when its model is known, and sent when all of it is here and nothing is wrong with it. */
@ExtendWith(NothingLeft.class)
final class FormIntakeTest {
    private static final String TYPE = "Content-Type: multipart/form-data; boundary=b0\r\n";
    private static final String CHUNKED =
            "POST /v1/audio/transcriptions HTTP/1.1\r\nHost: a\r\n" + TYPE + "Transfer-Encoding: chunked\r\n\r\n";
    private static final String FILE =
            "--b0\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\nRIFF\r\n";
    private static final String MODEL = "--b0\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper\r\n";
    private static final String END = "--b0--\r\n";
    private static final String LAST = "0\r\n\r\n";

    private final Bench bench = new Bench();

    @AfterEach
    void nothingIsHeld() {
        bench.close();
        assertThat(bench.shared.inFlight()).isZero();
        assertThat(bench.permits.held()).isZero();
        assertThat(bench.shared.upstream().leased()).isZero();
        assertThat(bench.shared.budget().held()).isZero();
    }

    private static String declared(int length) {
        return "POST /v1/audio/transcriptions HTTP/1.1\r\nHost: a\r\n" + TYPE + "Content-Length: " + length
                + "\r\n\r\n";
    }

    private static String chunk(String text) {
        return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
    }

    private ErrorCode code() {
        return Objects.requireNonNull(bench.observed.awaitFirst().error()).code();
    }

    @Test
    void form_isHeldUntilAllOfItIsHere_andGoesOutUnchanged() {
        bench.send(declared(FILE.length() + MODEL.length() + END.length()) + FILE);
        assertThat(bench.shared.budget().held()).isEqualTo(FILE.length());
        bench.send(MODEL + END.substring(0, END.length() - 1));
        assertThat(bench.forwarded()).isEmpty();
        bench.send(END.substring(END.length() - 1));
        assertThat(bench.forwarded())
                .contains("Content-Type: multipart/form-data; boundary=b0\r\n")
                .contains("content-length: " + (FILE.length() + MODEL.length() + END.length()))
                .endsWith("\r\n\r\n" + FILE + MODEL + END);
        assertThat(bench.shared.budget().held()).isZero();
        bench.answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
        assertThat(bench.answered()).startsWith("HTTP/1.1 200").endsWith("{}");
        assertThat(bench.upstream.isOpen()).isTrue();
        assertThat(bench.client.isOpen()).isTrue();
    }

    @Test
    void chunkedForm_goesOutWithItsLength() {
        bench.send(CHUNKED + chunk(MODEL) + chunk(FILE) + chunk(END) + LAST);
        assertThat(bench.forwarded())
                .contains("content-length: " + (FILE.length() + MODEL.length() + END.length()))
                .doesNotContainIgnoringCase("transfer-encoding")
                .endsWith("\r\n\r\n" + MODEL + FILE + END);
        bench.answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
        assertThat(bench.answered()).startsWith("HTTP/1.1 200");
        assertThat(bench.upstream.isOpen()).isTrue();
    }

    @Test
    void formThatArrivesSlowly_holdsNoPlace() {
        bench.send(CHUNKED + chunk(MODEL));
        for (int i = 0; i < FILE.length(); i++) {
            bench.pass(Duration.ofSeconds(29));
            bench.send(chunk(FILE.substring(i, i + 1)));
            assertThat(bench.shared.queue().running()).as("byte %d", i).isZero();
        }
        assertThat(bench.limiter.demands()).as("nothing is reserved").isEmpty();
        bench.send(chunk(END));
        assertThat(bench.shared.queue().running()).isZero();
        bench.send(LAST);
        assertThat(bench.limiter.demands()).as("now it is").hasSize(1);
    }

    @Test
    void bytesBehindTheLastBoundary_areRefused_beforeTheUpstreamIsAsked() {
        bench.send(CHUNKED + chunk(MODEL + FILE) + chunk("--b0--") + chunk("\r\n") + chunk("x"));
        assertThat(bench.forwarded()).isEmpty();
        assertThat(bench.answered()).startsWith("HTTP/1.1 400").contains("ambiguous_body");
        assertThat(code()).isEqualTo(ErrorCode.AMBIGUOUS_BODY);
    }

    @Test
    void secondModel_isRefused_beforeTheUpstreamIsAsked() {
        bench.send(CHUNKED + chunk(MODEL + FILE) + chunk(MODEL + END) + LAST);
        assertThat(bench.forwarded()).isEmpty();
        assertThat(bench.answered()).startsWith("HTTP/1.1 400").contains("ambiguous_body");
        assertThat(bench.upstream.isOpen()).isTrue();
    }

    @Test
    void missingModel_isRefusedBeforeTheUpstreamIsAsked() {
        bench.send(declared(FILE.length() + END.length()) + FILE + END);
        assertThat(bench.answered()).startsWith("HTTP/1.1 400").contains("model is required");
        assertThat(bench.forwarded()).isEmpty();
        assertThat(bench.client.isOpen()).as("the request was read whole").isTrue();
    }

    @Test
    void noForm_isRefusedBeforeItsBodyIsAskedFor() {
        bench.send(declared(2).replace(TYPE, "Content-Type: application/json\r\nExpect: 100-continue\r\n"));
        assertThat(bench.answered()).startsWith("HTTP/1.1 400").contains("multipart/form-data");
        assertThat(bench.forwarded()).isEmpty();
    }

    @Test
    void continue_isSentOnce() {
        bench.send(declared(MODEL.length() + END.length()).replace("Host", "Expect: 100-continue\r\nHost"));
        assertThat(bench.answered()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
        bench.send(MODEL + END);
        bench.answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
        assertThat(bench.answered()).startsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n");
    }

    @Test
    void clientThatLeavesMidFile_nothingWasSent() {
        bench.send(CHUNKED + chunk(MODEL + FILE.substring(0, 30)));
        bench.client.close();
        assertThat(bench.forwarded()).isEmpty();
        assertThat(code()).isEqualTo(ErrorCode.CLIENT_GONE);
    }

    @Test
    void bodyThatStopsWhileHeld_timesOut() {
        bench.send(CHUNKED + chunk(FILE));
        bench.pass(bench.shared.settings.timeouts().bodyProgress());
        assertThat(bench.answered()).startsWith("HTTP/1.1 408");
        assertThat(bench.forwarded()).isEmpty();
    }
}
