package dev.corral.server.state;

import dev.corral.core.spi.Dialect;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.ExchangeSummary;
import dev.corral.core.spi.Metering;
import dev.corral.core.spi.Outcome;
import dev.corral.core.spi.Principal;
import dev.corral.core.spi.Protocol;
import java.net.InetAddress;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finished exchanges and what they leave in a store. */
final class Used {
    static final String LLAMA = "registry.ollama.ai/library/llama3:latest";

    private Used() {}

    static UsageEntry entry(String day, String key, String model, long requests) {
        return new UsageEntry(
                LocalDate.parse(day),
                key,
                model,
                new UsageSums(requests, 0, 10 * requests, 5 * requests, requests, 1_000 * requests));
    }

    /** One that came whole, with 3 tokens read and 2 generated in 7 ns. */
    static ExchangeSummary by(String key, @Nullable String model) {
        return of(key, model, 200, Outcome.COMPLETED, metering(Metering.Source.REPORTED, true));
    }

    static Metering metering(Metering.Source source, boolean ended) {
        return new Metering(source, ended, 3, 2, 7, -1, -1, -1, -1, 0, 0, 0);
    }

    static ExchangeSummary of(
            @Nullable String key, @Nullable String model, int status, Outcome outcome, Metering metering) {
        return new ExchangeSummary(
                "req-1",
                0,
                InetAddress.getLoopbackAddress(),
                Protocol.HTTP_1_1,
                false,
                "POST",
                "/api/chat",
                Endpoint.CHAT,
                Dialect.NATIVE,
                key == null ? null : new Principal(key, key, "user"),
                model,
                List.of(),
                status,
                null,
                outcome,
                10,
                20,
                30,
                0,
                0,
                40,
                metering);
    }
}
