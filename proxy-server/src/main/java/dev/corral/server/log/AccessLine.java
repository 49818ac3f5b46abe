package dev.corral.server.log;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.AddressText;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.ExchangeSummary;
import dev.corral.core.spi.Metering;
import dev.corral.core.spi.Outcome;
import dev.corral.core.spi.Principal;
import dev.corral.core.spi.Protocol;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Fills the access log's line of one exchange. What is one of few words is written beforehand; whose request it was, from
 * where and for which model is kept as written for when it comes again, which it mostly does.
 *
 * <p>Confined to the writer's thread.
 */
@SuppressWarnings("EnumOrdinal") // array look-ups are the point; nothing outlives the process
final class AccessLine {
    private static final byte[] TIME = JsonLine.name("time");
    private static final byte[] ID = JsonLine.name("id");
    private static final byte[] MODEL = JsonLine.name("model");
    private static final byte[] METHOD = JsonLine.name("method");
    private static final byte[] PATH = JsonLine.name("path");
    private static final byte[] STATUS = JsonLine.name("status");
    private static final byte[] REQUEST_BYTES = JsonLine.name("request_bytes");
    private static final byte[] RESPONSE_BYTES = JsonLine.name("response_bytes");
    private static final byte[] FIRST_BYTE = JsonLine.name("first_byte_ms");
    private static final byte[] DURATION = JsonLine.name("duration_ms");
    private static final byte[] PROMPT_TOKENS = JsonLine.name("prompt_tokens");
    private static final byte[] COMPLETION_TOKENS = JsonLine.name("completion_tokens");
    private static final byte[] FIRST_TOKEN = JsonLine.name("first_token_ms");

    private static final byte[][] PATHS = words("path", Endpoint.values(), Endpoint::pattern, Fields.PATH);
    private static final byte[][] CODES = words("code", ErrorCode.values(), ErrorCode::label, Fields.WORD);
    private static final byte[][] OUTCOMES = words("outcome", Outcome.values(), Outcome::label, Fields.WORD);
    private static final byte[] NOBODY =
            ",\"key\":null,\"key_name\":null,\"role\":null".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NO_CODE = JsonLine.memberOf("code", null, Fields.WORD);
    private static final byte[] NO_MODEL = JsonLine.memberOf("model", null, Fields.MODEL);
    private static final byte[][] PROTOCOLS = words("protocol", Protocol.values(), Protocol::label, Fields.WORD);
    private static final byte[] TLS = ",\"tls\":true".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PLAIN = ",\"tls\":false".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] GET = JsonLine.memberOf("method", "GET", Fields.METHOD);
    private static final byte[] POST = JsonLine.memberOf("method", "POST", Fields.METHOD);

    private final WrittenParts<Principal> callers = new WrittenParts<>();
    private final WrittenParts<InetAddress> addresses = new WrittenParts<>();
    private final WrittenParts<String> models = new WrittenParts<>();

    void encode(ExchangeSummary summary, JsonLine line) {
        Endpoint endpoint = summary.endpoint();
        ProxyError error = summary.error();
        line.time(TIME, summary.startedAtMillis()).text(ID, summary.requestId(), Fields.ID);
        caller(summary.principal(), line);
        address(summary.clientAddress(), line);
        line.member(PROTOCOLS[summary.protocol().ordinal()]).member(summary.tls() ? TLS : PLAIN);
        method(summary.method(), line);
        if (endpoint == null) {
            line.text(PATH, Redaction.redact(summary.path()), Fields.PATH);
        } else {
            line.member(PATHS[endpoint.ordinal()]);
        }
        model(summary.model(), line);
        line.number(STATUS, summary.status())
                .member(error == null ? NO_CODE : CODES[error.code().ordinal()])
                .member(OUTCOMES[summary.outcome().ordinal()])
                .number(REQUEST_BYTES, summary.requestBytes())
                .number(RESPONSE_BYTES, summary.responseBytes())
                .millis(FIRST_BYTE, summary.firstByteNanos())
                .millis(DURATION, Math.max(0, summary.durationNanos()));
        if (summary.queuePosition() > 0) {
            line.millis("queue_ms", Math.max(0, summary.queuedNanos()));
        }
        metering(summary.metering(), line);
    }

    private void caller(@Nullable Principal principal, JsonLine line) {
        if (principal == null) {
            line.member(NOBODY);
            return;
        }
        byte[] known = callers.of(principal);
        if (known == null || !line.again(known)) {
            int before = line.length();
            line.text("key", principal.keyId(), Fields.ID)
                    .text("key_name", principal.keyName(), Fields.NAME)
                    .text("role", principal.role(), Fields.NAME);
            keep(callers, principal, line, before);
        }
    }

    private void address(InetAddress address, JsonLine line) {
        byte[] known = addresses.of(address);
        if (known == null || !line.again(known)) {
            int before = line.length();
            line.text("address", AddressText.format(address), Fields.ADDRESS);
            keep(addresses, address, line, before);
        }
    }

    private static void method(String method, JsonLine line) {
        if (method.equals("POST")) {
            line.member(POST);
        } else if (method.equals("GET")) {
            line.member(GET);
        } else {
            line.text(METHOD, Redaction.redact(method), Fields.METHOD);
        }
    }

    private void model(@Nullable String model, JsonLine line) {
        if (model == null) {
            line.member(NO_MODEL);
            return;
        }
        byte[] known = models.of(model);
        if (known == null || !line.again(known)) {
            int before = line.length();
            line.text(MODEL, model, Fields.MODEL);
            keep(models, model, line, before);
        }
    }

    private static <K> void keep(WrittenParts<K> parts, K key, JsonLine line, int before) {
        // Not what was cut for want of room: elsewhere there may be more.
        if (line.hasRoom()) {
            parts.keep(key, line.since(before));
        }
    }

    /** Nothing for an exchange that asked no model; what is true of few answers is there only where it is true. */
    private static void metering(Metering metering, JsonLine line) {
        if (metering.source() == Metering.Source.NONE) {
            return;
        }
        line.number(PROMPT_TOKENS, metering.promptTokens())
                .number(COMPLETION_TOKENS, metering.completionTokens())
                .millis(FIRST_TOKEN, metering.firstTokenNanos());
        if (metering.source() == Metering.Source.ESTIMATED) {
            line.yes("tokens_estimated");
        }
        if (!metering.ended()) {
            line.yes("unfinished");
        }
    }

    private static <T> byte[][] words(String name, T[] values, Function<T, String> word, int maxChars) {
        return Arrays.stream(values)
                .map(value -> JsonLine.memberOf(name, word.apply(value), maxChars))
                .toArray(byte[][]::new);
    }
}
