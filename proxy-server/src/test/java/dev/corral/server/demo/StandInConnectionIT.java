package dev.corral.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is the connection's and not a dialect's: order, keep-alive, and that a client who leaves stops the work. */
class StandInConnectionIT {
    private StandInOllama ollama;
    private Socket socket;

    @BeforeEach
    void start() throws IOException {
        ollama = StandInOllama.start(Duration.ofSeconds(20));
        socket = new Socket(ollama.address().getAddress(), ollama.address().getPort());
        socket.setSoTimeout(10_000);
    }

    @AfterEach
    void stop() throws IOException {
        socket.close();
        ollama.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void clientLeaves_generationStops(boolean stream) throws IOException {
        send("POST", "/api/generate", "{\"model\":\"stand-in\",\"prompt\":\"x\",\"stream\":" + stream + "}");
        await(() -> ollama.generating() == 1);
        socket.close();
        await(() -> ollama.generating() == 0);
    }

    @Test
    void pipelinedRequests_areAnsweredInOrder() throws IOException {
        send("GET", "/api/version", "");
        send("GET", "/api/nothing", "");
        send("GET", "/api/status", "");
        BufferedReader reader =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
        StringBuilder statuses = new StringBuilder();
        for (String line; statuses.length() < 12 && (line = reader.readLine()) != null; ) {
            int at = line.indexOf("HTTP/1.1 ");
            if (at >= 0) {
                statuses.append(line, at + 9, at + 12).append(' ');
            }
        }
        assertThat(statuses).hasToString("200 404 200 ");
    }

    private void send(String method, String path, String body) throws IOException {
        String request = method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + body.length()
                + "\r\n\r\n" + body;
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
            LockSupport.parkNanos(1_000_000);
        }
    }
}
