package dev.corral.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.auth.limit.LimitBook;
import dev.corral.auth.limit.LimitKind;
import dev.corral.auth.limit.LimitStatus;
import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.AdmissionDecision;
import dev.corral.core.spi.Demand;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.NanoClock;
import dev.corral.core.spi.Principal;
import dev.corral.core.spi.QueueStanding;
import dev.corral.server.state.UsageSums;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OwnAccountTest {
    private static final long NOW = Instant.parse("2026-11-23T12:00:00.500Z").toEpochMilli();
    private static final NanoClock CLOCK = new NanoClock() {
        @Override
        public long nanos() {
            return 0;
        }

        @Override
        public long epochMillis() {
            return NOW;
        }
    };
    private static final Principal CALLER = new Principal("abcd1234", "Zo\u00eb", "student");

    private record Book(CompletionStage<List<LimitStatus>> answer) implements LimitBook {
        @Override
        public CompletionStage<List<LimitStatus>> status(Principal principal) {
            return answer;
        }

        @Override
        public @Nullable ProxyError standing(Principal principal, Endpoint endpoint) {
            return null;
        }

        @Override
        public AdmissionDecision reserve(Principal principal, Endpoint endpoint, Demand demand) {
            return AdmissionDecision.Admit.FREELY;
        }
    }

    private static String describe(Book book, OwnAccount.Usage usage, QueueStanding queue) {
        return new OwnAccount(book, usage, ZoneId.of("Europe/Berlin"), CLOCK)
                .describe(CALLER, queue)
                .toCompletableFuture()
                .join();
    }

    @Test
    void everything_isToldInOneLineOfAscii() {
        Book book = new Book(CompletableFuture.completedFuture(List.of(
                new LimitStatus(
                        "key:abcd1234",
                        LimitKind.TOKENS_PER_DAY,
                        200_000,
                        1_000,
                        500,
                        198_500,
                        Instant.parse("2026-11-23T23:00:00Z").toEpochMilli()),
                new LimitStatus("role:student", LimitKind.CONCURRENCY, 80, 3, 0, 77, 0))));
        UsageSums today = new UsageSums(3, 1, 900, 100, 40, 61_900_000_000L);

        assertThat(describe(
                        book,
                        key -> new OwnAccount.Used(today, today.plus(today)),
                        new QueueStanding(1, List.of(3, 7))))
                .isEqualTo("{\"key\":{\"id\":\"abcd1234\",\"name\":\"Zo\\u00EB\",\"role\":\"student\"},"
                        + "\"limits\":[{\"limit\":\"tokens-per-day\",\"of\":\"key\",\"max\":200000,\"used\":1000,"
                        + "\"reserved\":500,\"left\":198500,\"resets\":\"2026-11-24T00:00:00+01:00\",\"resets_in\":39600},"
                        + "{\"limit\":\"concurrency\",\"of\":\"role\",\"max\":80,\"used\":3,\"reserved\":0,\"left\":77}],"
                        + "\"usage\":{\"today\":{\"requests\":3,\"unfinished\":1,\"prompt_tokens\":900,"
                        + "\"completion_tokens\":100,\"estimated_tokens\":40,\"gpu_seconds\":61},"
                        + "\"month\":{\"requests\":6,\"unfinished\":2,\"prompt_tokens\":1800,"
                        + "\"completion_tokens\":200,\"estimated_tokens\":80,\"gpu_seconds\":123}},"
                        + "\"queue\":{\"running\":1,\"waiting\":[3,7]}}\n");
    }

    @Test
    void whatIsNotKnown_isLeftOut() {
        Book unlimited = new Book(CompletableFuture.completedFuture(List.of()));

        assertThat(describe(unlimited, key -> null, new QueueStanding(0, List.of())))
                .isEqualTo("{\"key\":{\"id\":\"abcd1234\",\"name\":\"Zo\\u00EB\",\"role\":\"student\"},\"limits\":[],"
                        + "\"queue\":{\"running\":0,\"waiting\":[]}}\n");
    }

    @Test
    void limitsThatCannotBeFoundOut_areAFailureAndNoGuess() {
        Book away = new Book(CompletableFuture.failedFuture(new IllegalStateException("away")));

        assertThat(new OwnAccount(away, key -> null, ZoneId.of("UTC"), CLOCK)
                        .describe(CALLER, new QueueStanding(0, List.of())))
                .isCompletedExceptionally();
    }
}
