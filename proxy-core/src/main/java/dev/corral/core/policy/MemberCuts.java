package dev.corral.core.policy;

import dev.corral.core.body.BodyEdits;
import dev.corral.core.body.BodyField;
import dev.corral.core.body.JsonFields;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Takes members out of {@code options}, names, commas and all. A {@code null} in their place would not do: for Ollama an
 * option that is named counts as chosen, null or not, which alone can make it load the model again ({@code
 * server/routes.go:hasOption}, {@code server/sched.go:needsReload}).
 *
 * <p>Relies on the scan: the name of a known option is written without escapes, and the body is JSON.
 */
final class MemberCuts {
    private static final int NONE = -1;

    private final JsonFields body;
    private final List<Member> members = new ArrayList<>();

    /**
     * A member to take out.
     *
     * @param start where its name begins
     * @param end behind its value
     * @param before where the comma stands before it; NONE for the first member
     * @param after where the comma stands behind it; NONE for the last member
     */
    private record Member(int start, int end, int before, int after) {}

    MemberCuts(JsonFields body) {
        this.body = body;
    }

    void add(BodyField field) {
        int colon = backOverBlanks(body.start(field) - 1);
        int nameEnd = backOverBlanks(colon - 1) + 1;
        int start = nameEnd - field.json().length() - 2;
        int before = backOverBlanks(start - 1);
        int end = body.end(field);
        int after = overBlanks(end);
        members.add(new Member(start, end, commaOrNone(before), commaOrNone(after)));
    }

    int count() {
        return members.size();
    }

    /** Adds the edits, which leave the commas right however many members go. */
    void apply(BodyEdits edits) {
        members.sort(Comparator.comparingInt(Member::start));
        // The comma behind the last of those that went without one before them; that one went too.
        int gone = NONE;
        for (Member member : members) {
            if (member.before == gone) {
                gone = member.after;
                edits.replace(member.start, member.after == NONE ? member.end : member.after + 1, "");
            } else {
                edits.replace(member.before, member.end, "");
            }
        }
    }

    private int commaOrNone(int position) {
        return body.at(position) == ',' ? position : NONE;
    }

    private int overBlanks(int position) {
        int i = position;
        while (blank(body.at(i))) {
            i++;
        }
        return i;
    }

    private int backOverBlanks(int position) {
        int i = position;
        while (blank(body.at(i))) {
            i--;
        }
        return i;
    }

    private static boolean blank(byte c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
    }
}
