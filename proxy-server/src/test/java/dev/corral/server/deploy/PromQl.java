package dev.corral.server.deploy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** As much of PromQL as it takes to find which series a query reads and by which labels. */
final class PromQl {
    /**
     * One selector.
     *
     * @param series the name
     * @param matchers what stands in its braces
     */
    record Selector(String series, List<Label> matchers) {}

    /** {@code name="value"} in a selector; {@code regex} for {@code =~} and {@code !~}. */
    record Label(String name, String value, boolean regex) {}

    /** What a query reads, and the labels that it groups or joins by. */
    record Query(List<Selector> selectors, List<String> grouping) {}

    private static final Pattern TOKEN = Pattern.compile(
            "\\s+|#[^\\n]*|(?<string>\"(?:\\\\.|[^\"\\\\])*\")|(?<range>\\[[^]]*])|(?<number>[0-9.][0-9a-zA-Z.]*)"
                    + "|(?<word>[a-zA-Z_:][a-zA-Z0-9_:]*)|(?<sign>=~|!~|!=|==|>=|<=|[-+*/%^<>=(){},@])");
    private static final Set<String> OPERATORS = Set.of("and", "or", "unless", "bool", "offset", "atan2");
    private static final Set<String> GROUPINGS = Set.of("by", "without", "on", "ignoring", "group_left", "group_right");
    private static final Set<String> AGGREGATIONS =
            Set.of("sum", "min", "max", "avg", "count", "group", "topk", "bottomk", "quantile", "stddev", "stdvar");

    private final List<String> tokens;
    private final List<Selector> selectors = new ArrayList<>();
    private final List<String> grouping = new ArrayList<>();
    private int at;

    private PromQl(List<String> tokens) {
        this.tokens = tokens;
    }

    /** The query's parts; fails on a character that is no PromQL, so that nothing is passed over unseen. */
    static Query parse(String query) {
        PromQl parser = new PromQl(tokens(query));
        parser.read();
        return new Query(List.copyOf(parser.selectors), List.copyOf(parser.grouping));
    }

    private void read() {
        while (at < tokens.size()) {
            String token = tokens.get(at++);
            if (!isWord(token) || OPERATORS.contains(token)) {
                continue;
            }
            if (GROUPINGS.contains(token)) {
                readGrouping();
            } else if (!AGGREGATIONS.contains(token) && !next("(")) {
                selectors.add(new Selector(token, next("{") ? readMatchers() : List.of()));
            }
        }
    }

    private void readGrouping() {
        if (!next("(")) {
            return;
        }
        for (at++; !next(")"); at++) {
            if (isWord(tokens.get(at))) {
                grouping.add(tokens.get(at));
            }
        }
        at++;
    }

    private List<Label> readMatchers() {
        List<Label> matchers = new ArrayList<>();
        for (at++; !next("}"); at++) {
            if (isWord(tokens.get(at))) {
                String value = tokens.get(at + 2);
                matchers.add(new Label(
                        tokens.get(at),
                        value.substring(1, value.length() - 1),
                        tokens.get(at + 1).endsWith("~")));
                at += 2;
            }
        }
        at++;
        return matchers;
    }

    private boolean next(String token) {
        return at < tokens.size() && tokens.get(at).equals(token);
    }

    private static boolean isWord(String token) {
        char first = token.charAt(0);
        return Character.isLetter(first) || first == '_';
    }

    private static List<String> tokens(String query) {
        List<String> tokens = new ArrayList<>();
        Matcher matcher = TOKEN.matcher(query);
        int end = 0;
        while (end < query.length()) {
            if (!matcher.find(end) || matcher.start() != end) {
                throw new IllegalArgumentException("not PromQL at \"" + query.substring(end) + "\"");
            }
            end = matcher.end();
            if (!matcher.group().isBlank()
                    && matcher.group("range") == null
                    && !matcher.group().startsWith("#")) {
                tokens.add(matcher.group());
            }
        }
        return tokens;
    }
}
