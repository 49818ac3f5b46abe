package dev.corral.server.cli;

import dev.corral.auth.key.KeyRecord;
import dev.corral.auth.limit.LimitKind;
import dev.corral.auth.limit.LimitSet;
import dev.corral.auth.limit.LimitText;
import dev.corral.server.config.CorralConfig;
import dev.corral.server.config.Role;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The limits of one key. */
final class LimitOptions {
    private static final String LIMIT = "N|none";

    @Option(names = "--rpm", paramLabel = LIMIT, description = "requests in any minute")
    private @Nullable String requestsPerMinute;

    @Option(names = "--burst", paramLabel = LIMIT, description = "how many of these may come at once (default: all)")
    private @Nullable String burst;

    @Option(
            names = "--tokens-per-minute",
            paramLabel = LIMIT,
            description = "tokens, read and generated, in any minute")
    private @Nullable String tokensPerMinute;

    @Option(names = "--tokens-per-day", paramLabel = LIMIT, description = "tokens of a calendar day")
    private @Nullable String tokensPerDay;

    @Option(names = "--tokens-per-month", paramLabel = LIMIT, description = "tokens of a calendar month")
    private @Nullable String tokensPerMonth;

    @Option(
            names = "--gpu-seconds-per-day",
            paramLabel = LIMIT,
            description = "seconds that the upstream works, of a calendar day")
    private @Nullable String gpuSecondsPerDay;

    @Option(names = "--concurrency", paramLabel = LIMIT, description = "requests at one time, waiting ones included")
    private @Nullable String concurrency;

    /** What was said on the command line. */
    LimitSet read() throws CliException {
        Map<LimitKind, Long> limits = new EnumMap<>(LimitKind.class);
        for (LimitKind kind : LimitKind.values()) {
            String text = text(kind);
            if (text == null) {
                continue;
            }
            Long limit = LimitText.parse(text);
            if (limit == null) {
                throw new CliException(
                        ExitCode.USAGE,
                        option(kind) + ": " + Words.quote(text) + " (expected: " + LimitText.EXPECTED + ")");
            }
            limits.put(kind, limit);
        }
        return limits.isEmpty() ? LimitSet.NONE : new LimitSet(limits);
    }

    private @Nullable String text(LimitKind kind) {
        return switch (kind) {
            case REQUESTS_PER_MINUTE -> requestsPerMinute;
            case BURST -> burst;
            case TOKENS_PER_MINUTE -> tokensPerMinute;
            case TOKENS_PER_DAY -> tokensPerDay;
            case TOKENS_PER_MONTH -> tokensPerMonth;
            case GPU_SECONDS_PER_DAY -> gpuSecondsPerDay;
            case CONCURRENCY -> concurrency;
        };
    }

    private static String option(LimitKind kind) {
        return kind == LimitKind.REQUESTS_PER_MINUTE ? "--rpm" : "--" + kind.label();
    }

    /** {@code requests-per-minute 30, concurrency none}; empty where nothing is said. */
    static String text(LimitSet limits) {
        return limits.said().entrySet().stream()
                .map(limit -> limit.getKey().label() + " " + LimitText.format(limit.getValue()))
                .collect(Collectors.joining(", "));
    }

    /** A warning of what has no effect; null where everything has. */
    static @Nullable String ineffective(KeyRecord key, CorralConfig config) {
        Role role = config.roles().get(key.role());
        LimitSet inForce =
                role == null ? key.limits() : key.limits().over(role.limits().each());
        Long burst = key.limits().said(LimitKind.BURST);
        return burst != null
                        && burst != LimitSet.UNLIMITED
                        && inForce.limit(LimitKind.REQUESTS_PER_MINUTE) == LimitSet.UNLIMITED
                ? "Warning: burst " + burst + " has no effect: neither the key nor its role " + Words.quote(key.role())
                        + " limits requests-per-minute (--rpm)."
                : null;
    }
}
