package dev.corral.server.config;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A list whose items are of one type. */
record ListType<E>(String expectation, Type<E> item) implements Type<List<E>> {
    @Override
    public @Nullable List<E> read(Node node, Location at, Reading reading) {
        if (!(node instanceof Node.Sequence sequence)) {
            reading.problems().add(at, node.kind() + " (expected: " + expectation + ")");
            return null;
        }
        List<E> values = new ArrayList<>();
        for (int i = 0; i < sequence.items().size(); i++) {
            Node element = sequence.items().get(i);
            E value = item.read(element, at.item(i, element.line()), reading);
            if (value != null) {
                values.add(value);
            }
        }
        return values.size() == sequence.items().size() ? values : null;
    }

    @Override
    public Node write(List<E> values) {
        return new Node.Sequence(values.stream().map(item::write).toList(), 0);
    }
}
