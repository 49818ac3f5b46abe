package dev.corral.server.tls.acme;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.corral.core.spi.NetworkTrouble;
import dev.corral.core.tls.CertificateBundle;
import dev.corral.core.tls.CertificateNames;
import dev.corral.server.config.AcmeSettings;
import dev.corral.server.config.AcmeSettings.Challenge;
import dev.corral.server.tls.HandClock;
import dev.corral.server.tls.LogLines;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole way of a certificate, from an authority that really looks. */
class AcmeSourceIT {
    private static final List<String> DOMAINS = List.of("gpu.example.org", "www.gpu.example.org");

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
    void tlsAlpn_getsACertificateForAllNames() throws Exception {
        CertificateBundle got = only(attempt(open(Challenge.TLS_ALPN)));

        assertThat(authority.challenges)
                .containsExactly("tls-alpn-01 gpu.example.org", "tls-alpn-01 www.gpu.example.org");
        assertThat(CertificateNames.of(got.chain().get(0))).isEqualTo(DOMAINS);
        assertThat(got.chain()).hasSize(2).last().isEqualTo(authority.ca.intermediate);
        assertThat(edge.nothingLeft()).isTrue();
        assertThat(authority.newAccounts.get(0).path("contact").toString()).contains("mailto:ops@example.org");
    }

    @Test
    void http_getsACertificateToo() throws Exception {
        CertificateBundle got = only(attempt(open(Challenge.HTTP)));

        assertThat(authority.challenges).containsExactly("http-01 gpu.example.org", "http-01 www.gpu.example.org");
        assertThat(CertificateNames.of(got.chain().get(0))).isEqualTo(DOMAINS);
        assertThat(edge.nothingLeft()).isTrue();
    }

    @Test
    void auto_triesTheOtherAfterAFailure() throws Exception {
        AcmeSource source = open(Challenge.AUTO);
        authority.validator.refuses = true;
        assertThat(attempt(source)).isEmpty();
        authority.validator.refuses = false;
        clock.advance(Duration.ofMinutes(5));

        assertThat(attempt(source)).hasSize(1);
        assertThat(authority.challenges)
                .containsExactly(
                        "tls-alpn-01 gpu.example.org", "http-01 gpu.example.org", "http-01 www.gpu.example.org");
    }

    @Test
    void auto_asksForNothingThatNoListenerAnswers() throws Exception {
        AcmeSource source = AcmeSource.open(
                directory.resolve("acme"), settings(DOMAINS, Challenge.AUTO, null), edge, false, clock, () -> 0.5);
        authority.validator.refuses = true;
        assertThat(attempt(source)).isEmpty();
        clock.advance(Duration.ofMinutes(5));
        assertThat(attempt(source)).isEmpty();

        assertThat(authority.challenges).containsExactly("tls-alpn-01 gpu.example.org", "tls-alpn-01 gpu.example.org");
    }

    @Test
    void failedChallenge_isReportedAndLeavesNothingBehind() throws Exception {
        authority.validator.refuses = true;
        AcmeSource source = open(Challenge.HTTP);

        assertThat(attempt(source)).isEmpty();
        assertThat(source.failures()).isEqualTo(1);
        assertThat(edge.nothingLeft()).isTrue();
        assertThat(open(Challenge.HTTP).first()).isEmpty();
    }

    @Test
    void authorityThatIsNotThere_isSaidInWordsWithItsAddress() throws Exception {
        authority.close();
        AcmeSource source = open(Challenge.HTTP);
        try (LogLines log = new LogLines(AcmeSource.class)) {
            source.look();
            assertThat(log.of(Level.ERROR))
                    .singleElement()
                    .asString()
                    .contains(NetworkTrouble.place(authority.directory())
                            + " cannot be reached: connection refused; tried")
                    .doesNotContain("Exception", "Network error");
        }
    }

    @Test
    void failures_comeBackLessAndLessOften() throws Exception {
        authority.failsOrders = true;
        AcmeSource source = open(Challenge.HTTP);
        List<Duration> gaps = new ArrayList<>();
        Instant last = clock.now();
        for (int orders = 1; gaps.size() < 6; clock.advance(Duration.ofSeconds(30))) {
            source.look();
            if (authority.newOrders.size() > orders) {
                orders++;
                gaps.add(Duration.between(last, clock.now()));
                last = clock.now();
            }
        }

        assertThat(gaps)
                .containsExactly(
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(10),
                        Duration.ofMinutes(30),
                        Duration.ofHours(1),
                        Duration.ofHours(2),
                        Duration.ofHours(4));
        assertThat(source.failures()).isEqualTo(7);
        assertThat(edge.nothingLeft()).isTrue();
    }

    @Test
    void restartsInALoop_doNotUseUpTheAuthoritysPatience() throws Exception {
        authority.failsOrders = true;
        for (int i = 0; i < 240; i++) {
            open(Challenge.HTTP).look();
            clock.advance(Duration.ofSeconds(30));
        }
        // In two hours.
        assertThat(authority.newOrders).hasSizeBetween(4, 10);
    }

    @Test
    void rateLimit_isWaitedFor() throws Exception {
        authority.rateLimitSeconds = 7_200;
        AcmeSource source = open(Challenge.HTTP);
        attempt(source);
        authority.rateLimitSeconds = null;

        clock.advance(Duration.ofSeconds(7_000));
        assertThat(attempt(open(Challenge.HTTP))).isEmpty();
        clock.advance(Duration.ofMinutes(5));
        assertThat(attempt(open(Challenge.HTTP))).hasSize(1);
    }

    @Test
    void badNonces_areTriedAgain() throws Exception {
        authority.refusedNonces = 3;

        assertThat(attempt(open(Challenge.HTTP))).hasSize(1);
        assertThat(authority.refusedNonces).isNegative();
    }

    @Test
    void slowSigning_isWaitedFor() throws Exception {
        authority.pollsUntilReady = 2;

        assertThat(attempt(open(Challenge.HTTP))).hasSize(1);
    }

    @Test
    void certificateForOthers_isNotUsed() throws Exception {
        authority.signsForOthers = true;

        assertThat(attempt(open(Challenge.HTTP))).isEmpty();
        assertThat(open(Challenge.HTTP).first()).isEmpty();
    }

    @Test
    void renewal_comesWithAThirdLeftAndSurvivesARestart() throws Exception {
        CertificateBundle first = only(attempt(open(Challenge.HTTP)));
        AcmeSource restarted = open(Challenge.HTTP);
        assertThat(restarted.first()).containsExactly(first);

        clock.advance(Duration.ofDays(59));
        assertThat(attempt(restarted)).isEmpty();
        assertThat(authority.newOrders).hasSize(1);
        clock.advance(Duration.ofDays(2));
        CertificateBundle second = only(attempt(restarted));

        assertThat(second).isNotEqualTo(first);
        assertThat(second.key()).isNotEqualTo(first.key());
        assertThat(open(Challenge.HTTP).first()).containsExactly(second);
        assertThat(authority.newOrders.get(1).has("replaces")).isFalse();
    }

    @Test
    void renewBefore_isKeptTo() throws Exception {
        AcmeSource source = open(settings(DOMAINS, Challenge.HTTP, Duration.ofDays(80)));
        attempt(source);

        clock.advance(Duration.ofDays(9));
        assertThat(attempt(source)).isEmpty();
        clock.advance(Duration.ofDays(2));
        assertThat(attempt(source)).hasSize(1);
    }

    @Test
    void failedRenewal_keepsTheOldCertificate() throws Exception {
        AcmeSource source = open(Challenge.HTTP);
        CertificateBundle first = only(attempt(source));
        clock.advance(Duration.ofDays(61));
        authority.failsOrders = true;

        assertThat(attempt(source)).isEmpty();
        assertThat(open(Challenge.HTTP).first()).containsExactly(first);
    }

    @Test
    void anotherName_isAskedForAtOnce() throws Exception {
        attempt(open(Challenge.HTTP));
        List<String> more = List.of("gpu.example.org", "chat.example.org");
        AcmeSource source = open(settings(more, Challenge.HTTP, null));

        assertThat(source.first()).hasSize(1);
        assertThat(CertificateNames.of(leaf(only(attempt(source))))).containsAll(more);
    }

    @Test
    void renewalWindowOfTheAuthority_comesBeforeOurOwn() throws Exception {
        authority.windowFrom = clock.now().plus(Duration.ofDays(60));
        AcmeSource source = open(Challenge.HTTP);
        attempt(source);
        assertThat(attempt(source)).isEmpty();

        // It has to revoke.
        authority.windowFrom = clock.now().plus(Duration.ofDays(2));
        clock.advance(Duration.ofDays(1));
        assertThat(attempt(source)).isEmpty();
        clock.advance(Duration.ofDays(1).plusHours(6));
        assertThat(attempt(source)).hasSize(1);
        assertThat(authority.newOrders).hasSize(2);
        assertThat(authority.newOrders.get(1).path("replaces").asText()).contains(".");
    }

    @Test
    void renewalWindowInThePast_isNotALoop() throws Exception {
        authority.windowFrom = clock.now().minus(Duration.ofDays(60));
        AcmeSource source = open(Challenge.HTTP);
        for (int i = 0; i < 48; i++) {
            source.look();
            clock.advance(Duration.ofHours(1));
        }

        assertThat(authority.newOrders).hasSize(2);
    }

    @Test
    void authorityThatStalls_doesNotHoldUpTheEnd() throws Exception {
        authority.stalls = true;
        AcmeSource source = open(Challenge.HTTP);
        BlockingQueue<List<CertificateBundle>> told = new LinkedBlockingQueue<>();
        source.start(told::add);
        await(() -> !authority.newOrders.isEmpty());
        Thread thread = Thread.getAllStackTraces().keySet().stream()
                .filter(one -> one.getName().equals("corral-tls-acme"))
                .findFirst()
                .orElseThrow();
        source.close();
        thread.join(10_000);
        assertThat(thread.isAlive()).isFalse();
        assertThat(told).isEmpty();
        assertThat(source.failures()).isZero();
    }

    @Test
    void endlessAnswer_isNotCollected() throws Exception {
        authority.floods = true;
        AcmeSource source = open(Challenge.HTTP);

        assertThat(attempt(source)).isEmpty();
        assertThat(source.failures()).isEqualTo(1);
    }

    @Test
    void thread_getsTheCertificateByItself() throws Exception {
        BlockingQueue<List<CertificateBundle>> told = new LinkedBlockingQueue<>();
        try (AcmeSource source = open(Challenge.AUTO)) {
            source.start(told::add);
            assertThat(told.poll(30, TimeUnit.SECONDS)).hasSize(1);
        }
    }

    @Test
    void files_areTheOwnersOnlyAndTheAccountIsKept() throws Exception {
        attempt(open(Challenge.HTTP));
        clock.advance(Duration.ofDays(61));
        attempt(open(Challenge.HTTP));

        try (Stream<Path> all = Files.walk(directory.resolve("acme"))) {
            assertThat(all.map(path -> mode(path) + " " + path.getFileName()).sorted())
                    .containsExactly(
                            "rw------- account.pem",
                            "rw------- attempts.json",
                            "rw------- certificate.pem",
                            "rwx------ 127.0.0.1-" + suffix(),
                            "rwx------ acme");
        }
        assertThat(authority.newAccounts).hasSizeGreaterThan(1);
        assertThat(authority.accounts()).isEqualTo(1);
    }

    private String suffix() throws IOException {
        try (Stream<Path> all = Files.list(directory.resolve("acme"))) {
            return all.findFirst().orElseThrow().getFileName().toString().replaceFirst(".*-", "");
        }
    }

    private List<CertificateBundle> attempt(AcmeSource source) throws IOException {
        List<CertificateBundle> before = read();
        source.look();
        List<CertificateBundle> after = read();
        return after.equals(before) ? List.of() : after;
    }

    private List<CertificateBundle> read() throws IOException {
        CertificateBundle stored = new AcmeStore(directory.resolve("acme"), authority.directory()).certificate();
        return stored == null ? List.of() : List.of(stored);
    }

    private AcmeSource open(Challenge challenge) throws IOException {
        return open(settings(DOMAINS, challenge, null));
    }

    private AcmeSource open(AcmeSettings settings) throws IOException {
        return AcmeSource.open(directory.resolve("acme"), settings, edge, true, clock, () -> 0.5);
    }

    private AcmeSettings settings(List<String> domains, Challenge challenge, @Nullable Duration renewBefore) {
        return new AcmeSettings(domains, "ops@example.org", authority.directory(), null, true, challenge, renewBefore);
    }

    private static CertificateBundle only(List<CertificateBundle> all) {
        assertThat(all).hasSize(1);
        return all.get(0);
    }

    private static X509Certificate leaf(CertificateBundle bundle) {
        return bundle.chain().get(0);
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 3_000 && !condition.getAsBoolean(); i++) {
            new CountDownLatch(1).await(10, TimeUnit.MILLISECONDS);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    private static String mode(Path path) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
