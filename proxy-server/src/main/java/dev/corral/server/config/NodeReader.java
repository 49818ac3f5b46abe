package dev.corral.server.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * YAML to {@link Node}s, with lines, which Jackson's own tree does not have. Anchors, aliases and tags are refused, not
 * followed: nothing can grow beyond the file's own size.
 */
final class NodeReader {
    static final int MAX_DEPTH = 32;

    private static final YAMLFactory YAML = YAMLFactory.builder()
            .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
            .build();

    /** Where snakeyaml's message says the problem is; the exception's own location is the last token's. */
    private static final Pattern MARK = Pattern.compile("(?m)^ in 'reader', line ([0-9]{1,9}), column [0-9]+:$");

    private final YAMLParser parser;
    private final Problems problems;
    private final String name;

    private NodeReader(YAMLParser parser, Problems problems, String name) {
        this.parser = parser;
        this.problems = problems;
        this.name = name;
    }

    /**
     * Reads one document.
     *
     * @param name what to call the file in problems
     * @return null if the document is empty or if it is not YAML, which is then among the problems
     */
    static @Nullable Node read(String yaml, String name, Problems problems) {
        try (YAMLParser parser = YAML.createParser(new StringReader(yaml))) {
            return new NodeReader(parser, problems, name).document();
        } catch (JsonProcessingException e) {
            String message = e.getOriginalMessage();
            problems.add(new Location(name, line(e, message)), "not YAML: " + firstWords(message));
        } catch (TooDeep e) {
            problems.add(new Location(name, e.line), "nested too deeply (expected: at most " + MAX_DEPTH + " levels)");
        } catch (IOException e) {
            problems.add(new Location(name, 0), "cannot be read: " + Texts.escape(String.valueOf(e.getMessage()), 200));
        }
        return null;
    }

    private @Nullable Node document() throws IOException {
        if (parser.nextToken() == null) {
            return null;
        }
        Node root = value(new Location("", 0), line(), 1);
        if (parser.nextToken() != null) {
            problems.add(new Location(name, line()), "a second document begins (expected: one YAML document)");
        }
        return root;
    }

    /** The value whose first token is the current one; ends on its last token. Null for what stands for another. */
    private @Nullable Node value(Location at, int line, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw new TooDeep(line());
        }
        Location here = new Location(at.path().isEmpty() ? name : at.path(), line);
        if (parser.isCurrentAlias()) {
            problems.add(
                    here,
                    "the alias *" + Texts.escape(parser.getText(), 40)
                            + " (expected: the value written out; one that begins with * stands in quotes)");
            return null;
        }
        // Jackson tells of anchors on sections and lists only; one on a word means nothing without an alias.
        if (parser.getObjectId() != null) {
            problems.add(here, "an anchor (expected: a value without &)");
        }
        if (parser.getTypeId() != null) {
            problems.add(here, "a tag (expected: a value without !)");
        }
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_OBJECT) {
            return mapping(at, line, depth);
        }
        if (token == JsonToken.START_ARRAY) {
            return sequence(at, line, depth);
        }
        return new Node.Scalar(token == JsonToken.VALUE_NULL ? "" : parser.getText(), line);
    }

    private Node mapping(Location at, int line, int depth) throws IOException {
        Map<String, Node> entries = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            int keyLine = line();
            Location child = at.child(key, keyLine);
            parser.nextToken();
            Node value = value(child, keyLine, depth + 1);
            Node first = value == null ? null : entries.putIfAbsent(key, value);
            if (first != null) {
                problems.add(child, "set twice (expected: once; the first is in line " + first.line() + ")");
            }
        }
        return new Node.Mapping(entries, line);
    }

    private Node sequence(Location at, int line, int depth) throws IOException {
        List<Node> items = new ArrayList<>();
        for (JsonToken token = parser.nextToken();
                token != null && token != JsonToken.END_ARRAY;
                token = parser.nextToken()) {
            Node item = value(at.item(items.size(), line()), line(), depth + 1);
            if (item != null) {
                items.add(item);
            }
        }
        return new Node.Sequence(items, line);
    }

    private int line() {
        return parser.currentTokenLocation().getLineNr();
    }

    private static int line(JsonProcessingException e, String message) {
        int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
        for (Matcher mark = MARK.matcher(message); mark.find(); ) {
            line = Integer.parseInt(mark.group(1));
        }
        return Math.max(line, 0);
    }

    /** Without the marks and excerpts, which snakeyaml indents. */
    private static String firstWords(String message) {
        String words = message.lines()
                .filter(line -> !line.isEmpty() && !line.startsWith(" "))
                .collect(Collectors.joining(", "));
        // The likeliest reason for a * where YAML wants a name: a pattern of models.
        if (words.contains("scanning an alias")) {
            return Texts.escape(words, 200) + "; a value that begins with * stands in quotes";
        }
        boolean deeper = words.contains("parsing a block mapping") && words.contains("block mapping start");
        return Texts.escape(words, 200) + (deeper ? "; is this line indented like its neighbours?" : "");
    }

    /** More levels than any configuration has. */
    private static final class TooDeep extends IOException {
        private static final long serialVersionUID = 1;

        private final int line;

        private TooDeep(int line) {
            super("nested too deeply");
            this.line = line;
        }
    }
}
