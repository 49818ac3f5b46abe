package dev.corral.server.config;

import java.util.Map;

/** The values of one {@link Section} in the file, by member. Not thread-safe. */
final class Values<T> {
    private final Map<String, Node> entries;
    private final Location at;
    private final T base;
    private final Reading reading;
    private boolean sound = true;

    Values(Map<String, Node> entries, Location at, T base, Reading reading) {
        this.entries = entries;
        this.at = at;
        this.base = base;
        this.reading = reading;
    }

    /** What has the values of the members that are left out. */
    T base() {
        return base;
    }

    /** The value given, or the base's; one that is broken, or missing, becomes a problem, so ask once. */
    <V> V get(Member<T, V> member) {
        V unsaid = member.of().apply(base);
        Node node = entries.get(member.key());
        if (node == null) {
            if (member.presence() == Member.Presence.REQUIRED) {
                problem(
                        at,
                        "no " + member.key() + " (expected: `" + member.key() + ":`, "
                                + member.type().expectation() + ")");
            }
            return unsaid;
        }
        V value = member.type().over(unsaid).read(node, at(member), reading);
        sound &= value != null;
        return value == null ? unsaid : value;
    }

    boolean given(Member<T, ?> member) {
        return entries.containsKey(member.key());
    }

    /** Whether every value asked for so far was one, so that they can be compared. */
    boolean sound() {
        return sound;
    }

    /** A value that is none in the company of the others. */
    void expected(Member<T, ?> member, String value, String expectation) {
        problem(at(member), value + " (expected: " + expectation + ")");
    }

    /** A value that is legal, and hardly meant. */
    void warn(Location where, String message) {
        reading.problems().warn(where, message);
    }

    /** A problem at this place, which may be below a member. */
    void problem(Location where, String message) {
        sound = false;
        reading.problems().add(where, message);
    }

    /** Where the member stands; where its section does, if it is left out. */
    Location at(Member<T, ?> member) {
        Node node = entries.get(member.key());
        return at.child(member.key(), node == null ? at.line() : node.line());
    }
}
