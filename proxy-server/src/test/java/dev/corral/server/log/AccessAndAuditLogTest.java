package dev.corral.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.Dialect;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.ExchangeSummary;
import dev.corral.core.spi.Metering;
import dev.corral.core.spi.NanoClock;
import dev.corral.core.spi.Outcome;
import dev.corral.core.spi.Principal;
import dev.corral.core.spi.Protocol;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessAndAuditLogTest {
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
    void exchange_isOneLineWithItsFacts() throws UnknownHostException {
        JsonNode line = access(summary("/api/chat", Endpoint.CHAT, principal(), 200, null, Outcome.COMPLETED));

        assertThat(line)
                .hasToString("{\"time\":\"2026-11-22T19:32:03.007Z\",\"id\":\"req-1\",\"key\":\"abcd1234\","
                        + "\"key_name\":\"laptop\",\"role\":\"user\",\"address\":\"2001:db8::1\","
                        + "\"protocol\":\"HTTP/1.1\",\"tls\":false,\"method\":\"POST\",\"path\":\"/api/chat\","
                        + "\"model\":\"registry.ollama.ai/library/llama3:latest\",\"status\":200,\"code\":null,"
                        + "\"outcome\":\"completed\",\"request_bytes\":123,\"response_bytes\":4567,"
                        + "\"first_byte_ms\":1.5,\"duration_ms\":2500.0}");
    }

    @Test
    void answerOfAModel_isLoggedWithItsTokensAndItsWait() throws UnknownHostException {
        ExchangeSummary plain = summary("/api/chat", Endpoint.CHAT, principal(), 200, null, Outcome.COMPLETED);
        Metering metering = new Metering(Metering.Source.REPORTED, true, 26, 290, 1, 1, 1, 1, 12_345_678, 290, 1, 1);

        JsonNode whole = access(metered(plain, 0, metering));
        JsonNode waited = access(
                metered(plain, 3, new Metering(Metering.Source.ESTIMATED, false, 26, 7, 1, -1, -1, -1, -1, 0, 0, 0)));

        assertThat(whole.toString())
                .endsWith("\"duration_ms\":2500.0,\"prompt_tokens\":26,\"completion_tokens\":290,"
                        + "\"first_token_ms\":12.345}");
        assertThat(waited.toString())
                .endsWith("\"duration_ms\":2500.0,\"queue_ms\":70.0,\"prompt_tokens\":26,\"completion_tokens\":7,"
                        + "\"first_token_ms\":null,\"tokens_estimated\":true,\"unfinished\":true}");
    }

    @Test
    void lockedOutAddress_isOneLineThatFail2banReads() throws Exception {
        Path file = directory.resolve("audit.log");
        try (AuditLog log = new AuditLog(new LogTarget(file, 1 << 20, 1), CLOCK)) {
            log.lockedOut(InetAddress.getByName("203.0.113.9"), Duration.ofMinutes(2));
            log.lockedOut(InetAddress.getByName("2001:db8::9"), Duration.ofHours(1));
            log.lockedOut(
                    Inet6Address.getByAddress(
                            null, InetAddress.getByName("fe80::1").getAddress(), 7),
                    Duration.ofSeconds(1));
        }

        assertThat(Files.readAllLines(file))
                .containsExactly(
                        "{\"time\":\"2026-11-22T19:32:03.007Z\",\"event\":\"locked_out\",\"address\":\"203.0.113.9\",\"seconds\":120}",
                        "{\"time\":\"2026-11-22T19:32:03.007Z\",\"event\":\"locked_out\",\"address\":\"2001:db8::9\",\"seconds\":3600}",
                        "{\"time\":\"2026-11-22T19:32:03.007Z\",\"event\":\"locked_out\",\"address\":\"fe80::1\",\"seconds\":1}");
    }

    @Test
    void thousandsOfLockOutsAtOnce_areNotAllWrittenDown() throws Exception {
        Path file = directory.resolve("audit.log");
        try (AuditLog log = new AuditLog(new LogTarget(file, 1 << 20, 1), CLOCK)) {
            for (int i = 0; i < 5_000; i++) {
                log.lockedOut(InetAddress.getLoopbackAddress(), Duration.ofMinutes(2));
            }
        }

        assertThat(Files.readAllLines(file)).hasSize(51).last().asString().contains("4950 further lock-outs");
    }

    @Test
    void keysThatComeWithoutTls_areOneLineInAMinute() throws Exception {
        Path file = directory.resolve("audit.log");
        try (AuditLog log = new AuditLog(new LogTarget(file, 1 << 20, 1), CLOCK)) {
            for (int i = 0; i < 5_000; i++) {
                log.credentialOverPlainHttp(InetAddress.getByName("203.0.113.9"));
            }
        }

        assertThat(Files.readAllLines(file))
                .containsExactly(
                        "{\"time\":\"2026-11-22T19:32:03.007Z\",\"event\":\"key_over_plain_http\",\"address\":\"203.0.113.9\"}");
    }

    private static ExchangeSummary metered(ExchangeSummary plain, int queuePosition, Metering metering) {
        return new ExchangeSummary(
                plain.requestId(),
                plain.startedAtMillis(),
                plain.clientAddress(),
                plain.protocol(),
                plain.tls(),
                plain.method(),
                plain.path(),
                plain.endpoint(),
                plain.dialect(),
                plain.principal(),
                plain.model(),
                plain.changes(),
                plain.status(),
                plain.error(),
                plain.outcome(),
                plain.requestBytes(),
                plain.responseBytes(),
                plain.firstByteNanos(),
                queuePosition,
                70_000_000,
                plain.durationNanos(),
                metering);
    }

    @Test
    void scriptThatGoesOnAsking_isOneLineForEachSortOfRefusal() throws UnknownHostException {
        ExchangeSummary rate =
                summary("/api/chat", Endpoint.CHAT, principal(), 429, ErrorCode.REQUEST_RATE, Outcome.REFUSED);
        ExchangeSummary quota =
                summary("/api/chat", Endpoint.CHAT, principal(), 429, ErrorCode.TOKEN_QUOTA, Outcome.REFUSED);
        ExchangeSummary[] wild = new ExchangeSummary[20_002];
        Arrays.fill(wild, rate);
        wild[10_000] = quota;
        wild[20_001] = summary(
                "/api/pull", Endpoint.PULL_MODEL, principal(), 403, ErrorCode.FORBIDDEN_ENDPOINT, Outcome.REFUSED);

        List<JsonNode> lines = audit(wild);

        assertThat(lines)
                .extracting(line -> line.path("code").textValue())
                .containsExactly("request_rate", "token_quota", "forbidden_endpoint", null);
        assertThat(lines.get(3).get("detail").textValue()).isEqualTo("19999 further refusals of keys");
    }

    @Test
    void route_isLoggedByItsPatternAndAStrangersPathAsSent() throws UnknownHostException {
        JsonNode route =
                access(summary("/v1/models/secret-name", Endpoint.MODEL, principal(), 200, null, Outcome.COMPLETED));
        JsonNode stranger =
                access(summary("/a\u001b[31m\r\nb", null, null, 401, ErrorCode.MISSING_KEY, Outcome.REFUSED));

        assertThat(route.get("path").textValue()).isEqualTo("/v1/models/:model");
        assertThat(stranger.get("path").textValue()).isEqualTo("/a\u001b[31m\r\nb");
        assertThat(stranger.get("key").isNull()).isTrue();
        assertThat(stranger.get("code").textValue()).isEqualTo("missing_key");
    }

    @Test
    void keyInThePath_isNotLogged() throws UnknownHostException {
        ExchangeSummary summary =
                summary("/t/crl_abcd1234_S3cret/api", null, null, 401, ErrorCode.MISSING_KEY, Outcome.REFUSED);

        assertThat(access(summary).get("path").textValue()).isEqualTo("/t/crl_abcd1234_***/api");
        assertThat(audit(summary).get(0).get("path").textValue()).isEqualTo("/t/crl_abcd1234_***/api");
    }

    @Test
    void everyFieldAtItsWidest_fitsALineWithNothingCutTwice() {
        String wide = "\u009b".repeat(2000);
        ExchangeSummary summary = new ExchangeSummary(
                wide,
                Long.MAX_VALUE,
                InetAddress.getLoopbackAddress(),
                Protocol.HTTP_1_1,
                false,
                wide,
                wide,
                null,
                Dialect.NATIVE,
                new Principal(wide, wide, wide),
                wide,
                List.of(),
                Integer.MIN_VALUE,
                new ProxyError(ErrorCode.UNSUPPORTED_VERSION, "a sentence"),
                Outcome.UPSTREAM_FAILED,
                Long.MIN_VALUE,
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                Integer.MAX_VALUE,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                new Metering(
                        Metering.Source.ESTIMATED,
                        false,
                        Long.MIN_VALUE,
                        Long.MIN_VALUE,
                        Long.MIN_VALUE,
                        Long.MIN_VALUE,
                        Long.MIN_VALUE,
                        Long.MIN_VALUE,
                        Long.MAX_VALUE,
                        Long.MIN_VALUE,
                        Long.MIN_VALUE,
                        Long.MIN_VALUE));
        JsonLine line = new JsonLine();
        line.begin();
        new AccessLine().encode(summary, line);
        line.end();
        assertThat(line.length()).isLessThanOrEqualTo(JsonLine.MAX_BYTES);

        JsonNode access = access(summary);
        assertThat(access.get("key_name").textValue()).isEqualTo("\u009b".repeat(Fields.NAME) + "...");
        assertThat(access.get("path").textValue()).endsWith("...").hasSizeGreaterThan(100);
        assertThat(access.get("duration_ms").isNumber()).isTrue();
        assertThat(access.get("unfinished").booleanValue()).isTrue();
        assertThat(audit(summary).get(0).get("path").textValue()).endsWith("...");
    }

    @Test
    void refusalThatIsTheCallersFault_isAudited() throws UnknownHostException {
        List<JsonNode> lines = audit(summary(
                "/api/pull", Endpoint.PULL_MODEL, principal(), 403, ErrorCode.FORBIDDEN_ENDPOINT, Outcome.REFUSED));

        assertThat(lines)
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .hasToString("{\"time\":\"2026-11-22T19:32:03.007Z\",\"event\":\"refusal\",\"id\":\"req-1\","
                                + "\"address\":\"2001:db8::1\",\"code\":\"forbidden_endpoint\","
                                + "\"key\":\"abcd1234\",\"key_name\":\"laptop\",\"method\":\"POST\","
                                + "\"path\":\"/api/pull\",\"model\":null}"));
    }

    @Test
    void successesAndFaultsOfOthers_areNotAudited() throws UnknownHostException {
        List<JsonNode> lines = audit(
                summary("/api/chat", Endpoint.CHAT, principal(), 200, null, Outcome.COMPLETED),
                summary(
                        "/api/chat",
                        Endpoint.CHAT,
                        principal(),
                        502,
                        ErrorCode.UPSTREAM_RESET,
                        Outcome.UPSTREAM_FAILED),
                summary("/api/chat", Endpoint.CHAT, principal(), 503, ErrorCode.OVERLOADED, Outcome.REFUSED),
                summary("/api/chat", Endpoint.CHAT, principal(), 499, ErrorCode.CLIENT_GONE, Outcome.CLIENT_GONE),
                summary("/api/chat", Endpoint.CHAT, principal(), 200, ErrorCode.CLIENT_STALL, Outcome.TIMED_OUT));

        assertThat(lines).isEmpty();
    }

    @Test
    void floodOfStrangers_isCountedAndDoesNotPushTheRestOut() throws UnknownHostException {
        ExchangeSummary stranger = summary("/", null, null, 401, ErrorCode.MISSING_KEY, Outcome.REFUSED);
        ExchangeSummary known = summary(
                "/api/pull", Endpoint.PULL_MODEL, principal(), 403, ErrorCode.FORBIDDEN_ENDPOINT, Outcome.REFUSED);
        ExchangeSummary[] flood = new ExchangeSummary[10_001];
        Arrays.fill(flood, stranger);
        flood[10_000] = known;

        List<JsonNode> lines = audit(flood);

        assertThat(lines).hasSize(52);
        assertThat(lines.get(50).get("code").textValue()).isEqualTo("forbidden_endpoint");
        assertThat(lines.get(51).get("event").textValue()).isEqualTo("refusals_suppressed");
        assertThat(lines.get(51).get("detail").textValue()).startsWith("9950 ");
    }

    @Test
    void floodOfStrangers_doesNotPushCallersOutOfTheAccessLog() throws UnknownHostException {
        ExchangeSummary stranger = summary("/", null, null, 401, ErrorCode.MISSING_KEY, Outcome.REFUSED);
        ExchangeSummary caller = summary("/api/chat", Endpoint.CHAT, principal(), 200, null, Outcome.COMPLETED);
        Path file = directory.resolve("access.log");
        AccessLog log = new AccessLog(LogTarget.of(file.toString(), 1 << 20, 1), CLOCK);
        for (int i = 0; i < 5_000; i++) {
            log.finished(stranger);
        }
        log.finished(caller);
        log.close();

        List<JsonNode> lines = LogFiles.lines(file);
        assertThat(lines).hasSize(202);
        assertThat(lines.get(200).get("key").textValue()).isEqualTo("abcd1234");
        assertThat(lines.get(201).get("suppressed").intValue()).isEqualTo(4_800);
    }

    @Test
    void lifecycleAndKeys_areAudited() {
        Path file = directory.resolve("audit.log");
        AuditLog log = new AuditLog(LogTarget.of(file.toString(), 1 << 20, 1), CLOCK);
        log.started("0.1.0 on 127.0.0.1:11435");
        log.keysLoaded("2 keys");
        log.keyChanged("created", "abcd1234", "laptop");
        log.keysRejected("keys.json: crl_abcd1234_oops is no digest");
        log.stopped("SIGTERM, 0 exchanges cut");
        log.close();

        List<JsonNode> lines = LogFiles.lines(file);
        assertThat(lines)
                .extracting(line -> line.get("event").textValue())
                .containsExactly("start", "keys_loaded", "key_created", "keys_rejected", "stop");
        assertThat(lines.get(0))
                .hasToString("{\"time\":\"2026-11-22T19:32:03.007Z\",\"event\":\"start\",\"key\":null,"
                        + "\"key_name\":null,\"detail\":\"0.1.0 on 127.0.0.1:11435\"}");
        assertThat(lines.get(2).get("key").textValue()).isEqualTo("abcd1234");
        assertThat(lines.get(3).get("detail").textValue())
                .contains("crl_abcd1234_***")
                .doesNotContain("oops");
        assertThat(log.counts()).isEqualTo(new LogCounts(5, 0));
    }

    private JsonNode access(ExchangeSummary summary) {
        Path file = directory.resolve("access-" + System.nanoTime() + ".log");
        AccessLog log = new AccessLog(LogTarget.of(file.toString(), 1 << 20, 1), CLOCK);
        log.finished(summary);
        log.close();
        assertThat(log.counts()).isEqualTo(new LogCounts(1, 0));
        return LogFiles.lines(file).get(0);
    }

    private List<JsonNode> audit(ExchangeSummary... summaries) {
        Path file = directory.resolve("audit-" + System.nanoTime() + ".log");
        AuditLog log = new AuditLog(LogTarget.of(file.toString(), 1 << 20, 1), CLOCK);
        for (ExchangeSummary summary : summaries) {
            log.finished(summary);
        }
        log.close();
        return LogFiles.lines(file);
    }

    private static Principal principal() {
        return new Principal("abcd1234", "laptop", "user");
    }

    private static ExchangeSummary summary(
            String path,
            @Nullable Endpoint endpoint,
            @Nullable Principal principal,
            int status,
            @Nullable ErrorCode code,
            Outcome outcome)
            throws UnknownHostException {
        return new ExchangeSummary(
                "req-1",
                1_795_375_923_007L,
                InetAddress.getByName("2001:db8::1"),
                Protocol.HTTP_1_1,
                false,
                "POST",
                path,
                endpoint,
                Dialect.ofPath(path),
                principal,
                endpoint == Endpoint.CHAT ? "registry.ollama.ai/library/llama3:latest" : null,
                List.of(),
                status,
                code == null ? null : new ProxyError(code, "a sentence"),
                outcome,
                123,
                4567,
                1_500_000,
                0,
                0,
                2_500_000_000L,
                Metering.NONE);
    }
}
