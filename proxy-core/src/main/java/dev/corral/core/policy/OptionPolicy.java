package dev.corral.core.policy;

import dev.corral.core.body.BodyField;
import dev.corral.core.body.JsonFields;
import dev.corral.core.body.JsonFields.Kind;
import dev.corral.core.spi.Endpoint;
import org.jspecify.annotations.Nullable;

/**
 * Holds the options that a model is loaded with: a request that differs in one would make Ollama load the model again,
 * for everybody. Only the native inference routes have them; the scan has made sure that {@code options} is an object.
 */
final class OptionPolicy {
    private static final LoadOption[] ALL = LoadOption.values();

    private OptionPolicy() {}

    static void apply(Endpoint endpoint, JsonFields body, BodyRules rules, String role, Amendments out) throws Refusal {
        for (LoadOption option : ALL) {
            if (option == LoadOption.SHIFT && endpoint != Endpoint.GENERATE && endpoint != Endpoint.CHAT) {
                continue;
            }
            OptionRule rule = rules.rule(option);
            if (rule instanceof OptionRule.Drop) {
                drop(option, body, out);
            } else if (rule instanceof OptionRule.Pin pin) {
                pin(option, pin, body, out);
            } else if (rule instanceof OptionRule.Clamp clamp) {
                clamp(option, clamp, body, role, out);
            }
        }
    }

    private static void drop(LoadOption option, JsonFields body, Amendments out) {
        BodyField field = option.field();
        if (body.present(field)) {
            out.drop(field);
            out.tell(Change.Kind.LOAD_OPTION, field.path() + " dropped");
        } else {
            dropNull(field, body, out);
        }
    }

    /** An option that is null has no value to hold, but to Ollama it is named: see {@link MemberCuts}. */
    private static void dropNull(BodyField field, JsonFields body, Amendments out) {
        if (body.kind(field) == Kind.NULL && field.parent() != null) {
            out.drop(field);
        }
    }

    private static void pin(LoadOption option, OptionRule.Pin pin, JsonFields body, Amendments out) {
        BodyField field = option.field();
        if (equal(pin, field, body)) {
            return;
        }
        out.put(field, pin.value());
        out.tell(body.present(field) ? Change.Kind.LOAD_OPTION : Change.Kind.DEFAULT, field.path() + '=' + pin.value());
    }

    private static boolean equal(OptionRule.Pin pin, BodyField field, JsonFields body) {
        return switch (body.kind(field)) {
            case TRUE -> pin.value().equals("true");
            case FALSE -> pin.value().equals("false");
            case NUMBER -> !pin.bool() && equal(Long.parseLong(pin.value()), body.number(field));
            default -> false;
        };
    }

    private static boolean equal(long pinned, @Nullable String literal) {
        return literal != null && whole(Double.parseDouble(literal)) == pinned;
    }

    private static void clamp(LoadOption option, OptionRule.Clamp clamp, JsonFields body, String role, Amendments out)
            throws Refusal {
        BodyField field = option.field();
        if (!body.present(field)) {
            dropNull(field, body, out);
            return;
        }
        String expected = "a whole number from " + clamp.min() + " to " + clamp.max() + " for the role \"" + role + '"';
        double asked = FieldReader.number(body, field, expected);
        long held = Math.max(clamp.min(), Math.min(clamp.max(), whole(asked)));
        // A fraction beyond a bound goes as well, though Ollama would drop it: what arrives is within the bounds as
        // written.
        if (held != whole(asked) || asked > clamp.max() || asked < clamp.min()) {
            String value = Long.toString(held);
            out.put(field, value);
            out.tell(Change.Kind.LOAD_OPTION, field.path() + '=' + value);
        }
    }

    /**
     * As Ollama makes an {@code int} of an option ({@code api/types.go:Options.FromMap}): it drops the fraction. What does
     * not fit in 64 bits saturates here, and never comes to be a value that passes.
     */
    static long whole(double value) {
        return (long) value;
    }
}
