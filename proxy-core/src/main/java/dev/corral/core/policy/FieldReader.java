package dev.corral.core.policy;

import dev.corral.core.body.BodyField;
import dev.corral.core.body.JsonFields;
import dev.corral.core.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/** Reads single members as Ollama decodes them, and refuses what it could not decode. */
final class FieldReader {
    // The longest model name, all of it in escapes.
    private static final int LONGEST_TEXT = 6 * ModelName.MAX_LENGTH + 2;

    private FieldReader() {}

    /** A string; empty for one that is absent or null, as for Go. One that may be as long as the body is not copied. */
    static String text(JsonFields body, BodyField field) throws Refusal {
        return switch (body.kind(field)) {
            case ABSENT, NULL -> "";
            case STRING -> shortText(body, field);
            default -> throw wrong(body, field, "a string");
        };
    }

    private static String shortText(JsonFields body, BodyField field) throws Refusal {
        if (body.end(field) - body.start(field) > LONGEST_TEXT) {
            throw new Refusal(
                    ErrorCode.INVALID_BODY,
                    '"' + field.path() + "\" is longer than " + LONGEST_TEXT + " bytes (expected: a short text)");
        }
        return body.string(field);
    }

    /** A boolean; false for one that is absent or null. */
    static boolean flag(JsonFields body, BodyField field) throws Refusal {
        return switch (body.kind(field)) {
            case ABSENT, NULL, FALSE -> false;
            case TRUE -> true;
            default -> throw wrong(body, field, "true or false");
        };
    }

    /** A number that Go decodes into an {@code int}: a plain whole literal within 64 bits, neither 1e2 nor 5.0. */
    static long integer(JsonFields body, BodyField field) throws Refusal {
        String literal = literal(body, field, "a whole number");
        try {
            return Long.parseLong(literal);
        } catch (NumberFormatException notPlain) {
            throw new Refusal(
                    ErrorCode.INVALID_BODY,
                    '"' + field.path() + "\" is a number with a fraction, an exponent or too many digits"
                            + " (expected: a plain whole number)");
        }
    }

    /** A number that Go decodes into a {@code float64}; finite, as Go refuses what overflows. */
    static double number(JsonFields body, BodyField field, String expected) throws Refusal {
        double value = Double.parseDouble(literal(body, field, expected));
        if (Double.isInfinite(value)) {
            throw new Refusal(
                    ErrorCode.INVALID_BODY,
                    '"' + field.path() + "\" is a number beyond 64-bit floating point (expected: " + expected + ")");
        }
        return value;
    }

    static Refusal wrong(JsonFields body, BodyField field, String expected) {
        return new Refusal(
                ErrorCode.INVALID_BODY,
                '"' + field.path() + "\" is " + word(body.kind(field)) + " (expected: " + expected + ")");
    }

    private static String literal(JsonFields body, BodyField field, String expected) throws Refusal {
        if (body.kind(field) != JsonFields.Kind.NUMBER) {
            throw wrong(body, field, expected);
        }
        @Nullable String literal = body.number(field);
        if (literal == null) {
            throw new Refusal(
                    ErrorCode.INVALID_BODY,
                    '"' + field.path() + "\" is a number of more than 64 characters (expected: " + expected + ")");
        }
        return literal;
    }

    private static String word(JsonFields.Kind kind) {
        return switch (kind) {
            case ABSENT -> "missing";
            case NULL -> "null";
            case FALSE -> "false";
            case TRUE -> "true";
            case NUMBER -> "a number";
            case STRING -> "a string";
            case ARRAY -> "an array";
            case OBJECT -> "an object";
        };
    }
}
