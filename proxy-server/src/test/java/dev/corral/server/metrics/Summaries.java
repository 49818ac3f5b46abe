package dev.corral.server.metrics;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.policy.Change;
import dev.corral.core.spi.Dialect;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.ExchangeSummary;
import dev.corral.core.spi.Metering;
import dev.corral.core.spi.Outcome;
import dev.corral.core.spi.Principal;
import dev.corral.core.spi.Protocol;
import java.net.InetAddress;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finished exchanges to feed observers with. */
final class Summaries {
    private Summaries() {}

    static ExchangeSummary of(
            @Nullable Endpoint endpoint, Dialect dialect, int status, @Nullable ErrorCode code, Outcome outcome) {
        return new ExchangeSummary(
                "req-1",
                1_760_000_000_000L,
                InetAddress.getLoopbackAddress(),
                Protocol.HTTP_1_1,
                false,
                "POST",
                endpoint == null ? "/nowhere" : endpoint.pattern(),
                endpoint,
                dialect,
                new Principal("k1", "laptop", "user"),
                "registry.ollama.ai/library/llama3:latest",
                List.of(),
                status,
                code == null ? null : new ProxyError(code, "a sentence"),
                outcome,
                10,
                20,
                TimeUnit.MILLISECONDS.toNanos(30),
                0,
                0,
                TimeUnit.MILLISECONDS.toNanos(40),
                Metering.NONE);
    }

    /** One that was answered by a model. */
    static ExchangeSummary metered(Metering metering) {
        return metered("k1", "registry.ollama.ai/library/llama3:latest", 200, 0, metering);
    }

    /** One that waited, if it did, for 70 ms. */
    static ExchangeSummary metered(String key, String model, int status, int queuePosition, Metering metering) {
        ExchangeSummary plain = of(Endpoint.CHAT, Dialect.NATIVE, status, null, Outcome.COMPLETED);
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
                new Principal(key, "laptop", "user"),
                model,
                plain.changes(),
                plain.status(),
                plain.error(),
                plain.outcome(),
                plain.requestBytes(),
                plain.responseBytes(),
                plain.firstByteNanos(),
                queuePosition,
                TimeUnit.MILLISECONDS.toNanos(70),
                plain.durationNanos(),
                metering);
    }

    /** One that policy changed. */
    static ExchangeSummary changed(Change.Kind... kinds) {
        ExchangeSummary plain = of(Endpoint.CHAT, Dialect.NATIVE, 200, null, Outcome.COMPLETED);
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
                Stream.of(kinds).map(Change.Kind::label).toList(),
                plain.status(),
                plain.error(),
                plain.outcome(),
                plain.requestBytes(),
                plain.responseBytes(),
                plain.firstByteNanos(),
                plain.queuePosition(),
                plain.queuedNanos(),
                plain.durationNanos(),
                plain.metering());
    }

    /** Anything a stranger or a broken upstream might bring about, and what cannot happen. */
    static ExchangeSummary random(Random random) {
        ErrorCode[] codes = ErrorCode.values();
        Endpoint[] endpoints = Endpoint.values();
        String text = Long.toString(random.nextLong(), 36) + "\u009b\"\n\\";
        int endpoint = random.nextInt(endpoints.length + 5);
        int code = random.nextInt(codes.length * 2);
        return new ExchangeSummary(
                text,
                random.nextLong(),
                InetAddress.getLoopbackAddress(),
                Protocol.HTTP_1_1,
                false,
                text,
                "/" + text,
                endpoint < endpoints.length ? endpoints[endpoint] : null,
                pick(Dialect.values(), random),
                random.nextBoolean() ? null : new Principal(text, text, text),
                random.nextBoolean() ? null : text,
                List.of(pick(Change.Kind.values(), random).label(), text),
                random.nextInt(1200) - 200,
                code < codes.length ? new ProxyError(codes[code], text) : null,
                pick(Outcome.values(), random),
                random.nextLong(),
                random.nextLong(),
                random.nextLong(),
                random.nextInt(),
                random.nextLong(),
                random.nextLong(),
                metering(random));
    }

    private static Metering metering(Random random) {
        return new Metering(
                pick(Metering.Source.values(), random),
                random.nextBoolean(),
                random.nextLong(),
                random.nextLong(),
                random.nextLong(),
                random.nextLong(),
                random.nextLong(),
                random.nextLong(),
                random.nextLong(),
                random.nextLong(),
                random.nextLong(),
                random.nextLong());
    }

    private static <T> T pick(T[] values, Random random) {
        return values[random.nextInt(values.length)];
    }
}
