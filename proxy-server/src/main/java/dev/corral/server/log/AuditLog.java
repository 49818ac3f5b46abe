package dev.corral.server.log;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.AddressText;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.ExchangeObserver;
import dev.corral.core.spi.ExchangeSummary;
import dev.corral.core.spi.NanoClock;
import dev.corral.core.spi.Principal;
import java.net.InetAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One JSON line per refusal that is the caller's fault, per change of the keys, and per start and stop; and per
 * address that is locked out, in a form that fail2ban reads ({@code deploy/fail2ban}).
 *
 * <p>Thread-safe; never blocks. Refusals can fill the queue but not the part of it that is kept for the other events;
 * and a bounded number of them is written in a second, strangers' and callers' apart, so that a flood does not push what
 * happened before it out of the rotated files. Of those that say "come back later" a key gets one line in a minute.
 */
public final class AuditLog implements ExchangeObserver, AutoCloseable {
    private static final Duration CLOSE = Duration.ofSeconds(5);
    private static final int CAPACITY = 16_384;
    private static final int REFUSALS_PER_SECOND = 50;

    /** A line to be; refusals are encoded from the summary itself. */
    private sealed interface Entry {
        record Refusal(ExchangeSummary summary, ErrorCode code, long repeated) implements Entry {}

        record LockOut(long epochMillis, InetAddress address, long seconds) implements Entry {}

        record Http2Closed(long epochMillis, InetAddress address, boolean flood) implements Entry {}

        record PlainCredential(long epochMillis, InetAddress address, long repeated) implements Entry {}

        record Event(
                long epochMillis,
                String event,
                @Nullable String key,
                @Nullable String keyName,
                @Nullable String detail) implements Entry {}
    }

    private final JsonLinesFile<Entry> file;
    private final NanoClock clock;
    private final RefusalQuota strangers;
    private final RefusalQuota callers;
    private final RefusalQuota lockOuts;
    private final RepeatedRefusals repeated;
    private final OncePerMinute plainCredentials;

    /** Begins to write; trouble with the file is logged and does not end anything. */
    public AuditLog(LogTarget target, NanoClock clock) {
        this.file = new JsonLinesFile<>("audit", target, CAPACITY, AuditLog::encode);
        this.clock = clock;
        this.strangers = new RefusalQuota(clock, REFUSALS_PER_SECOND);
        this.callers = new RefusalQuota(clock, REFUSALS_PER_SECOND);
        this.lockOuts = new RefusalQuota(clock, REFUSALS_PER_SECOND);
        this.repeated = new RepeatedRefusals(clock);
        this.plainCredentials = new OncePerMinute(clock);
    }

    @Override
    public void finished(ExchangeSummary summary) {
        ProxyError error = summary.error();
        if (error == null || !isRefusal(error.code())) {
            return;
        }
        Principal principal = summary.principal();
        long before = 0;
        if (principal != null && RepeatedRefusals.isOne(error.code())) {
            before = repeated.take(principal.keyId(), error.code());
            if (before < 0) {
                return;
            }
        }
        RefusalQuota quota = principal == null ? strangers : callers;
        long suppressed = quota.take();
        if (suppressed < 0) {
            return;
        }
        suppressed(quota, suppressed);
        file.offer(new Entry.Refusal(summary, error.code(), before));
    }

    /** The line for fail2ban and its like: one for each time that an address is locked out. */
    @Override
    public void lockedOut(InetAddress address, Duration time) {
        long suppressed = lockOuts.take();
        if (suppressed >= 0) {
            suppressed(lockOuts, suppressed);
            file.offer(new Entry.LockOut(clock.epochMillis(), address, time.toSeconds()));
        }
    }

    /** No request of it needs to have been readable. */
    @Override
    public void http2Closed(InetAddress client, boolean flood) {
        long suppressed = strangers.take();
        if (suppressed >= 0) {
            suppressed(strangers, suppressed);
            file.offer(new Entry.Http2Closed(clock.epochMillis(), client, flood));
        }
    }

    /** A key that came this way is to be rotated; one line in a minute says that there are such. */
    @Override
    public void credentialOverPlainHttp(InetAddress client) {
        long before = plainCredentials.take();
        if (before >= 0) {
            file.offer(new Entry.PlainCredential(clock.epochMillis(), client, before));
        }
    }

    /** Corral begins to serve; {@code detail} such as version and address. */
    public void started(String detail) {
        event("start", null, null, detail);
    }

    /** Corral ends; {@code detail} says why, and how many exchanges were cut. */
    public void stopped(String detail) {
        event("stop", null, null, detail);
    }

    /** A key changed; {@code change} such as {@code created}, {@code revoked}, {@code rotated}, {@code removed}. */
    public void keyChanged(String change, String keyId, String keyName) {
        event("key_" + change, keyId, keyName, null);
    }

    /** A new key file took effect; {@code detail} such as the number of keys. */
    public void keysLoaded(String detail) {
        event("keys_loaded", null, null, detail);
    }

    /** A changed key file could not be read, and the keys before stay in force; {@code detail} without a secret. */
    public void keysRejected(String detail) {
        event("keys_rejected", null, null, detail);
    }

    public LogCounts counts() {
        return file.counts();
    }

    /** Writes what is queued, for at most five seconds. Blocks: not for event loops. */
    @Override
    public void close() {
        suppressed(strangers, strangers.takeSuppressed());
        suppressed(callers, callers.takeSuppressed() + repeated.takeSuppressed());
        suppressed(lockOuts, lockOuts.takeSuppressed());
        file.close(CLOSE);
    }

    private void suppressed(RefusalQuota quota, long count) {
        if (count > 0) {
            String what = quota == lockOuts
                    ? " further lock-outs"
                    : quota == strangers ? " further refusals without a key" : " further refusals of keys";
            event("refusals_suppressed", null, null, count + what);
        }
    }

    private void event(String event, @Nullable String key, @Nullable String keyName, @Nullable String detail) {
        file.offerReserved(new Entry.Event(clock.epochMillis(), event, key, keyName, detail));
    }

    /** Leaving and stalling are the client's fault, too, but nothing was refused. */
    private static boolean isRefusal(ErrorCode code) {
        return code.fault() == ErrorCode.Fault.CLIENT
                && code != ErrorCode.CLIENT_GONE
                && code != ErrorCode.CLIENT_STALL;
    }

    private static void encode(Entry entry, JsonLine line) {
        if (entry instanceof Entry.Refusal refusal) {
            encode(refusal.summary(), refusal.code(), line);
            if (refusal.repeated() > 0) {
                line.number("repeated", refusal.repeated());
            }
        } else if (entry instanceof Entry.LockOut lockOut) {
            line.time("time", lockOut.epochMillis())
                    .text("event", "locked_out", Fields.WORD)
                    .text("address", AddressText.format(lockOut.address()), Fields.ADDRESS)
                    .number("seconds", lockOut.seconds());
        } else if (entry instanceof Entry.Http2Closed closed) {
            line.time("time", closed.epochMillis())
                    .text("event", "http2_closed", Fields.WORD)
                    .text("address", AddressText.format(closed.address()), Fields.ADDRESS)
                    .text("reason", closed.flood() ? "flood" : "protocol", Fields.WORD);
        } else if (entry instanceof Entry.PlainCredential plain) {
            line.time("time", plain.epochMillis())
                    .text("event", "key_over_plain_http", Fields.WORD)
                    .text("address", AddressText.format(plain.address()), Fields.ADDRESS);
            if (plain.repeated() > 0) {
                line.number("repeated", plain.repeated());
            }
        } else if (entry instanceof Entry.Event event) {
            line.time("time", event.epochMillis())
                    .text("event", event.event(), Fields.WORD)
                    .text("key", event.key(), Fields.ID)
                    .text("key_name", event.keyName(), Fields.NAME)
                    .text("detail", event.detail() == null ? null : Redaction.redact(event.detail()), Fields.DETAIL);
        }
    }

    private static void encode(ExchangeSummary summary, ErrorCode code, JsonLine line) {
        Principal principal = summary.principal();
        Endpoint endpoint = summary.endpoint();
        line.time("time", summary.startedAtMillis())
                .text("event", "refusal", Fields.WORD)
                .text("id", summary.requestId(), Fields.ID)
                .text("address", AddressText.format(summary.clientAddress()), Fields.ADDRESS)
                .text("code", code.label(), Fields.WORD)
                .text("key", principal == null ? null : principal.keyId(), Fields.ID)
                .text("key_name", principal == null ? null : principal.keyName(), Fields.NAME)
                .text("method", Redaction.redact(summary.method()), Fields.METHOD)
                .text("path", endpoint == null ? Redaction.redact(summary.path()) : endpoint.pattern(), Fields.PATH)
                .text("model", summary.model(), Fields.MODEL);
    }
}
