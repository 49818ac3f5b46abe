package dev.corral.core.meter;

import dev.corral.core.policy.Ask;
import dev.corral.core.spi.Demand;
import dev.corral.core.spi.Metering;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What requests of each model have used, to guess what the next one will: mean and mean deviation, as TCP does for round
 * trips (RFC 6298). Holds the models that were used last; thread-safe.
 */
public final class ExpectedUsage {
    /** How many models are remembered. */
    static final int MAX_MODELS = 1_024;

    private final Map<String, Learned> models = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Learned> eldest) {
            return size() > MAX_MODELS;
        }
    };

    /**
     * One model.
     *
     * @param mean tokens generated for one request
     * @param deviation from the mean
     * @param promptNanos for each token read
     * @param evalNanos for each token generated
     */
    private record Learned(double mean, double deviation, double promptNanos, double evalNanos) {
        // At first 512 tokens are expected, at 20 ms each, and a prompt is read twenty times as fast.
        static final Learned NOTHING = new Learned(256, 128, 1e6, 20e6);

        // RFC 6298 section 2.
        private static final double MEAN_GAIN = 1 / 8.0;
        private static final double DEVIATION_GAIN = 1 / 4.0;

        Learned tokens(double used) {
            return new Learned(
                    toward(mean, used, MEAN_GAIN),
                    toward(deviation, Math.abs(mean - used), DEVIATION_GAIN),
                    promptNanos,
                    evalNanos);
        }

        Learned speed(double prompt, double eval) {
            return new Learned(
                    mean, deviation, toward(promptNanos, prompt, MEAN_GAIN), toward(evalNanos, eval, MEAN_GAIN));
        }

        long expected() {
            return Math.max(1, Math.round(mean + 2 * deviation));
        }

        private static double toward(double from, double to, double gain) {
            return from + gain * (to - from);
        }
    }

    public ExpectedUsage() {}

    /** What a request is expected to use: what it names, or what such requests have used, within its bound. */
    public Demand of(@Nullable String model, Ask ask) {
        Learned learned = learned(model);
        long completion = ask.named() ? ask.maxTokens() : Math.min(ask.maxTokens(), learned.expected());
        double gpu = ask.promptTokens() * learned.promptNanos + completion * learned.evalNanos;
        return new Demand(model, ask.promptTokens(), completion, Math.round(gpu));
    }

    /** Learns from a request that ran to its end; from others, nothing. */
    public void learn(@Nullable String model, Metering metering) {
        if (model == null || metering.source() == Metering.Source.NONE || !metering.ended() || metering.tokens() == 0) {
            return;
        }
        long prompt = metering.promptTokens();
        long completion = metering.completionTokens();
        // Where the durations are not told apart, most of the time went into what was generated.
        long work = metering.gpuNanos() - Math.max(0, metering.loadNanos());
        long reading = metering.promptNanos() >= 0 ? metering.promptNanos() : completion == 0 ? work : -1;
        long generating = metering.evalNanos() >= 0 ? metering.evalNanos() : work;
        synchronized (models) {
            Learned before = models.getOrDefault(model, Learned.NOTHING);
            Learned after = before.speed(
                    reading < 0 || prompt == 0 ? before.promptNanos : reading / (double) prompt,
                    completion == 0 ? before.evalNanos : generating / (double) completion);
            models.put(model, completion == 0 ? after : after.tokens((double) completion));
        }
    }

    /** How many tokens a request that ran so long, and of whose answer nothing was seen, has probably generated. */
    public long generatedIn(@Nullable String model, long nanos) {
        return nanos <= 0 ? 0 : (long) (nanos / Math.max(1, learned(model).evalNanos));
    }

    private Learned learned(@Nullable String model) {
        if (model == null) {
            return Learned.NOTHING;
        }
        synchronized (models) {
            return models.getOrDefault(model, Learned.NOTHING);
        }
    }
}
