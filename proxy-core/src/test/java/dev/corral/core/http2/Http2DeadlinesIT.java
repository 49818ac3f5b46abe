package dev.corral.core.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.testkit.Answer;
import dev.corral.core.testkit.CoreFixture;
import dev.corral.core.testkit.CoreSetup;
import dev.corral.core.testkit.Deadline;
import dev.corral.core.testkit.EachTransport;
import dev.corral.core.testkit.Http2Client;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.Requests;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.extension.ExtendWith;

/** Every deadline is the stream's own: its connection goes on. */
@ExtendWith(NothingLeft.class)
final class Http2DeadlinesIT {
    private static final Duration SHORT = Duration.ofMillis(300);

    private static ErrorCode code(CoreFixture fixture) {
        return Objects.requireNonNull(fixture.observed().awaitFirst().error()).code();
    }

    @EachTransport
    void bodyThatStops_408_andTheStreamIsReset(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport)
                .deadline(Deadline.BODY_PROGRESS, SHORT)
                .http2()
                .start()) {
            Http2Client client = fixture.http2();
            int stream = client.begin("POST", "/api/chat", false);
            client.data(stream, "{", false);
            assertThat(client.status(stream)).isEqualTo(408);
            assertThat(client.body(stream)).contains("error");
            assertThat(client.resetCode(stream)).isZero();
            assertThat(code(fixture)).isEqualTo(ErrorCode.BODY_TIMEOUT);
            assertThat(client.status(client.get("/api/tags"))).isEqualTo(200);
        }
    }

    @EachTransport
    void upstreamThatDoesNotBegin_504(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport)
                .deadline(Deadline.FIRST_BYTE, SHORT)
                .http2()
                .start()) {
            fixture.ollama().onRequest(0, Answer.NEVER);
            Http2Client client = fixture.http2();
            int stream = client.post("/api/chat", Requests.MODEL);
            assertThat(client.status(stream)).isEqualTo(504);
            assertThat(client.body(stream)).contains("error");
            assertThat(client.wasReset(stream)).isFalse();
            assertThat(client.status(client.get("/api/tags"))).isEqualTo(200);
        }
    }

    @EachTransport
    void upstreamThatStopsInTheMiddle_reset(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport)
                .deadline(Deadline.STREAM_IDLE, SHORT)
                .http2()
                .start()) {
            fixture.ollama().onRequest(0, (connection, request) -> {
                connection.readBody();
                connection.sendHead(200, "Transfer-Encoding: chunked").sendChunk("before");
                connection.awaitEnd();
            });
            Http2Client client = fixture.http2();
            int stream = client.post("/api/chat", Requests.MODEL);
            assertThat(client.resetCode(stream)).isEqualTo(2);
            assertThat(client.soFar(stream)).isEqualTo("before");
            assertThat(code(fixture)).isEqualTo(ErrorCode.STREAM_IDLE);
            assertThat(client.status(client.get("/api/tags"))).isEqualTo(200);
        }
    }
}
