package dev.corral.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.Dialect;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.ExchangeSummary;
import dev.corral.core.spi.Metering;
import dev.corral.core.spi.Outcome;
import dev.corral.core.spi.Principal;
import dev.corral.core.spi.Protocol;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is written beforehand or kept as written is byte for byte what writing it anew gives. */
class AccessLineTest {
    private static final String[] TEXTS = {
        "", "a", "laptop", "registry.ollama.ai/library/llama3:latest", "\"\\\n\u009b\ud83e\udd99\ud800", "x".repeat(300)
    };

    private final AccessLine access = new AccessLine();
    private final JsonLine line = new JsonLine();

    @Test
    void everyLine_isWhatMembersOneByOneGive() throws UnknownHostException {
        Random random = new Random(11);
        JsonLine plain = new JsonLine();
        for (int i = 0; i < 100_000; i++) {
            ExchangeSummary summary = random(random);

            plain.begin();
            memberByMember(summary, plain);
            plain.end();

            assertThat(written(summary)).isEqualTo(text(plain));
        }
    }

    @Test
    void modelThatWasCutForWantOfRoom_isWholeInTheNextLine() throws UnknownHostException {
        String wide = "\u009b".repeat(256);
        Principal caller = new Principal("\u009b".repeat(40), "\u009b".repeat(64), "\u009b".repeat(64));
        String model = "registry.ollama.ai/library/llama3:latest";
        ExchangeSummary crowded = summary(wide, wide, wide, null, caller, model, InetAddress.getLoopbackAddress());
        ExchangeSummary roomy = summary("a", "GET", "/", null, caller, model, InetAddress.getLoopbackAddress());

        assertThat(written(crowded)).doesNotContain(model);
        assertThat(written(roomy)).contains(model);
    }

    private static void memberByMember(ExchangeSummary summary, JsonLine line) {
        Principal principal = summary.principal();
        Endpoint endpoint = summary.endpoint();
        ProxyError error = summary.error();
        line.time("time", summary.startedAtMillis())
                .text("id", summary.requestId(), Fields.ID)
                .text("key", principal == null ? null : principal.keyId(), Fields.ID)
                .text("key_name", principal == null ? null : principal.keyName(), Fields.NAME)
                .text("role", principal == null ? null : principal.role(), Fields.NAME)
                .text("address", summary.clientAddress().getHostAddress(), Fields.ADDRESS)
                .text("protocol", summary.protocol().label(), Fields.WORD)
                .member((",\"tls\":" + summary.tls()).getBytes(StandardCharsets.US_ASCII))
                .text("method", Redaction.redact(summary.method()), Fields.METHOD)
                .text("path", endpoint == null ? Redaction.redact(summary.path()) : endpoint.pattern(), Fields.PATH)
                .text("model", summary.model(), Fields.MODEL)
                .number("status", summary.status())
                .text("code", error == null ? null : error.code().label(), Fields.WORD)
                .text("outcome", summary.outcome().label(), Fields.WORD)
                .number("request_bytes", summary.requestBytes())
                .number("response_bytes", summary.responseBytes())
                .millis("first_byte_ms", summary.firstByteNanos())
                .millis("duration_ms", Math.max(0, summary.durationNanos()));
    }

    private String written(ExchangeSummary summary) {
        line.begin();
        access.encode(summary, line);
        line.end();
        return text(line);
    }

    private static String text(JsonLine line) {
        return new String(line.bytes(), 0, line.length(), StandardCharsets.ISO_8859_1);
    }

    private static ExchangeSummary random(Random random) throws UnknownHostException {
        Endpoint[] endpoints = Endpoint.values();
        int endpoint = random.nextInt(endpoints.length * 2);
        String[] methods = {"GET", "POST", "HEAD", "BREW\u0007"};
        return summary(
                pick(TEXTS, random),
                pick(methods, random),
                "/" + pick(TEXTS, random),
                endpoint < endpoints.length ? endpoints[endpoint] : null,
                random.nextInt(4) == 0
                        ? null
                        : new Principal(pick(TEXTS, random), pick(TEXTS, random), pick(TEXTS, random)),
                random.nextInt(4) == 0 ? null : pick(TEXTS, random) + random.nextInt(3),
                InetAddress.getByAddress(new byte[] {10, (byte) random.nextInt(2), 1, (byte) random.nextInt(3)}),
                random);
    }

    private static ExchangeSummary summary(
            String id,
            String method,
            String path,
            @Nullable Endpoint endpoint,
            @Nullable Principal principal,
            @Nullable String model,
            InetAddress address) {
        return summary(id, method, path, endpoint, principal, model, address, new Random(1));
    }

    private static ExchangeSummary summary(
            String id,
            String method,
            String path,
            @Nullable Endpoint endpoint,
            @Nullable Principal principal,
            @Nullable String model,
            InetAddress address,
            Random random) {
        ErrorCode[] codes = ErrorCode.values();
        int code = random.nextInt(codes.length * 2);
        return new ExchangeSummary(
                id,
                1_760_000_000_000L + random.nextInt(5_000),
                address,
                Protocol.values()[random.nextInt(Protocol.values().length)],
                random.nextBoolean(),
                method,
                path,
                endpoint,
                Dialect.NATIVE,
                principal,
                model,
                List.of(),
                random.nextInt(700) - 50,
                code < codes.length ? new ProxyError(codes[code], "a sentence") : null,
                pick(Outcome.values(), random),
                number(random),
                number(random),
                number(random),
                0,
                0,
                number(random),
                Metering.NONE);
    }

    /** Of any length, at times negative. */
    private static long number(Random random) {
        return random.nextLong() >> random.nextInt(64);
    }

    private static <T> T pick(T[] values, Random random) {
        return values[random.nextInt(values.length)];
    }
}
