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
    /** What is expected of a request that names no bound is never less. */
    static final long LEAST_EXPECTED = 512;
    // What one without any bound may come to, for limits: as much as the shipped role allows.
    private static final long MOST_UNNAMED = 16_384;

    // Beyond what any model's context holds.
    private static final long MOST_LEARNED = 1 << 24;

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

        private static final double MOST_STEP = 4;
        private static final double LEAST_EVAL_NANOS = 1e5;
        private static final double LEAST_PROMPT_NANOS = 1e3;

        /** What comes of one more request; each 0 where it tells nothing of it. */
        Learned with(double used, double prompt, double eval) {
            return new Learned(
                    used > 0 ? toward(mean, used, MEAN_GAIN) : mean,
                    used > 0 ? toward(deviation, Math.abs(mean - used), DEVIATION_GAIN) : deviation,
                    prompt > 0 ? speed(promptNanos, prompt, LEAST_PROMPT_NANOS) : promptNanos,
                    eval > 0 ? speed(evalNanos, eval, LEAST_EVAL_NANOS) : evalNanos);
        }

        /** One answer among all tenants' does not carry it far away, however long something held it up. */
        private static double speed(double from, double to, double least) {
            double held = Math.min(Math.max(to, from / MOST_STEP), from * MOST_STEP);
            return Math.max(least, toward(from, held, MEAN_GAIN));
        }

        long expected() {
            return Math.max(LEAST_EXPECTED, Math.round(mean + 2 * deviation));
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
        long most = ask.named() ? completion : Math.min(ask.maxTokens(), Math.max(completion, MOST_UNNAMED));
        long prompt = ask.promptTokens();
        return new Demand(model, prompt, completion, Math.round(gpu), Metering.sum(prompt, most));
    }

    /**
     * Learns from a request that ran to its end; from others, nothing. How much is used only those teach that named no
     * bound of their own: what others wish says nothing of them.
     */
    public void learn(@Nullable String model, Ask ask, Metering metering) {
        if (model == null || metering.source() == Metering.Source.NONE || !metering.ended() || metering.tokens() == 0) {
            return;
        }
        double prompt = readingNanos(metering);
        double eval = generatingNanos(metering);
        double used = ask.named() ? 0 : (double) Math.min(metering.completionTokens(), MOST_LEARNED);
        synchronized (models) {
            models.put(model, models.getOrDefault(model, Learned.NOTHING).with(used, prompt, eval));
        }
    }

    /** For each token of the prompt; 0 where it is not told, or not apart from loading the model. */
    private static double readingNanos(Metering metering) {
        long nanos = metering.promptNanos();
        if (nanos < 0 && metering.completionTokens() == 0 && metering.loadNanos() >= 0) {
            nanos = metering.gpuNanos() - metering.loadNanos();
        }
        return nanos <= 0 || metering.promptTokens() <= 0 ? 0 : nanos / (double) metering.promptTokens();
    }

    /** For each token generated; 0 where neither it is told nor pieces came one after the other. */
    private static double generatingNanos(Metering metering) {
        if (metering.evalNanos() > 0) {
            return metering.completionTokens() <= 0 ? 0 : metering.evalNanos() / (double) metering.completionTokens();
        }
        return metering.pieces() <= 1 ? 0 : metering.gapNanos() / (double) (metering.pieces() - 1);
    }

    /**
     * How many tokens a request that ran so long, and of whose answer nothing was seen, has probably generated.
     *
     * @param promptTokens that had to be read before
     */
    public long generatedIn(@Nullable String model, long promptTokens, long nanos) {
        Learned learned = learned(model);
        return (long) (Math.max(0, nanos - promptTokens * learned.promptNanos) / learned.evalNanos);
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
