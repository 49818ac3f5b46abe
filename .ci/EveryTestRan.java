import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Run after {@code mvn verify} from the project's folder, as {@code java .ci/EveryTestRan.java}: every {@code *Test} and
 * {@code *IT} class under {@code src/test} must have a surefire or failsafe report with at least one test that was
 * executed, and no report or output of a test may speak of a leaked buffer.
 */
public final class EveryTestRan {
    private static final Pattern SUITE = Pattern.compile("<testsuite\\b[^>]*>", Pattern.DOTALL);
    private static final Pattern NAME = Pattern.compile("\\sname=\"([^\"]*)\"");
    private static final Pattern ABSTRACT = Pattern.compile("^(?:public\\s+)?(?:abstract|sealed|non-sealed)\\b.*\\bclass\\b|^(?:public\\s+)?(?:\\w+\\s+)*interface\\b", Pattern.MULTILINE);

    private EveryTestRan() {}

    public static void main(String[] args) throws IOException {
        Map<String, Integer> executed = new TreeMap<>();
        TreeSet<String> problems = new TreeSet<>();
        int classes = 0;
        for (Path module : modules()) {
            for (String kind : List.of("surefire-reports", "failsafe-reports")) {
                Path reports = module.resolve("target").resolve(kind);
                for (Path report : files(reports)) {
                    String name = report.getFileName().toString();
                    String text = Files.readString(report);
                    if (text.contains("LEAK:")) {
                        problems.add(report + ": speaks of a leaked buffer (LEAK:)");
                    }
                    if (name.startsWith("TEST-") && name.endsWith(".xml")) {
                        count(text, executed);
                    }
                }
            }
            Path sources = module.resolve("src/test/java");
            for (Path source : files(sources)) {
                String file = source.getFileName().toString();
                if (!file.endsWith("Test.java") && !file.endsWith("IT.java")) {
                    continue;
                }
                if (ABSTRACT.matcher(Files.readString(source)).find()) {
                    continue;
                }
                classes++;
                String name = sources.relativize(source).toString();
                name = name.substring(0, name.length() - ".java".length()).replace('/', '.');
                if (executed.getOrDefault(name, 0) == 0) {
                    problems.add(name + ": no report of a test that was executed");
                }
            }
        }
        problems.forEach(problem -> System.out.println("EveryTestRan: " + problem));
        int tests = executed.values().stream().mapToInt(Integer::intValue).sum();
        System.out.println("EveryTestRan: " + tests + " tests executed in " + executed.size() + " reports for " + classes
                + " test classes; " + problems.size() + " problems");
        System.exit(problems.isEmpty() && tests > 0 ? 0 : 1);
    }

    /** Folders below the project's that hold a pom.xml, and the project's own. */
    private static List<Path> modules() throws IOException {
        try (Stream<Path> children = Files.list(Path.of(""))) {
            return Stream.concat(
                            Stream.of(Path.of("")),
                            children.filter(child -> Files.exists(child.resolve("pom.xml"))).sorted())
                    .toList();
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Adds the executed tests of one report; nested classes count for the class that holds them. */
    private static void count(String report, Map<String, Integer> executed) {
        Matcher suite = SUITE.matcher(report);
        if (!suite.find()) {
            return;
        }
        Matcher name = NAME.matcher(suite.group());
        if (name.find()) {
            int ran = number(suite.group(), "tests") - number(suite.group(), "skipped");
            String holder = name.group(1).replaceFirst("\\$.*", "");
            executed.merge(holder, Math.max(ran, 0), Integer::sum);
        }
    }

    private static int number(String tag, String attribute) {
        Matcher found = Pattern.compile("\\s" + attribute + "=\"(\\d+)\"").matcher(tag);
        return found.find() ? Integer.parseInt(found.group(1)) : 0;
    }
}
