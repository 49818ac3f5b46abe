package dev.corral.core.meter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.QueueSettings;
import dev.corral.core.spi.ExchangeSummary;
import dev.corral.core.spi.Metering;
import dev.corral.core.spi.Metering.Source;
import dev.corral.core.testkit.Await;
import dev.corral.core.testkit.CoreFixture;
import dev.corral.core.testkit.CoreSetup;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.TestTransports;
import dev.corral.core.testkit.inference.CountingAnswer;
import dev.corral.core.testkit.inference.Fault;
import dev.corral.core.testkit.inference.Order;
import dev.corral.core.testkit.inference.Produced;
import dev.corral.core.testkit.inference.Visit;
import dev.corral.core.testkit.inference.Visit.Leaves;
import dev.corral.core.testkit.inference.Visitor;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A mixed load in every dialect, with clients that leave and models that fail: what was counted is what the upstream
 * says it produced. Of an answer that ended as it should, exactly. Of one that did not, no token that the upstream did
 * not begin to write, and every token that reached the client; between the two is only what was on its way.
 */
@ExtendWith(NothingLeft.class)
final class MeteringLoadIT {
    private static final int EXCHANGES = Integer.getInteger("corral.test.exchanges", 10_000);
    private static final int CLIENTS = 12;
    private static final int PARALLEL = 8;
    private static final List<String> KEYS = List.of("k-ada", "k-ben", "k-cem", "k-dot", "k-eva");
    private static final List<String> MODELS = List.of("alpha", "beta:7b", "gamma");
    private static final Map<String, String> CANONICAL = Map.of(
            "alpha", "registry.ollama.ai/library/alpha:latest",
            "beta:7b", "registry.ollama.ai/library/beta:7b",
            "gamma", "registry.ollama.ai/library/gamma:latest");
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    // What a model is never taken to be faster than.
    private static final long FASTEST_TOKEN_NANOS = 100_000;

    private final Map<Integer, Visitor.Seen> seen = new ConcurrentHashMap<>();
    private final CountingAnswer upstream = new CountingAnswer(Duration.ofMillis(2));
    private final CountingLimiter limiter = new CountingLimiter();

    @Test
    void whatWasCounted_isWhatWasProduced() throws Exception {
        List<Visit> visits = new ArrayList<>();
        for (int i = 0; i < EXCHANGES; i++) {
            Visit visit = Visit.any(i, KEYS, MODELS);
            visits.add(visit);
            upstream.take(visit.order());
        }
        List<Transport> transports = TestTransports.all();
        try (CoreFixture fixture = CoreSetup.on(transports.get(transports.size() - 1))
                .loops(2)
                .authenticator(CountingLimiter.namedByOrder())
                .limiter(limiter)
                .queue(new QueueSettings(PARALLEL, EXCHANGES, EXCHANGES, PATIENCE, false))
                .start()) {
            fixture.ollama().onRequest(upstream);
            run(fixture, visits);
            fixture.assertNothingLeft(0);
            assertThat(fixture.stats().running()).as("running").isZero();
            assertThat(fixture.stats().queued()).as("queued").isZero();
            assertThat(limiter.held()).as("permits held").isZero();
            assertThat(limiter.returnedAgain()).as("permits returned twice").isZero();

            Map<Integer, ExchangeSummary> told = byOrder(fixture.observed().await(EXCHANGES, Await.LONG));
            assertThat(told).as("exchanges told about").hasSize(EXCHANGES);
            Map<String, Sums> sums = new TreeMap<>();
            for (Visit visit : visits) {
                ExchangeSummary summary =
                        Objects.requireNonNull(told.get(visit.order().number()));
                check(visit, summary.metering());
                add(visit, summary, sums);
            }
            assertThat(sums).as("keys and models").hasSize(KEYS.size() * MODELS.size());
            assertThat(sums.values()).allSatisfy(Sums::check);
        }
    }

    private void run(CoreFixture fixture, List<Visit> visits) throws Exception {
        Queue<Visit> waiting = new ConcurrentLinkedQueue<>(visits);
        AtomicInteger most = new AtomicInteger();
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                all.add(clients.submit(() -> {
                    try (Visitor visitor = new Visitor(fixture.address())) {
                        for (Visit visit = waiting.poll(); visit != null; visit = waiting.poll()) {
                            most.accumulateAndGet(fixture.stats().running(), Math::max);
                            seen.put(
                                    visit.order().number(), visitor.visit(visit, CountingLimiter.authorization(visit)));
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
        } finally {
            clients.shutdownNow();
        }
        assertThat(most.get()).as("at the upstream at one time").isBetween(1, PARALLEL);
    }

    private void check(Visit visit, Metering metering) throws IOException {
        Order order = visit.order();
        Produced produced = upstream.of(order);
        Visitor.Seen saw = Objects.requireNonNull(seen.get(order.number()));
        String what = visit + "\n" + produced + "\n" + saw + "\n" + metering;
        assertThat(limiter.usage(order.number())).as(what).isEqualTo(metering);
        if (order.fault() == Fault.STATUS || produced == null) {
            assertThat(metering.completionTokens()).as(what).isZero();
            assertThat(visit.leaves() == Leaves.NEVER && order.fault() != Fault.STATUS)
                    .as(what)
                    .isFalse();
            return;
        }
        boolean whole = visit.leaves() == Leaves.NEVER && order.fault() == Fault.NONE;
        if (whole) {
            assertThat(metering.source())
                    .as(what)
                    .isEqualTo(Order.tellsTokens(order.endpoint()) ? Source.REPORTED : Source.ESTIMATED);
            assertThat(metering.ended()).as(what).isTrue();
        }
        switch (metering.source()) {
            case REPORTED -> reported(order, metering, what);
            case ESTIMATED -> estimated(order, produced, saw, metering, what);
            case NONE -> assertThat(visit.leaves()).as(what).isIn(Leaves.ASKED, Leaves.ASKING);
        }
    }

    private static void reported(Order order, Metering metering, String what) {
        assertThat(metering.promptTokens()).as(what).isEqualTo(order.costs().promptTokens());
        assertThat(metering.completionTokens()).as(what).isEqualTo(order.completionTokens());
        if (Order.tellsTime(order.endpoint())) {
            assertThat(metering.gpuNanos()).as(what).isEqualTo(order.costs().gpuNanos());
        }
    }

    private static void estimated(Order order, Produced produced, Visitor.Seen saw, Metering metering, String what) {
        // Four bytes of the body for a token of the prompt, and something for an attachment.
        assertThat(metering.promptTokens())
                .as(what)
                .isGreaterThanOrEqualTo(order.costs().promptTokens());
        if (order.streamed() && metering.pieces() == 0 && !metering.ended()) {
            // Nothing was seen, so time is what it is charged by: on a machine that stands still, more than was
            // produced.
            long most = Math.max(produced.tokens(), metering.gpuNanos() / FASTEST_TOKEN_NANOS);
            assertThat(saw.tokens()).as(what).isZero();
            assertThat(metering.completionTokens()).as(what).isBetween(0L, Math.min(most, order.ceiling()));
        } else if (order.streamed()) {
            assertThat(metering.completionTokens()).as(what).isBetween((long) saw.tokens(), (long) produced.tokens());
            boolean passedWhole = produced.whole() && saw.tokens() == order.completionTokens();
            if (passedWhole) {
                assertThat(metering.completionTokens()).as(what).isEqualTo(order.completionTokens());
            }
        } else {
            assertThat(metering.completionTokens()).as(what).isLessThanOrEqualTo(order.ceiling());
        }
    }

    private static Map<Integer, ExchangeSummary> byOrder(List<ExchangeSummary> summaries) {
        Map<Integer, ExchangeSummary> told = new TreeMap<>();
        for (ExchangeSummary summary : summaries) {
            assertThat(summary.principal()).as(summary.toString()).isNotNull();
            assertThat(told.put(CountingLimiter.order(summary.principal()), summary))
                    .isNull();
        }
        return told;
    }

    /** Sums by key and model: what was counted as Corral names them, what was produced as the upstream does. */
    private void add(Visit visit, ExchangeSummary summary, Map<String, Sums> sums) {
        Order order = visit.order();
        Produced produced = upstream.of(order);
        Metering metering = summary.metering();
        if (summary.principal() != null && summary.model() != null && metering.source() != Source.NONE) {
            Sums counted = sums.computeIfAbsent(summary.principal().keyId() + " " + summary.model(), Sums::new);
            counted.count(metering);
        }
        if (produced != null && order.fault() != Fault.STATUS) {
            Sums made = sums.computeIfAbsent(visit.key() + " " + CANONICAL.get(order.model()), Sums::new);
            made.produce(order, produced.tokens(), metering.source(), seen.get(order.number()));
        }
    }

    /** One key's sums of one model. */
    private static final class Sums {
        private final String who;
        private long reportedPrompt;
        private long reportedCompletion;
        private long promptOfReported;
        private long completionOfReported;
        private long estimated;
        private long seenOfEstimated;
        private long producedOfEstimated;

        Sums(String who) {
            this.who = who;
        }

        void count(Metering metering) {
            if (metering.source() == Source.REPORTED) {
                reportedPrompt += metering.promptTokens();
                reportedCompletion += metering.completionTokens();
            } else if (metering.pieces() > 0) {
                estimated += metering.completionTokens();
            }
        }

        void produce(Order order, int tokens, Source source, Visitor.@Nullable Seen saw) {
            if (source == Source.REPORTED) {
                promptOfReported += order.costs().promptTokens();
                completionOfReported += tokens;
            } else if (order.streamed()) {
                seenOfEstimated += saw == null ? 0 : saw.tokens();
                producedOfEstimated += tokens;
            }
        }

        void check() {
            assertThat(reportedPrompt).as(who + ": prompt tokens").isEqualTo(promptOfReported);
            assertThat(reportedCompletion).as(who + ": completion tokens").isEqualTo(completionOfReported);
            assertThat(estimated).as(who + ": estimated tokens").isBetween(seenOfEstimated, producedOfEstimated);
        }
    }
}
