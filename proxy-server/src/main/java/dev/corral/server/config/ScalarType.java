package dev.corral.server.config;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A type whose values are one word.
 *
 * @param expectation of the whole, with the range
 * @param literal null if the text is not a value
 * @param format the text that {@code literal} reads as the value
 */
record ScalarType<T>(String expectation, Literal<T> literal, Function<T, String> format) implements Type<T> {
    /** Reads a word. */
    interface Literal<T> {
        /**
         * The value; null if the text is not one.
         *
         * @throws Unexpected to say something more fitting than the type's own expectation
         */
        @Nullable
        T parse(String text, Reading reading) throws Unexpected;
    }

    /** The text is no value; the message is what was expected instead. */
    static final class Unexpected extends Exception {
        private static final long serialVersionUID = 1;

        private final String expectation;

        Unexpected(String expectation) {
            super(expectation);
            this.expectation = expectation;
        }
    }

    @Override
    public @Nullable T read(Node node, Location at, Reading reading) {
        if (!(node instanceof Node.Scalar scalar) || node.isEmpty()) {
            reading.problems().add(at, node.kind() + " (expected: " + expectation + ")");
            return null;
        }
        String text = reading.text(scalar, at);
        if (text == null) {
            return null;
        }
        String expected = expectation;
        try {
            T value = literal.parse(text, reading);
            if (value != null) {
                return value;
            }
        } catch (Unexpected e) {
            expected = e.expectation;
        }
        reading.problems().expected(at, scalar.text(), expected);
        return null;
    }

    @Override
    public Node write(T value) {
        return new Node.Scalar(format.apply(value), 0);
    }
}
