package dev.corral.server.tls.acme;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.corral.core.testkit.Await;
import dev.corral.core.tls.CertificateBundle;
import dev.corral.server.config.AcmeSettings;
import dev.corral.server.tls.HandClock;
import dev.corral.server.tls.LogLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that takes nothing, and a clock that was wrong. */
class AcmeTroubleIT {
    // The present, since answers say their own time.
    private final HandClock clock = new HandClock(Instant.now().truncatedTo(ChronoUnit.SECONDS));

    @TempDir
    Path directory;

    private AcmeTestServer authority;
    private TestEdge edge;

    @BeforeEach
    void start() throws Exception {
        authority = new AcmeTestServer(clock);
        edge = new TestEdge(authority.validator);
    }

    @AfterEach
    void end() {
        authority.close();
        edge.close();
    }

    @Test
    void certificateThatTheDiskDoesNotTake_isUsedAndSavedLater() throws Exception {
        AcmeSource source = open();
        Path blocked = block("certificate.pem.tmp");
        CertificateBundle got;
        try (LogLines log = new LogLines(AcmeSource.class)) {
            got = runUntilItFails(source);
            assertThat(log.of(Level.ERROR))
                    .singleElement()
                    .asString()
                    .contains("the certificate cannot be kept or renewed", "cannot write", "certificate.pem");
        }
        source.look();
        assertThat(authority.newOrders).hasSize(1);
        assertThat(source.failures()).isEqualTo(2);
        assertThat(open().first()).isEmpty();

        unblock(blocked);
        source.look();
        assertThat(open().first()).containsExactly(got);
        open().look();
        assertThat(authority.newOrders).hasSize(1);
    }

    @Test
    void attemptThatCannotBeWrittenDown_isNotMade() throws Exception {
        AcmeSource source = open();
        Path blocked = block("attempts.json.tmp");
        source.look();
        assertThat(authority.newOrders).isEmpty();
        assertThat(source.failures()).isEqualTo(1);

        unblock(blocked);
        clock.advance(Duration.ofMinutes(5));
        source.look();
        assertThat(authority.newOrders).hasSize(1);
    }

    @Test
    void clockThatWasAhead_doesNotPutOffWhatIsDue() throws Exception {
        authority.failsOrders = true;
        clock.advance(Duration.ofDays(10_000));
        AcmeSource source = open();
        source.look();
        authority.failsOrders = false;
        clock.advance(Duration.ofDays(-10_000));

        source.look();
        assertThat(authority.newOrders).hasSize(1);
        clock.advance(Duration.ofMinutes(2));
        source.look();
        assertThat(authority.newOrders).hasSize(2);
        assertThat(open().first()).hasSize(1);
    }

    @Test
    void clockThatWasAhead_doesNotMakeRestartsALoop() throws Exception {
        authority.failsOrders = true;
        clock.advance(Duration.ofDays(10_000));
        open().look();
        clock.advance(Duration.ofDays(-10_000));
        for (int i = 0; i < 20; i++) {
            open().look();
            clock.advance(Duration.ofSeconds(30));
        }

        assertThat(authority.newOrders).hasSizeBetween(2, 4);
    }

    private CertificateBundle runUntilItFails(AcmeSource source) throws Exception {
        BlockingQueue<List<CertificateBundle>> told = new LinkedBlockingQueue<>();
        source.start(told::add);
        List<CertificateBundle> got = told.poll(30, TimeUnit.SECONDS);
        assertThat(got).hasSize(1);
        Await.until("a failure", () -> source.failures() == 1);
        Thread thread = Thread.getAllStackTraces().keySet().stream()
                .filter(one -> one.getName().equals("corral-tls-acme"))
                .findFirst()
                .orElseThrow();
        source.close();
        thread.join(30_000);
        assertThat(thread.isAlive()).isFalse();
        return got.get(0);
    }

    /** Puts something in the way of the file that is written in place of another. */
    private Path block(String name) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            Path own = all.filter(path -> path.endsWith("account.pem"))
                    .findFirst()
                    .orElseThrow()
                    .resolveSibling(name);
            return Files.createDirectories(own.resolve("full"));
        }
    }

    private static void unblock(Path blocked) throws IOException {
        Files.delete(blocked);
        Files.delete(blocked.getParent());
    }

    private AcmeSource open() throws IOException {
        AcmeSettings settings = new AcmeSettings(
                List.of("gpu.example.org"), null, authority.directory(), null, true, AcmeSettings.Challenge.HTTP, null);
        return AcmeSource.open(directory, settings, edge, true, clock, () -> 0.5);
    }
}
