package dev.corral.core.body.oracle;

import dev.corral.core.policy.BodyRules;
import dev.corral.core.policy.FieldRule;
import dev.corral.core.policy.LoadOption;
import dev.corral.core.policy.OptionRule;
import dev.corral.core.spi.Endpoint;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a role, held against what Ollama reads from the forwarded bytes.
 *
 * @param before what it would have read from the caller's; null where it would have refused them
 * @param after what it reads
 * @param sent the forwarded bytes
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Bounds(BodyRules rules, @Nullable OllamaReading before, OllamaReading after, byte[] sent) {
    /** Fields that a rule may change; all others pass as they came. */
    static final Set<String> TOUCHED = Set.of(
            "model",
            "name",
            "keep_alive",
            "options",
            "shift",
            "template",
            "raw",
            "system",
            "context",
            "_debug_render_only",
            "max_tokens",
            "max_output_tokens",
            "top_logprobs",
            "logprobs",
            "stream_options",
            "from",
            "source");

    static final Set<String> TOUCHED_OPTIONS = Set.of(
            "num_predict",
            "num_ctx",
            "num_batch",
            "num_gpu",
            "main_gpu",
            "use_mmap",
            "num_thread",
            "draft_num_predict");

    private static final Set<Endpoint> NATIVE =
            Set.of(Endpoint.GENERATE, Endpoint.CHAT, Endpoint.EMBED, Endpoint.EMBEDDINGS);

    void check() {
        keepAlive();
        if (NATIVE.contains(after.route())) {
            for (LoadOption option : LoadOption.values()) {
                load(option);
            }
        }
        tokens();
        completionTokens();
        held("template", rules.template());
        held("raw", rules.raw());
        if (NATIVE.contains(after.route())) {
            held("system", rules.system());
        }
        held("context", rules.context());
        held("_debug_render_only", rules.debugRender());
        String alternatives = after.route() == Endpoint.COMPLETIONS ? "logprobs" : "top_logprobs";
        if (after.top(alternatives) instanceof Long count) {
            require(count <= rules.topLogprobs(), alternatives + " " + count);
        }
        require(after.inputs() <= rules.embedInputs(), after.inputs() + " inputs");
        require(after.images().size() <= rules.images(), after.images() + " images");
        for (long image : after.images()) {
            require(
                    rules.imageBytes() > Long.MAX_VALUE - 3 || image <= (rules.imageBytes() + 2) / 3 * 3,
                    image + " bytes");
        }
        require(rules.webSearch() || !after.webSearch(), "the server would search the web");
    }

    private void keepAlive() {
        Object time = after.top("keep_alive");
        if (rules.keepAlive() != null && time instanceof Long nanos) {
            long min = rules.keepAlive().min().toNanos();
            long max = rules.keepAlive().max().toNanos();
            require(min <= nanos && nanos <= max, "keep_alive " + nanos + " ns");
            if (before != null && before.top("keep_alive") instanceof Long asked) {
                // What is below zero did not fit.
                long expected = asked < 0 ? max : Math.max(min, Math.min(max, asked));
                require(nanos == expected, "keep_alive " + nanos + " ns, asked " + asked + " ns");
            }
        }
        boolean asked = before != null && before.top("keep_alive") != null;
        require(before == null || asked == (time != null), "keep_alive " + time);
    }

    private void load(LoadOption option) {
        String name = option.field().json();
        boolean top = option == LoadOption.SHIFT;
        if (top && !after.fields().type().fields().containsKey(name)) {
            return;
        }
        Object is = top ? after.top(name) : after.option(name);
        Object was = before == null ? null : top ? before.top(name) : before.option(name);
        OptionRule rule = Objects.requireNonNull(rules.load().get(option));
        if (rule instanceof OptionRule.Drop) {
            require(is == null, name + " " + is);
        } else if (rule instanceof OptionRule.Pin pin) {
            Object pinned = option.bool() ? (Object) Boolean.valueOf(pin.value()) : whole(Double.valueOf(pin.value()));
            require(pinned.equals(is instanceof Double number ? whole(number) : is), name + " " + is);
        } else if (rule instanceof OptionRule.Clamp clamp) {
            require(is == null || is instanceof Double, name + " " + is);
            if (is instanceof Double number) {
                long value = whole(number);
                require(clamp.min() <= value && value <= clamp.max(), name + " " + is);
            }
            if (was instanceof Double asked) {
                long expected = Math.max(clamp.min(), Math.min(clamp.max(), whole(asked)));
                require(is instanceof Double number && whole(number) == expected, name + " " + is + ", asked " + was);
            }
        } else {
            require(before == null || Objects.equals(is, was), name + " " + is + ", asked " + was);
        }
    }

    private void tokens() {
        if (rules.tokens() == null) {
            return;
        }
        boolean option = NATIVE.contains(after.route());
        String name = option ? "num_predict" : after.route() == Endpoint.RESPONSES ? "max_output_tokens" : "max_tokens";
        Object is = option ? after.option(name) : after.top(name);
        boolean embeds = Set.of(Endpoint.EMBED, Endpoint.EMBEDDINGS, Endpoint.V1_EMBEDDINGS)
                .contains(after.route());
        boolean empty = "".equals(after.top("prompt"))
                || after.top("messages") == null
                || after.top("messages") instanceof GoSlice messages && messages.length() == 0;
        if (is == null) {
            require(embeds || after.nothingToGenerate() || !option && empty, "no bound of tokens");
            return;
        }
        // Anything but a number Ollama refuses.
        if (is instanceof Double || is instanceof Long) {
            long tokens = is instanceof Double number ? whole(number) : (Long) is;
            boolean idle = embeds || after.nothingToGenerate() || !option && empty;
            // To one of Ollama's runners 0 is no end; on /v1/messages Ollama refuses it.
            int least = idle || after.route() == Endpoint.MESSAGES ? 0 : 1;
            require(least <= tokens && tokens <= rules.tokens().max(), name + " " + is);
            Object was = before == null ? null : option ? before.option(name) : before.top(name);
            if (was == null && !embeds && before != null && after.route() != Endpoint.CHAT_COMPLETIONS) {
                require(tokens == rules.tokens().byDefault() || after.route() == Endpoint.MESSAGES, name + " " + is);
            }
        }
    }

    /** {@code max_completion_tokens} means something, though Ollama does not know it. */
    private void completionTokens() {
        try {
            if (after.route() == Endpoint.CHAT_COMPLETIONS
                    && OllamaReading.unknownMember(sent, "max_completion_tokens") instanceof Double wished
                    && wished > 0) {
                require(
                        after.top("max_tokens") instanceof Long tokens && 0 <= tokens && tokens <= wished,
                        "max_tokens " + after.top("max_tokens") + ", max_completion_tokens " + wished);
            }
        } catch (GoRefuses e) {
            throw new AssertionError(e);
        }
    }

    private void held(String field, FieldRule rule) {
        Object is = after.top(field);
        boolean nothing = is == null
                || is.equals("")
                || is.equals(false)
                || is instanceof GoSlice slice && slice.length() == 0
                || is instanceof Map<?, ?> map && map.isEmpty();
        if (rule == FieldRule.ALLOW) {
            require(before == null || GoDump.of(before.top(field)).equals(GoDump.of(is)), field + " changed");
        } else {
            require(nothing, field + " " + GoDump.of(is));
        }
    }

    /** As Go makes an integer of an option. */
    private static long whole(Double value) {
        return value.longValue();
    }

    private void require(boolean holds, String what) {
        Agreement.require(holds, what);
    }
}
