package dev.corral.server.wiring;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import dev.corral.auth.limit.LimitBook;
import dev.corral.auth.limit.LimitStatus;
import dev.corral.core.spi.Accounts;
import dev.corral.core.spi.NanoClock;
import dev.corral.core.spi.Principal;
import dev.corral.core.spi.QueueStanding;
import dev.corral.server.state.UsageSums;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What {@code GET /-/me} answers: JSON, described in docs/limits.md. Event loops; does not block. */
final class OwnAccount implements Accounts {
    private static final long SECOND = 1_000_000_000;
    private static final JsonFactory JSON =
            JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    /**
     * What a key has used, where that is known without asking anybody.
     *
     * @param today since the day began
     * @param month since the month began, today included
     */
    record Used(UsageSums today, UsageSums month) {}

    /** Knows what keys have used. */
    @FunctionalInterface
    interface Usage {
        /** Null where it is not known here. */
        @Nullable
        Used of(String keyId);
    }

    private final LimitBook limits;
    private final Usage usage;
    private final ZoneId zone;
    private final NanoClock clock;

    OwnAccount(LimitBook limits, Usage usage, ZoneId zone, NanoClock clock) {
        this.limits = limits;
        this.usage = usage;
        this.zone = zone;
        this.clock = clock;
    }

    @Override
    public CompletionStage<String> describe(Principal principal, QueueStanding queue) {
        return limits.status(principal).thenApply(status -> write(principal, status, queue));
    }

    private String write(Principal principal, List<LimitStatus> status, QueueStanding queue) {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeObjectFieldStart("key");
            json.writeStringField("id", principal.keyId());
            json.writeStringField("name", principal.keyName());
            json.writeStringField("role", principal.role());
            json.writeEndObject();
            json.writeArrayFieldStart("limits");
            for (LimitStatus one : status) {
                limit(one, json);
            }
            json.writeEndArray();
            used(usage.of(principal.keyId()), json);
            json.writeObjectFieldStart("queue");
            json.writeNumberField("running", queue.running());
            json.writeArrayFieldStart("waiting");
            for (int position : queue.waiting()) {
                json.writeNumber(position);
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a StringWriter does not fail", e);
        }
        return out.append('\n').toString();
    }

    private void limit(LimitStatus status, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("limit", status.kind().label());
        // "key" or "role": whose the account is; the caller knows the rest.
        json.writeStringField(
                "of", status.account().substring(0, Math.max(0, status.account().indexOf(':'))));
        json.writeNumberField("max", status.limit());
        json.writeNumberField("used", status.used());
        json.writeNumberField("reserved", status.reserved());
        json.writeNumberField("left", status.left());
        if (status.resetsAtMillis() > 0) {
            Instant resets = Instant.ofEpochMilli(status.resetsAtMillis());
            long millis = Math.max(0, status.resetsAtMillis() - clock.epochMillis());
            json.writeStringField(
                    "resets",
                    DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
                            resets.truncatedTo(ChronoUnit.SECONDS).atZone(zone)));
            json.writeNumberField("resets_in", (millis + 999) / 1000);
        }
        json.writeEndObject();
    }

    private static void used(@Nullable Used used, JsonGenerator json) throws IOException {
        if (used == null) {
            return;
        }
        json.writeObjectFieldStart("usage");
        sums("today", used.today(), json);
        sums("month", used.month(), json);
        json.writeEndObject();
    }

    private static void sums(String name, UsageSums sums, JsonGenerator json) throws IOException {
        json.writeObjectFieldStart(name);
        json.writeNumberField("requests", sums.requests());
        json.writeNumberField("unfinished", sums.unfinished());
        json.writeNumberField("prompt_tokens", sums.promptTokens());
        json.writeNumberField("completion_tokens", sums.completionTokens());
        json.writeNumberField("estimated_tokens", sums.estimatedTokens());
        json.writeNumberField("gpu_seconds", sums.gpuNanos() / SECOND);
        json.writeEndObject();
    }
}
