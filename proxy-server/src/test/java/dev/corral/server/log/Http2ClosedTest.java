package dev.corral.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.spi.NanoClock;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Http2ClosedTest {
    private static final NanoClock CLOCK = new NanoClock() {
        @Override
        public long nanos() {
            return 0;
        }

        @Override
        public long epochMillis() {
            return 1_795_375_923_007L;
        }
    };

    @TempDir
    Path directory;

    @Test
    void connectionsOfHttp2ThatAreClosed_areLines_andAFloodOfThemIsCounted() throws Exception {
        Path file = directory.resolve("audit.log");
        try (AuditLog log = new AuditLog(new LogTarget(file, 1 << 20, 1), CLOCK)) {
            for (int i = 0; i < 5_000; i++) {
                log.http2Closed(InetAddress.getByName("2001:db8::9"), i == 0);
            }
        }

        List<String> lines = Files.readAllLines(file);
        assertThat(lines).hasSize(51);
        assertThat(lines.subList(0, 2))
                .containsExactly(
                        "{\"time\":\"2026-11-22T19:32:03.007Z\",\"event\":\"http2_closed\",\"address\":\"2001:db8::9\",\"reason\":\"flood\"}",
                        "{\"time\":\"2026-11-22T19:32:03.007Z\",\"event\":\"http2_closed\",\"address\":\"2001:db8::9\",\"reason\":\"protocol\"}");
        assertThat(lines.get(50)).contains("refusals_suppressed", "4950 ");
    }
}
