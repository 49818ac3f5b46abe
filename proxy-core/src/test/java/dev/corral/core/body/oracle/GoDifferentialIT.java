package dev.corral.core.body.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.corral.core.spi.Endpoint;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@link GoDecoder} against Go itself: the program in {@code src/test/go}, built where there is a Go. */
final class GoDifferentialIT {
    private static final int BODIES = 30_000;
    private static final Path WORK = Path.of("target", "go").toAbsolutePath();

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Case(Endpoint route, byte[] body) {
        String line() {
            return route + " " + Base64.getEncoder().encodeToString(body);
        }

        /** What the Go program prints for it. */
        String answer() {
            String decoded;
            try {
                decoded = GoDump.of(GoDecoder.decode(OllamaTypes.of(route), body));
            } catch (GoRefuses e) {
                decoded = "refused";
            }
            return decoded + ' ' + GoDump.of(GoDecoder.cloudPassthroughModel(body));
        }
    }

    /** What Go 1.26 answered once, so that this much is checked where there is no Go, too. */
    @Test
    void recordedAnswersOfGo_areReadTheSame() throws Exception {
        List<String> lines;
        try (InputStream recorded = Objects.requireNonNull(getClass().getResourceAsStream("go-answers.txt"))) {
            lines = new String(recorded.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .toList();
        }
        assertThat(lines).hasSizeGreaterThan(100);
        for (String line : lines) {
            String[] parts = line.split(" ", 3);
            Case recorded =
                    new Case(Endpoint.valueOf(parts[0]), Base64.getDecoder().decode(parts[1]));
            assertThat(recorded.answer()).as(line).isEqualTo(parts[2]);
        }
    }

    @Test
    void everyGeneratedBody_isReadAsGoReadsIt() throws Exception {
        assumeTrue(onPath(), "there is no go on the PATH: GoDecoder is not compared with Go itself");
        long seed = Long.getLong("corral.test.seed", 20_261_122L);
        List<Case> cases = cases(seed);
        Files.createDirectories(WORK);
        Path requests = WORK.resolve("requests.txt");
        try (BufferedWriter out = Files.newBufferedWriter(requests)) {
            for (Case one : cases) {
                out.write(one.line());
                out.newLine();
            }
        }
        Path program = build();
        Path answers = WORK.resolve("answers.txt");
        run(
                120,
                new ProcessBuilder(program.toString())
                        .redirectInput(requests.toFile())
                        .redirectOutput(answers.toFile()));

        List<String> different = new ArrayList<>();
        // Nesting of 10,000 needs more stack than a test's thread has.
        Thread reader = new Thread(null, () -> different.addAll(compare(cases, answers)), "go-decoder", 1L << 30);
        reader.start();
        reader.join();
        assertThat(different)
                .as("bodies that are read differently (route, body in base64, Go, GoDecoder), seed %d", seed)
                .isEmpty();
    }

    private static List<Case> cases(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        DeviousBodies devious = new DeviousBodies(random);
        List<Case> cases = new ArrayList<>();
        while (cases.size() < BODIES) {
            for (Endpoint route : OllamaTypes.routes()) {
                cases.add(new Case(route, devious.next(route)));
            }
        }
        return cases;
    }

    private static List<String> compare(List<Case> cases, Path answers) {
        List<String> different = new ArrayList<>();
        try (Stream<String> lines = Files.lines(answers, StandardCharsets.US_ASCII)) {
            List<String> all = lines.toList();
            if (all.size() != cases.size()) {
                return List.of(all.size() + " answers to " + cases.size() + " bodies");
            }
            for (int i = 0; i < all.size() && different.size() < 5; i++) {
                String ours = cases.get(i).answer();
                if (!ours.equals(all.get(i))) {
                    different.add(cases.get(i).line() + "\n" + all.get(i) + "\n" + ours);
                }
            }
        } catch (IOException e) {
            different.add(e.toString());
        }
        return different;
    }

    private static Path build() throws Exception {
        Path program = WORK.resolve("godecoder");
        ProcessBuilder go = new ProcessBuilder("go", "build", "-o", program.toString(), ".")
                .directory(new File("src/test/go"))
                .redirectOutput(WORK.resolve("build.log").toFile());
        go.environment().put("GOCACHE", WORK.resolve("cache").toString());
        go.environment().put("GOPATH", WORK.resolve("path").toString());
        // Nothing is fetched: no modules, no other toolchain, no telemetry, no version control.
        go.environment().put("GOPROXY", "off");
        go.environment().put("GOTOOLCHAIN", "local");
        go.environment().put("GOTELEMETRY", "off");
        go.environment().put("GOFLAGS", "-buildvcs=false");
        go.environment().put("GOENV", "off");
        go.environment().put("GOWORK", "off");
        run(300, go);
        return program;
    }

    private static void run(long seconds, ProcessBuilder command) throws Exception {
        Path errors = WORK.resolve("errors.log");
        Process process = command.redirectError(errors.toFile()).start();
        try {
            assertThat(process.waitFor(seconds, TimeUnit.SECONDS))
                    .as("%s ends within %d s", command.command(), seconds)
                    .isTrue();
            assertThat(process.exitValue())
                    .as("%s: %s", command.command(), Files.readString(errors))
                    .isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    private static boolean onPath() {
        String path = Objects.requireNonNullElse(System.getenv("PATH"), "");
        return Stream.of(path.split(File.pathSeparator)).anyMatch(folder -> Files.isExecutable(Path.of(folder, "go")));
    }
}
