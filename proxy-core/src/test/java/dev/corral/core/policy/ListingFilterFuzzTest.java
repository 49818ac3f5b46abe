package dev.corral.core.policy;

import static dev.corral.core.policy.Policies.apply;
import static dev.corral.core.policy.Policies.bytes;
import static dev.corral.core.policy.Policies.role;
import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.body.BadBody;
import dev.corral.core.body.JsonCursor;
import dev.corral.core.policy.ModelCatalogue.Place;
import dev.corral.core.spi.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random listings, of which is known what must be left. */
class ListingFilterFuzzTest {
    private static final RolePolicy ROLE = role(false, "open*", "org/*", "hf.co/*/*");
    private static final String[] OPEN = {
        "open", "OPEN:7b", "open2:Q4_K_M", "org/x", "hf.co/a/b:Q8_0", "library/open", "op\\u0065n:x", "open\\u003acool"
    };
    private static final String[] CLOSED = {
        "secret",
        "o/open",
        "open:cloud",
        "org/x:7b-cloud",
        "org/x:7B-CLOUD",
        "stub",
        "openstub",
        "hf.co/a/b/c",
        "open x",
        "",
        "é",
        "\\ud83d\\ude00",
        "open\\u0000",
        "registry.ollama.ai:443/library/open"
    };
    // Values with everything in them that looks like the end of an element.
    private static final String[] VALUES = {
        "0",
        "-1.5e+3",
        "true",
        "null",
        "\"\"",
        "\"]},{\\\"name\\\":\\\"open\\\"}\"",
        "\"é\\\\\"",
        "{}",
        "[]",
        "[{\"name\":\"open\"}, 1 , [ ]]",
        "{\"models\":[{\"name\":\"secret\"}],\"a\":{\"name\":\"x\"}}"
    };

    private final Random random = new Random(5);

    @Test
    void whatIsLeft_isExactlyWhatIsOpen_byteForByte() throws BadBody {
        ModelCatalogue catalogue = new ModelCatalogue();
        catalogue.learn(Map.of("registry.ollama.ai/library/openstub:latest", Place.REMOTE));
        ListingFilter filter = new ListingFilter(catalogue, () -> {});
        for (int round = 0; round < 20_000; round++) {
            List<String> left = new ArrayList<>();
            List<String> all = new ArrayList<>();
            for (int i = random.nextInt(7); i > 0; i--) {
                boolean open = random.nextBoolean();
                String element = element(open);
                all.add(element);
                if (open) {
                    left.add(element);
                }
            }
            String before = blank() + "{" + blank() + (random.nextBoolean() ? "\"a\":" + value() + "," : "")
                    + "\"models\"" + blank() + ":" + blank() + "[";
            String after = "]" + blank() + (random.nextBoolean() ? ",\"b\" :" + value() : "") + "}" + blank();
            StringBuilder inside = new StringBuilder(blank());
            for (String element : all) {
                inside.append(inside.toString().isBlank() ? "" : "," + blank())
                        .append(element)
                        .append(blank());
            }
            String listing = before + inside + after;
            String filtered = apply(filter.edits(Endpoint.TAGS, ROLE, bytes(listing)), listing);
            assertThat(filtered).as(listing).startsWith(before).endsWith(after);
            String rest = filtered.substring(before.length(), filtered.length() - after.length());
            assertThat(elements(rest)).as(listing).isEqualTo(left);
            JsonCursor json = new JsonCursor(bytes(filtered), 64);
            json.skip();
            json.end();
            if (left.isEmpty() && !all.isEmpty()) {
                assertThat(rest).isEmpty();
            }
            assertThat(filter.edits(Endpoint.TAGS, ROLE, bytes(filtered)).isEmpty())
                    .as(filtered)
                    .isTrue();
        }
    }

    @Test
    void listingCutShortOrChanged_isRefusedOrLeavesNoSecret() {
        ListingFilter filter = new ListingFilter(new ModelCatalogue(), () -> {});
        String listing =
                "{\"models\":[{\"name\":\"open\"},{\"name\":\"secret\",\"size\":[1,{}]},{\"name\":\"open:7b\"}]}";
        int refused = 0;
        for (int round = 0; round < 50_000; round++) {
            StringBuilder changed = new StringBuilder(listing);
            for (int i = random.nextInt(3); i >= 0; i--) {
                int at = random.nextInt(changed.length());
                switch (random.nextInt(3)) {
                    case 0 -> changed.setLength(Math.max(at, 1));
                    case 1 -> changed.deleteCharAt(at).append(changed.isEmpty() ? "{" : "");
                    default -> changed.insert(at, "{}[],:\"\\ n0".charAt(random.nextInt(11)));
                }
            }
            String text = changed.toString();
            try {
                String filtered = apply(filter.edits(Endpoint.TAGS, ROLE, bytes(text)), text);
                // Where the word still is the name of an element of the list, that element is gone.
                assertThat(filtered).as(text).doesNotContain("{\"name\":\"secret\"");
            } catch (BadBody e) {
                refused++;
            }
        }
        assertThat(refused).isBetween(10_000, 49_999);
    }

    private String element(boolean open) {
        if (!open && random.nextInt(6) == 0) {
            return value();
        }
        List<String> members = new ArrayList<>();
        String name = '"' + pick(open ? OPEN : CLOSED) + '"';
        int form = random.nextInt(open || !name.equals("\"\"") ? 4 : 1);
        // In one of the two, or both; the other may be open.
        if (form != 1) {
            members.add("\"name\"" + blank() + ":" + name);
        }
        if (form == 1 || form == 2) {
            members.add("\"model\":" + blank() + name);
        }
        if (form == 3) {
            members.add("\"model\":\"" + pick(OPEN) + '"');
        }
        if (random.nextBoolean()) {
            members.add("\"details\":" + value());
        }
        if (random.nextBoolean()) {
            members.add(
                    random.nextInt(members.size() + 1), "\"remote_host\":" + (random.nextBoolean() ? "null" : "\"\""));
        }
        return "{" + blank() + String.join(blank() + "," + blank(), members) + blank() + "}";
    }

    private String value() {
        return pick(VALUES);
    }

    private String pick(String[] from) {
        return from[random.nextInt(from.length)];
    }

    private String blank() {
        return random.nextInt(4) == 0 ? " \n\t".substring(random.nextInt(3)) : "";
    }

    /** Splits at the commas that stand in no string and no bracket. */
    private static List<String> elements(String inside) {
        List<String> found = new ArrayList<>();
        int depth = 0;
        boolean text = false;
        int start = 0;
        for (int i = 0; i < inside.length(); i++) {
            char c = inside.charAt(i);
            if (text) {
                i += c == '\\' ? 1 : 0;
                text = c != '"';
            } else if (c == '"') {
                text = true;
            } else if (c == '{' || c == '[') {
                depth++;
            } else if (c == '}' || c == ']') {
                depth--;
            } else if (c == ',' && depth == 0) {
                found.add(inside.substring(start, i).strip());
                start = i + 1;
            }
        }
        if (!inside.isBlank()) {
            found.add(inside.substring(start).strip());
        }
        return found;
    }
}
