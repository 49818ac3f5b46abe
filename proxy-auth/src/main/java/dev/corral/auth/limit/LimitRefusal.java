package dev.corral.auth.limit;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.Principal;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * How a caller is told that a limit refuses a request: code, sentence and headers. Immutable; any thread.
 *
 * <p>{@code RateLimit} and {@code RateLimit-Policy} follow draft-ietf-httpapi-ratelimit-headers-10 sections 3 and 4, the
 * {@code x-ratelimit-*} fields OpenAI's, which have durations as Go prints them. Where several limits refuse, the one
 * that has to be waited for longest decides.
 */
public final class LimitRefusal {
    private static final long SECONDS_PER_DAY = 86_400;
    // How long requests under way take is not known; a second is short for them and long for us.
    private static final long OTHERS_SECONDS = 1;

    private final ZoneId zone;

    /**
     * Refusals.
     *
     * @param zone in which times are told
     */
    public LimitRefusal(ZoneId zone) {
        this.zone = zone;
    }

    /**
     * The refusal.
     *
     * @param principal who is refused
     * @param shortages what does not allow the request; at least one
     * @param all every limit in force for the caller
     * @param nowMillis milliseconds since the epoch
     */
    public ProxyError of(Principal principal, List<Shortage> shortages, List<LimitStatus> all, long nowMillis) {
        Shortage decisive = decisive(shortages);
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Retry-After", Long.toString(retryAfter(decisive)));
        if (decisive.waitMillis() > 0 && ofCalendar(decisive.status().kind())) {
            // Else OpenAI's clients try again at once, and wait for no day to end.
            headers.put("x-should-retry", "false");
        }
        rateLimit(shortages, all, nowMillis, headers);
        openAi("requests", tightest(all, LimitKind.REQUESTS_PER_MINUTE), nowMillis, headers);
        openAi("tokens", tokens(decisive.status(), all), nowMillis, headers);
        return new ProxyError(code(decisive.status().kind()), message(principal, decisive), headers);
    }

    /** The one that has to be waited for longest. */
    public static Shortage decisive(List<Shortage> shortages) {
        Shortage longest = shortages.get(0);
        for (Shortage shortage : shortages) {
            if (shortage.waitMillis() > longest.waitMillis()) {
                longest = shortage;
            }
        }
        return longest;
    }

    private static boolean ofCalendar(LimitKind kind) {
        return kind == LimitKind.TOKENS_PER_DAY
                || kind == LimitKind.TOKENS_PER_MONTH
                || kind == LimitKind.GPU_SECONDS_PER_DAY;
    }

    private static ErrorCode code(LimitKind kind) {
        return switch (kind) {
            case REQUESTS_PER_MINUTE, BURST -> ErrorCode.REQUEST_RATE;
            case TOKENS_PER_MINUTE -> ErrorCode.TOKEN_RATE;
            case TOKENS_PER_DAY, TOKENS_PER_MONTH -> ErrorCode.TOKEN_QUOTA;
            case GPU_SECONDS_PER_DAY -> ErrorCode.GPU_QUOTA;
            case CONCURRENCY -> ErrorCode.CONCURRENCY;
        };
    }

    private String message(Principal principal, Shortage decisive) {
        LimitStatus status = decisive.status();
        String who = ofRole(status)
                ? "all keys of the role \"" + principal.role() + "\" together"
                : "the key \"" + principal.keyName() + "\"";
        long seconds = retryAfter(decisive);
        return switch (status.kind()) {
            case REQUESTS_PER_MINUTE, BURST ->
                who + " may make " + counted(status.limit(), "request") + " a minute"
                        + (status.used() + status.left() < status.limit()
                                ? ", " + (status.used() + status.left()) + " of them at once"
                                : "")
                        + ": the next in " + counted(seconds, "second");
            case TOKENS_PER_MINUTE ->
                who + " may use " + counted(status.limit(), "token") + " a minute: " + status.left()
                        + " are left, and the request may take " + decisive.asked() + "; try again in "
                        + counted(seconds, "second");
            case TOKENS_PER_DAY -> who + " may use " + counted(status.limit(), "token") + " a day" + more(decisive);
            case TOKENS_PER_MONTH -> who + " may use " + counted(status.limit(), "token") + " a month" + more(decisive);
            case GPU_SECONDS_PER_DAY ->
                who + " may use " + counted(status.limit(), "GPU second") + " a day" + more(decisive);
            case CONCURRENCY ->
                who + " may have " + counted(status.limit(), "request") + " at a time: " + status.used()
                        + " are under way";
        };
    }

    private String more(Shortage decisive) {
        LimitStatus status = decisive.status();
        return ": " + status.used() + " are used"
                + (status.reserved() > 0 ? ", " + status.reserved() + " are set aside for requests under way" : "")
                + ", and the request may take " + decisive.asked() + "; more "
                + (decisive.waitMillis() == 0 ? "when others have ended" : "at " + time(status.resetsAtMillis()));
    }

    private String time(long epochMillis) {
        return DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx", Locale.ROOT)
                .format(Instant.ofEpochMilli(epochMillis).atZone(zone));
    }

    private static String counted(long number, String word) {
        return number + " " + word + (number == 1 ? "" : "s");
    }

    private static void rateLimit(
            List<Shortage> shortages, List<LimitStatus> all, long nowMillis, Map<String, String> headers) {
        StringJoiner policies = new StringJoiner(", ");
        StringJoiner limits = new StringJoiner(", ");
        for (LimitStatus status : all) {
            String name = '"' + (ofRole(status) ? "role-" : "") + status.kind().label() + '"';
            policies.add(name + ";q=" + status.limit() + windowAndUnit(status.kind()));
            limits.add(name + ";r=" + status.left() + reset(status, shortages, nowMillis));
        }
        headers.put("RateLimit-Policy", policies.toString());
        headers.put("RateLimit", limits.toString());
    }

    // A quota without "qu" counts requests. Tokens have no registered unit yet; who knows none must not take them for
    // it.
    private static String windowAndUnit(LimitKind kind) {
        return switch (kind) {
            case REQUESTS_PER_MINUTE, BURST -> ";w=60";
            case TOKENS_PER_MINUTE -> ";w=60;qu=\"tokens\"";
            case TOKENS_PER_DAY -> ";w=" + SECONDS_PER_DAY + ";qu=\"tokens\"";
            case TOKENS_PER_MONTH -> ";w=" + 30 * SECONDS_PER_DAY + ";qu=\"tokens\"";
            case GPU_SECONDS_PER_DAY -> ";w=" + SECONDS_PER_DAY + ";qu=\"gpu-seconds\"";
            case CONCURRENCY -> ";qu=\"concurrent-requests\"";
        };
    }

    private static String reset(LimitStatus status, List<Shortage> shortages, long nowMillis) {
        for (Shortage shortage : shortages) {
            if (shortage.status().equals(status)) {
                return ";t=" + retryAfter(shortage);
            }
        }
        return status.resetsAtMillis() == 0 ? "" : ";t=" + seconds(status.resetsAtMillis() - nowMillis);
    }

    private static void openAi(String what, @Nullable LimitStatus status, long nowMillis, Map<String, String> headers) {
        if (status == null) {
            return;
        }
        headers.put("x-ratelimit-limit-" + what, Long.toString(status.limit()));
        headers.put("x-ratelimit-remaining-" + what, Long.toString(status.left()));
        long seconds = status.resetsAtMillis() == 0 ? 0 : seconds(status.resetsAtMillis() - nowMillis);
        headers.put("x-ratelimit-reset-" + what, duration(seconds));
    }

    /** Of several limits on tokens, OpenAI's clients can be told one: what refuses, else what has least left. */
    private static @Nullable LimitStatus tokens(LimitStatus decisive, List<LimitStatus> all) {
        return switch (decisive.kind()) {
            case TOKENS_PER_MINUTE, TOKENS_PER_DAY, TOKENS_PER_MONTH -> decisive;
            default -> tightest(all, LimitKind.TOKENS_PER_MINUTE, LimitKind.TOKENS_PER_DAY, LimitKind.TOKENS_PER_MONTH);
        };
    }

    private static @Nullable LimitStatus tightest(List<LimitStatus> all, LimitKind... kinds) {
        List<LimitKind> wanted = List.of(kinds);
        LimitStatus least = null;
        for (LimitStatus status : all) {
            if (wanted.contains(status.kind()) && (least == null || status.left() < least.left())) {
                least = status;
            }
        }
        return least;
    }

    /** As Go prints it: {@code 12s}, {@code 6m0s}, {@code 13h5m0s}. */
    private static String duration(long seconds) {
        String text = seconds % 60 + "s";
        if (seconds >= 60) {
            text = seconds / 60 % 60 + "m" + text;
        }
        return seconds >= 3600 ? seconds / 3600 + "h" + text : text;
    }

    private static long retryAfter(Shortage shortage) {
        return shortage.waitMillis() == 0 ? OTHERS_SECONDS : seconds(shortage.waitMillis());
    }

    private static long seconds(long millis) {
        return Math.max(1, (millis + 999) / 1000);
    }

    private static boolean ofRole(LimitStatus status) {
        return status.account().startsWith(RolePlan.ROLE);
    }
}
