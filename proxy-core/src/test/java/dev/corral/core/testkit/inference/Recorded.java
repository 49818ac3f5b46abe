package dev.corral.core.testkit.inference;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An answer of Ollama's own middleware, as {@code src/test/go/answers} recorded it at commit fb307609. In all of them the
 * model reads seven tokens and generates four, in 1, 2 and 3 ms.
 *
 * @param name which one: route, kind and how it ends
 * @param status of the response
 * @param chunked whether the body came in chunks
 * @param contentType of the response
 * @param body as it came
 */
public record Recorded(String name, int status, boolean chunked, String contentType, String body) {
    private static final String FILE = "ollama-answers.txt";
    private static final Pattern HEAD =
            Pattern.compile("^=== (\\S+) (\\d+) (chunked|length) (.+)\n", Pattern.MULTILINE);

    /** All of them. */
    public static List<Recorded> all() {
        String text;
        try (InputStream in = Recorded.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException("no resource " + FILE);
            }
            text = new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<Recorded> all = new ArrayList<>();
        Matcher head = HEAD.matcher(text);
        boolean more = head.find();
        while (more) {
            String name = head.group(1);
            int status = Integer.parseInt(head.group(2));
            boolean chunked = head.group(3).equals("chunked");
            String type = head.group(4);
            int from = head.end();
            more = head.find();
            int to = more ? head.start() : text.length();
            all.add(new Recorded(name, status, chunked, type, text.substring(from, to - 1)));
        }
        return all;
    }

    @Override
    public String toString() {
        return name;
    }
}
