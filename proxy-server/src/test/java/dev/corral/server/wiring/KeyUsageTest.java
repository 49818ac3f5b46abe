package dev.corral.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.spi.Dialect;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.ExchangeSummary;
import dev.corral.core.spi.Metering;
import dev.corral.core.spi.Outcome;
import dev.corral.core.spi.Principal;
import dev.corral.core.spi.Protocol;
import dev.corral.server.state.UsageEntry;
import dev.corral.server.state.UsageSums;
import java.net.InetAddress;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyUsageTest {
    private static final Metering ANSWER =
            new Metering(Metering.Source.ESTIMATED, false, 30, 10, 5, -1, -1, -1, -1, 0, 0, 0);

    private LocalDate today = LocalDate.of(2026, 11, 29);
    private final KeyUsage usage = new KeyUsage(() -> today);

    private static ExchangeSummary answered(Metering metering) {
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
                new Principal("k", "laptop", "user"),
                "m",
                List.of(),
                200,
                null,
                Outcome.COMPLETED,
                0,
                0,
                0,
                0,
                0,
                0,
                metering);
    }

    private static UsageSums sums(long requests) {
        return new UsageSums(requests, requests, 30 * requests, 10 * requests, 40 * requests, 5 * requests);
    }

    @Test
    void day_endsAtMidnight_andTheMonthGoesOn() {
        usage.finished(answered(ANSWER));
        usage.finished(answered(ANSWER));
        usage.finished(answered(Metering.NONE));
        assertThat(usage.of("k")).isEqualTo(new OwnAccount.Used(sums(2), sums(2)));

        today = LocalDate.of(2026, 11, 30);
        assertThat(usage.of("k")).isEqualTo(new OwnAccount.Used(UsageSums.ZERO, sums(2)));
        usage.finished(answered(ANSWER));
        assertThat(usage.of("k")).isEqualTo(new OwnAccount.Used(sums(1), sums(3)));

        today = LocalDate.of(2026, 12, 1);
        assertThat(usage.of("k")).isEqualTo(new OwnAccount.Used(UsageSums.ZERO, UsageSums.ZERO));
    }

    @Test
    void whatTheStoreKnew_isAddedByDayAndMonth() {
        usage.restore(new UsageEntry(LocalDate.of(2026, 10, 31), "k", "m", sums(100)));
        usage.restore(new UsageEntry(LocalDate.of(2026, 11, 1), "k", "m", sums(4)));
        usage.restore(new UsageEntry(today, "k", "m", sums(2)));
        usage.restore(new UsageEntry(today, "k", "n", sums(1)));
        usage.finished(answered(ANSWER));

        assertThat(usage.of("k")).isEqualTo(new OwnAccount.Used(sums(4), sums(8)));
        assertThat(usage.of("other")).isEqualTo(new OwnAccount.Used(UsageSums.ZERO, UsageSums.ZERO));
    }
}
