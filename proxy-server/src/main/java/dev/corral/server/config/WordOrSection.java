package dev.corral.server.config;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A section, or one word that says it all.
 *
 * @param word reads the word; its expectation is that of the whole
 * @param section reads everything else
 * @param isWord whether a value can be, and then is, written as the word
 */
record WordOrSection<T>(ScalarType<T> word, Section<T> section, Predicate<T> isWord) implements Type<T> {
    @Override
    public String expectation() {
        return word.expectation();
    }

    @Override
    public @Nullable T read(Node node, Location at, Reading reading) {
        return node instanceof Node.Mapping || node.isEmpty()
                ? section.read(node, at, reading)
                : word.read(node, at, reading);
    }

    @Override
    public Node write(T value) {
        return isWord.test(value) ? word.write(value) : section.write(value);
    }

    @Override
    public Type<T> over(T base) {
        return new WordOrSection<>(word, section.over(base), isWord);
    }
}
