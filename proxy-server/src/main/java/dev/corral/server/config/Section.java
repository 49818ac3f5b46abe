package dev.corral.server.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A mapping with a fixed set of words. It says what differs from a base, and is written as no more than that.
 *
 * @param members in the order in which they are written
 * @param assembler puts the members' values together
 * @param base has the values of the members that are left out
 */
record Section<T>(List<Member<T, ?>> members, Assembler<T> assembler, T base) implements Type<T> {
    /** Makes a section's value of its members' values. */
    interface Assembler<T> {
        /** Asks for each member once; what it returns is of no account where a value is broken. */
        T assemble(Values<T> values);
    }

    Section {
        members = List.copyOf(members);
    }

    @Override
    public String expectation() {
        return "a section with " + String.join(", ", keys());
    }

    @Override
    public @Nullable T read(Node node, Location at, Reading reading) {
        Map<String, Node> entries = Map.of();
        if (node instanceof Node.Mapping mapping) {
            entries = mapping.entries();
        } else if (!node.isEmpty()) {
            reading.problems().add(at, node.kind() + " (expected: " + expectation() + ")");
            return null;
        }
        entries.forEach((key, value) -> {
            if (!keys().contains(key)) {
                reading.problems().add(at.child(key, value.line()), DidYouMean.unknownSetting(key, keys(), paths()));
            }
        });
        Values<T> values = new Values<>(entries, at, base, reading);
        T value = assembler.assemble(values);
        return values.sound() ? value : null;
    }

    @Override
    public Node write(T value) {
        Map<String, Node> entries = new LinkedHashMap<>();
        members.forEach(member -> write(member, value, entries));
        return new Node.Mapping(entries, 0);
    }

    @Override
    public Section<T> over(T other) {
        return new Section<>(members, assembler, other);
    }

    private <V> void write(Member<T, V> member, T value, Map<String, Node> into) {
        V own = member.of().apply(value);
        if (member.presence() != Member.Presence.OPTIONAL
                || !Objects.equals(own, member.of().apply(base))) {
            into.put(member.key(), member.typeOver(base).write(own));
        }
    }

    private List<String> keys() {
        return members.stream().<String>map(Member::key).toList();
    }

    /** The words of this section and of those in it, with the words they are under. */
    private List<String> paths() {
        return members.stream()
                .flatMap(member -> Stream.concat(
                        Stream.of(member.key()),
                        inner(member.type()).map(Section::paths).stream()
                                .flatMap(List::stream)
                                .map(path -> member.key() + "." + path)))
                .toList();
    }

    /** The section that a value of this type may be written as. */
    static Optional<Section<?>> inner(Type<?> type) {
        if (type instanceof Section<?> section) {
            return Optional.of(section);
        }
        return type instanceof WordOrSection<?> either ? Optional.of(either.section()) : Optional.empty();
    }
}
